// The quick way out: what was told is kept, the key is forgotten, and what is on the screen is a calculator.

import { forgetKey } from "./vault";

const PATIENCE = 700; // milliseconds that the last of it may take: whoever leaves is in a hurry

const lastActs: (() => Promise<unknown>)[] = [];

/** Have something done before the key is forgotten. */
export const beforeLeaving = (act: () => Promise<unknown>) => void lastActs.push(act);

/** Leave what is shown, at once: for the calculator, or for another address. */
export function leave(to = "/capture/exit.html"): void {
  const kept = Promise.allSettled(lastActs.map((act) => act()));
  void Promise.race([kept, new Promise((resolve) => setTimeout(resolve, PATIENCE))]).finally(() => {
    forgetKey();
    location.replace(to);
  });
}
