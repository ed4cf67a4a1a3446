// The app: which screen is shown, the lock, the way out.

import { button, fail, h, say } from "./dom";
import { onChange, run } from "./queue";
import { home } from "./screens/home";
import { join, joinAnew, unlockScreen } from "./screens/lock";
import { isLive, leaveLive } from "./screens/tell";
import { isUnlocked, lockOf, recover, unlock } from "./store";
import { chooseLanguage, t } from "./words";

const app = document.getElementById("app")!;
let refresh: (() => void) | null = null;

export interface Screen { title: string; body: HTMLElement; back?: () => void; refresh?: () => void }

/** Show a screen. Its heading gets the focus, so that a screen reader begins there. */
export function show(screen: Screen): void {
  const heading = h("h1", { tabindex: "-1" }, screen.title);
  app.replaceChildren(
    h("header", {},
      screen.back ? h("button", { type: "button", class: "plain", "aria-label": t("back"), click: screen.back }, h("span", { class: "arrow", "aria-hidden": "true" }, "‹")) : null,
      heading,
      h("button", { type: "button", class: "exit", click: leave }, t("exit")),
    ),
    h("main", {}, screen.body),
  );
  refresh = screen.refresh ?? null;
  heading.focus({ preventScroll: true });
  window.scrollTo(0, 0);
}

/** The quick way out: a recording is kept, the key is forgotten, and what is on the screen is a calculator. */
function leave(): void {
  void Promise.race([leaveLive(), new Promise((resolve) => setTimeout(resolve, 700))]).finally(() => {
    unlock(null);
    location.replace("/capture/exit.html");
  });
}

export async function begin(): Promise<void> {
  if (!(await lockOf())) return show(join(begin));
  if (!isUnlocked()) return show(await unlockScreen(begin));
  await joinAnew().catch(fail);
  const count = isLive() ? 0 : await recover();
  await home();
  if (count) say(t("recovered", String(count)));
  void run();
}

onChange(() => refresh?.());
window.addEventListener("hashchange", () => void begin()); // an invitation that is opened while the app is open
window.addEventListener("online", () => void run());
document.addEventListener("visibilitychange", () => { if (!document.hidden) void run(); });
window.addEventListener("unhandledrejection", (event) => { event.preventDefault(); fail(event.reason); });

if ("serviceWorker" in navigator) {
  void navigator.serviceWorker.register("/capture/sw.js", { scope: "/capture/" });
  navigator.serviceWorker.addEventListener("message", (event) => { if (event.data === "send") void run(); }); // public/sync.js
}
void navigator.storage?.persist?.();
void chooseLanguage().then(begin).catch((error: unknown) => { fail(error); app.append(button("↻", () => location.reload())); });
