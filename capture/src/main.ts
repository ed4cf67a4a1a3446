// The app: its screens, and what it listens to.

import { begin } from "./begin";
import { onErased } from "./database";
import { app, button, fail } from "./dom";
import { leave } from "./exit";
import { refreshShown } from "./frame";
import { watch } from "./idle";
import { onChange, run } from "./queue";
import { register } from "./router";
import { care } from "./screens/care";
import { consent } from "./screens/consent";
import { home } from "./screens/home";
import { join, unlock } from "./screens/lock";
import { newTestimony } from "./screens/new";
import { tell } from "./screens/tell";
import { training } from "./screens/training";
import { beginLanguage } from "./words";

register({ join, unlock, home, newTestimony, consent, tell, training, care });

onChange(refreshShown);
onErased(leave);
watch();
window.addEventListener("hashchange", () => void begin()); // an invitation that is opened while the app is open
window.addEventListener("online", () => void run());
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) void run();
});
window.addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  fail(event.reason);
});

if ("serviceWorker" in navigator) {
  void navigator.serviceWorker.register("/capture/sw.js", { scope: "/capture/" });
  navigator.serviceWorker.addEventListener("message", (event) => {
    if (event.data === "send") void run();
  }); // public/sync.js
}
void navigator.storage?.persist?.();
void beginLanguage()
  .then(begin)
  .catch((error: unknown) => {
    fail(error);
    app.append(button("↻", () => location.reload()));
  });
