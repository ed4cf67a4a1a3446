// What is written is stored while it is: a moment after its last letter, and whenever somebody leaves.

import { fail } from "./dom";
import { beforeLeaving } from "./exit";
import { Draft, dropDraft, readDraft, saveDraft } from "./store";

const PAUSE = 400; // milliseconds after a letter

const unsaved = new Map<unknown, () => Promise<void>>(); // by the form's name, or the field

/** Store what was written, to its last letter. Whoever reads it, or lets go of the key, waits for this. */
export async function keepWords(): Promise<void> {
  const kept = await Promise.allSettled([...unsaved.values()].map((keep) => keep()));
  for (const one of kept) if (one.status === "rejected") throw one.reason; // what stands beside it is stored
}

/** Have what is written in a field stored by `store`. */
export const keepWhileWritten = (words: HTMLTextAreaElement, store: (said: string) => Promise<void>) =>
  keepWhile(words, words, () => words.value, store);

/** Have what stands in a form kept under a name, and stand in it again, until it is dropped. */
export async function keepForm(form: HTMLFormElement, name: string): Promise<void> {
  fill(form, await readDraft(name));
  keepWhile(
    name,
    form,
    () => JSON.stringify(entriesOf(form)),
    () => saveDraft(name, entriesOf(form)),
  );
}

/** A form is finished, or given up: nothing of it is kept, and nothing comes after. */
export async function dropForm(name: string): Promise<void> {
  await keepWords().catch(() => undefined); // what is on its way comes first
  unsaved.delete(name);
  await dropDraft(name);
}

const entriesOf = (form: HTMLFormElement): Draft =>
  [...new FormData(form)].map(([name, said]) => [name, typeof said === "string" ? said : ""]);

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

function fill(form: HTMLFormElement, draft?: Draft): void {
  if (!draft) return;
  for (const control of form.querySelectorAll<Control>("input, select, textarea")) {
    const said = draft.filter(([name]) => name === control.name).map(([, words]) => words);
    if (control.type === "checkbox" || control.type === "radio")
      (control as HTMLInputElement).checked = said.includes(control.value);
    else if (said[0] !== undefined) control.value = said[0];
  }
}

function keepWhile(
  name: unknown,
  words: HTMLElement,
  read: () => string,
  store: (said: string) => Promise<void>,
): void {
  const keep = async () => {
    const said = read();
    await store(said);
    if (read() === said && unsaved.get(name) === keep) unsaved.delete(name);
  };
  let timer = 0;
  words.addEventListener("input", () => {
    unsaved.set(name, keep);
    window.clearTimeout(timer);
    timer = window.setTimeout(() => {
      if (unsaved.get(name) === keep) void keep().catch(fail);
    }, PAUSE);
  });
}

beforeLeaving(keepWords);
document.addEventListener("visibilitychange", () => {
  if (document.hidden) void keepWords().catch(fail);
});
