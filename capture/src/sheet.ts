// The sheet that lies over whatever is shown while something is recorded: the picture, the time, two buttons, the way out.

import { clock } from "./amounts";
import { isFull } from "./database";
import { app, button, h, messages, say } from "./dom";
import { beforeLeaving, quit } from "./exit";
import { start, Facing, Live } from "./recorder";
import { Subject } from "./types";
import { t } from "./words";

let live: Live | null = null;
let facing: Facing = "environment";

/** Whether somebody is recorded just now; while it pauses, nobody is. */
export const isRecording = () => live !== null && !live.isPaused();
const endRecording = async () => {
  await live?.stop();
};

const guard = (event: BeforeUnloadEvent) => event.preventDefault();
beforeLeaving(() => {
  window.removeEventListener("beforeunload", guard); // whoever leaves is not asked
  return endRecording();
});

/** Which way the camera looks: at who holds the phone, or at who is before them. */
export const cameraFacing = () => facing;
export const turnCamera = () => {
  facing = facing === "user" ? "environment" : "user";
};

/** Record over whatever is shown; what was there comes back when it ends. */
export async function record(media: "video" | "audio", about: Subject, then: () => unknown): Promise<void> {
  if (live) return;
  const time = h("output", { class: "time", role: "timer", "aria-live": "off" }, "0:00");
  const words = h("p", { role: "status" }, t("recording"));
  const picture = h("video", { muted: true, playsinline: true, autoplay: true, class: "live" });
  picture.muted = true;
  picture.hidden = media !== "video";
  const tick = (seconds: number) => {
    time.textContent = clock(seconds);
  };
  let settle: () => void = () => undefined;
  const over = new Promise<void>((resolve) => {
    settle = resolve;
  });
  let wrong = ""; // why it ended where nobody asked for it
  const ended = (why: Error | null) => {
    live = null;
    if (why) wrong = isFull(why) ? t("full") : why.message;
    settle();
  };
  try {
    live = await start(media, about, facing, tick, ended);
    picture.srcObject = live.stream;
  } catch (error) {
    live = null;
    return say(t("no_camera", error instanceof Error ? error.message : String(error)), true);
  }
  const pause: HTMLButtonElement = button(t("pause"), () => {
    if (!live) return;
    if (live.isPaused()) live.resume();
    else live.pause();
    pause.textContent = live.isPaused() ? t("resume") : t("pause");
    words.textContent = live.isPaused() ? t("paused") : t("recording");
    sheet.classList.toggle("paused", live.isPaused());
  });
  const stop = button(t("stop"), endRecording, "main");
  const dot = h("span", { class: "dot", "aria-hidden": "true" });
  const sheet = h(
    "div",
    { class: "sheet", role: "dialog", "aria-modal": "true", "aria-label": t("recording") },
    h("button", { type: "button", class: "exit", click: quit }, t("exit")),
    picture,
    messages(),
    h("div", { class: "controls" }, dot, time, words, h("div", { class: "row" }, pause, stop)),
  );
  document.body.append(sheet);
  app.inert = true;
  window.addEventListener("beforeunload", guard);
  stop.focus();
  await over;
  window.removeEventListener("beforeunload", guard);
  app.inert = false;
  sheet.remove();
  await then();
  if (wrong) say(wrong, true);
}
