// A phone that is put down, or handed on, locks itself: its next reader is asked for the PIN.

import { isRecording } from "./sheet";
import { forgetKey, isUnlocked } from "./vault";
import { keepWords } from "./written";

const AWAY = 5 * 60_000; // milliseconds that the app may have been out of sight
const STILL = 15 * 60_000; // that nobody may have touched it

let lastSeen = 0; // by the clock, which goes on while a phone sleeps
let isSentAway = false;

/** The app sends its messenger to another one, such as the camera's: until they touch it again, it waits for them. */
export const sendAway = () => {
  isSentAway = true;
};

/** Forget the key, and show nothing any more. */
export async function lock(): Promise<void> {
  await keepWords().catch(() => undefined);
  forgetKey();
  location.reload();
}

function lockIfLeft(patience: number): void {
  const since = Math.abs(Date.now() - lastSeen); // whoever puts the clock back gains nothing
  if (since > patience && isUnlocked() && !isRecording()) void lock();
}

/** Begin to watch how long nobody was here. */
export function watch(): void {
  const see = () => {
    lastSeen = Date.now();
  };
  const touch = () => {
    see();
    isSentAway = false;
  };
  touch();
  for (const event of ["pointerdown", "keydown"]) window.addEventListener(event, touch, { capture: true });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) see();
    else if (!isSentAway) lockIfLeft(AWAY);
  });
  window.setInterval(() => {
    if (!document.hidden) lockIfLeft(STILL); // out of sight it goes on sending
  }, 30_000);
}
