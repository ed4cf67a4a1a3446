// The quick way out: what was told is kept, the key is forgotten, and what is on the screen is a calculator.

import { forgetKey } from "./vault";

const PATIENCE = 5000; // milliseconds that the last of it may take: a photo on a slow phone

const lastActs: (() => Promise<unknown>)[] = [];

/** Have something done before the key is forgotten. */
export const beforeLeaving = (act: () => Promise<unknown>) => void lastActs.push(act);

/** Show nothing any more, at once; and forget the key, as soon as what was told is kept. */
export async function close(): Promise<void> {
  document.body.replaceChildren();
  const kept = Promise.allSettled(lastActs.map((act) => act()));
  await Promise.race([kept, new Promise((resolve) => setTimeout(resolve, PATIENCE))]);
  forgetKey();
}

/** Leave what is shown, for the calculator or for another address. */
export function leave(to = "/capture/exit.html"): void {
  void close().finally(() => location.replace(to));
}
