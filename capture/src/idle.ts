// A phone that is put down, or handed on, locks itself: its next reader is asked for the PIN.

import { leave } from "./exit";
import { isRecording } from "./sheet";
import { isUnlocked } from "./vault";

const AWAY = 5 * 60_000; // milliseconds that the app may have been out of sight
const STILL = 15 * 60_000; // that nobody may have touched it
const SENT_AWAY = 30 * 60_000; // that the app may have been out of sight because it sent somebody away

let wentAway = 0; // by the clock, which goes on while a phone sleeps
let touched = 0; // by the page's own time: in sight no phone sleeps, and a clock may be put right
let sentAway = -Infinity; // by the page's own time

/** The app sends its messenger to another one, such as the camera's: it waits longer for them, until they are back. */
export const sendAway = () => {
  sentAway = performance.now();
};
export const comeBack = () => {
  sentAway = -Infinity;
};
const isSentAway = () => performance.now() - sentAway < SENT_AWAY;

function lockAfter(since: number, patience: number): void {
  if (since > patience && isUnlocked() && !isRecording()) leave();
}

const lockIfStill = () => lockAfter(performance.now() - touched, STILL);

/** Begin to watch how long nobody was here. */
export function watch(): void {
  const see = () => {
    touched = performance.now();
  };
  const touch = () => {
    lockIfStill();
    see();
  };
  see();
  for (const event of ["pointerdown", "keydown"]) window.addEventListener(event, touch, { capture: true });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      wentAway = Date.now();
      return;
    }
    lockAfter(Math.abs(Date.now() - wentAway), isSentAway() ? SENT_AWAY : AWAY); // whoever puts the clock back gains nothing
    comeBack();
    see();
  });
  window.setInterval(() => {
    if (!document.hidden && !isSentAway()) lockIfStill(); // out of sight it goes on sending
  }, 30_000);
}
