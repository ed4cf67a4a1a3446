// What could not be sent although there was a line is set aside: the rest goes on, and it is tried again, later each time.

import { isFull } from "./database";
import { Offline, Wiped } from "./newsroom";

const FIRST = 8_000; // milliseconds until it is tried again, twice that the next time, and so on up to
const LONGEST = 30 * 60_000;

const tries = new Map<string, number>();
const due = new Map<string, number>(); // moments of the page: the phone's clock may be put right meanwhile
const now = () => performance.now();

export const isAside = (id: string) => due.has(id);
export const countAside = () => due.size;

let wasFull = false;
/** Whether it was the phone's own disk, the last time that something could not be done. */
export const isForRoom = () => wasFull;

/** How often it was tried in vain: those that were not go first, so that nothing behind them waits for one that is never taken. */
export const triesOf = (id: string) => tries.get(id) ?? 0;

/** Milliseconds until the next of what is aside may be tried; Infinity where nothing is. */
export const untilNext = () => Math.max(0, Math.min(...due.values()) - now());

/** Forget what is not here any more: `ids` are. */
export function keepOnly(ids: string[]): void {
  for (const known of [tries, due]) for (const id of known.keys()) if (!ids.includes(id)) known.delete(id);
}

/** Somebody wishes it now. */
export function dueNow(): void {
  for (const id of due.keys()) due.set(id, 0);
}

/** Try something; true when it is done. Throws what concerns all that is to be sent: Offline, Wiped. */
export async function attempt(id: string, act: () => Promise<unknown>): Promise<boolean> {
  if ((due.get(id) ?? 0) > now()) return false;
  try {
    await act();
  } catch (error) {
    if (error instanceof Wiped) throw error;
    tries.set(id, triesOf(id) + 1);
    if (error instanceof Offline) throw error; // perhaps it is this one that cuts the line: the others go before it
    console.warn(id, error);
    wasFull = isFull(error);
    due.set(id, now() + Math.min(FIRST * 2 ** (triesOf(id) - 1), LONGEST));
    return false;
  }
  tries.delete(id);
  due.delete(id);
  return true;
}
