// What is written is stored while it is: a moment after its last letter, and whenever somebody leaves.

import { fail } from "./dom";
import { beforeLeaving } from "./exit";

const PAUSE = 400; // milliseconds after a letter

const unsaved = new Set<() => Promise<void>>();

/** Store what was written, to its last letter. Whoever reads it, or lets go of the key, waits for this. */
export async function keepWords(): Promise<void> {
  for (const keep of unsaved) await keep();
}

/** Have what is written in a field stored by `store`. */
export function keepWhileWritten(words: HTMLTextAreaElement, store: (said: string) => Promise<void>): void {
  const keep = async () => {
    const said = words.value;
    await store(said);
    if (words.value === said) unsaved.delete(keep);
  };
  let timer = 0;
  words.addEventListener("input", () => {
    unsaved.add(keep);
    window.clearTimeout(timer);
    timer = window.setTimeout(() => {
      if (unsaved.has(keep)) void keep().catch(fail);
    }, PAUSE);
  });
}

beforeLeaving(keepWords);
document.addEventListener("visibilitychange", () => {
  if (document.hidden) void keepWords().catch(fail);
});
