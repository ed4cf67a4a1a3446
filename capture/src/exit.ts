// The quick way out: what was told is kept, the key is forgotten, and what is on the screen is a calculator.

import { forgetKey, isUnlocked } from "./vault";

const EXIT = "/capture/exit.html";
const APP = "/capture/";
const PATIENCE = 5000; // milliseconds that the last of it may take: a photo on a slow phone

const lastActs: (() => Promise<unknown>)[] = [];

/** Have something done before the key is forgotten. */
export const beforeLeaving = (act: () => Promise<unknown>) => void lastActs.push(act);

/** Show nothing any more, at once; and forget the key, as soon as what was told is kept. */
async function close(): Promise<void> {
  document.body.replaceChildren();
  const kept = Promise.allSettled(lastActs.map((act) => act()));
  await Promise.race([kept, new Promise((resolve) => setTimeout(resolve, PATIENCE))]);
  forgetKey();
}

/** Leave what is shown, for the app's first screen or for another address. */
export function leave(to = APP): void {
  void close().finally(() => location.replace(to));
}

// The app may be open in several windows: whoever leaves or locks one wants none of them to be read.
const windows = "BroadcastChannel" in window ? new BroadcastChannel("griot") : null;
windows?.addEventListener("message", ({ data }: MessageEvent<string>) => {
  if (data === EXIT || isUnlocked()) leave(data);
});

function leaveAll(to: string): void {
  windows?.postMessage(to);
  leave(to);
}

/** Leave for the calculator. */
export const quit = (): void => leaveAll(EXIT);
/** Ask for the PIN again. */
export const lock = (): void => leaveAll(APP);
