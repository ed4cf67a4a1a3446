// What stands around every screen: its heading, the way back, the way out.

import { app, h, messages } from "./dom";
import { quit } from "./exit";
import { t } from "./words";

export interface Screen {
  title: string;
  body: HTMLElement;
  back?: () => void;
  refresh?: () => void;
  left?: () => void; // called when another screen is shown
}

let refresh: (() => void) | undefined;
let left: (() => void) | undefined;

/** Have the screen that is shown say how things stand now, where it can. */
export const refreshShown = () => refresh?.();

/** Show a screen. Its heading gets the focus, so that a screen reader begins there. */
export function show(screen: Screen): void {
  const heading = h("h1", { tabindex: "-1" }, screen.title);
  app.replaceChildren(
    h(
      "header",
      {},
      screen.back ? backButton(screen.back) : null,
      heading,
      h("button", { type: "button", class: "exit", click: quit }, t("exit")),
      messages(),
    ),
    h("main", {}, screen.body),
  );
  left?.();
  ({ refresh, left } = screen);
  heading.focus({ preventScroll: true });
  window.scrollTo(0, 0);
}

function backButton(back: () => void): HTMLElement {
  const arrow = h("span", { "aria-hidden": "true" }, "‹"); // browsers turn it round where one reads so
  return h("button", { type: "button", class: "plain", "aria-label": t("back"), click: back }, arrow);
}
