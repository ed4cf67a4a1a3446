// What the phone holds for its messenger: testimonies, their recordings, the newsroom's pack, notes to be sent.

import { erase, isFull, readOpen, writeOpen } from "./database";
import { Note, Pack, Recording, Testimony } from "./types";
import { all, drop, dropChunks, filesNamed, forgetKey, get, measure, put, readChunk } from "./vault";
import { t } from "./words";

export const saveKey = (value: string) => put("key", value);
export const phoneKey = () => get<string>("key");
export const savePack = (pack: Pack) => put("pack", pack);
export const readPack = () => get<Pack>("pack");
export const saveNote = (note: Note) => put(`note:${note.id}`, note);
export const notes = () => all<Note>("note:");
export const dropNote = (id: string) => drop(`note:${id}`);

/** What begins the names of readings, which lie beside the recordings. */
export const SPOKEN = "spoken:";

/** What stands in a form that is not finished: its fields, and what is in them. */
export type Draft = [name: string, said: string][];
export const saveDraft = (form: string, draft: Draft) => put(`draft:${form}`, draft);
export const readDraft = (form: string) => get<Draft>(`draft:${form}`);
export const dropDraft = (form: string) => drop(`draft:${form}`);

let last: Promise<unknown> = Promise.resolve();

/** Do something when nobody else, in no window, is at it; in this window, where browsers know no locks. */
async function inTurn<T>(place: string, act: () => Promise<T>): Promise<T> {
  if (navigator.locks) return navigator.locks.request(place, act);
  const done = last.then(act);
  last = done.catch(() => undefined);
  return done;
}

/** Do something unless another window is at it; null where one is. */
export async function unlessElsewhere<T>(name: string, act: () => Promise<T>): Promise<T | null> {
  if (!navigator.locks) return act();
  return navigator.locks.request(name, { ifAvailable: true }, (lock) => (lock ? act() : null));
}

// --- testimonies ----------------------------------------------------------------------------

const unstored = new Map<string, Testimony>(); // how those stand that were finished on a phone too full to store it
const asItStands = (stored: Testimony) => unstored.get(stored.id) ?? stored;

export async function saveTestimony(t: Testimony): Promise<void> {
  await put(`testimony:${t.id}`, t);
  unstored.delete(t.id);
}
export async function readTestimony(id: string): Promise<Testimony | undefined> {
  const stored = await get<Testimony>(`testimony:${id}`);
  return stored && asItStands(stored);
}
export const testimonies = async () =>
  (await all<Testimony>("testimony:")).map(asItStands).sort((a, b) => b.told.localeCompare(a.told));

/** Change a testimony's record, one after the other, in whatever window: what others store of it meanwhile stays. Does nothing where it is gone. */
export async function changeTestimony(
  id: string,
  change: (now: Testimony) => Partial<Testimony>,
): Promise<void> {
  await inTurn(`testimony:${id}`, async () => {
    const now = await readTestimony(id);
    if (now) await saveTestimony({ ...now, ...change(now) });
  });
}

export async function dropTestimony(id: string): Promise<void> {
  for (const recording of await recordings(id)) await dropRecording(recording.id);
  await dropDraft(id);
  await drop(`testimony:${id}`);
  unstored.delete(id);
}

/** Tell more of a testimony, or something else. If it was finished or sent, in another window, it is open again: nothing of it goes before *Finish*. */
export const tellMore = (id: string, change: (now: Testimony) => Partial<Testimony> = () => ({})) =>
  changeTestimony(id, (now) => {
    const state = now.state === "finished" || now.state === "sent" ? "open" : now.state;
    return { state, ...change(now), edition: editionOf(now) + 1 };
  });

/** All of it is told, and may go. A phone too full to store that knows it until it is closed: what goes makes room. */
export async function finishTelling(id: string): Promise<void> {
  const finished: Partial<Testimony> = { state: "finished", why: "", isKnown: false };
  try {
    await tellMore(id, () => finished);
  } catch (error) {
    const now = await readTestimony(id);
    if (!isFull(error) || !now) throw error;
    unstored.set(id, { ...now, ...finished, edition: editionOf(now) + 1 });
  }
}
export const editionOf = ({ edition }: Testimony) => edition ?? 0;

/** Note what became of a testimony as it was sent; what was told of it meanwhile is not meant. */
export const changeSent = (sent: Testimony, change: Partial<Testimony>) =>
  changeTestimony(sent.id, (now) =>
    now.state === "finished" && editionOf(now) === editionOf(sent) ? change : {},
  );

// --- what is at work ------------------------------------------------------------------------

const heldHere = new Set<string>(); // all that is known where browsers know no locks
const making = (recording: string) => `making:${recording}`;
const telling = (testimony: string) => `telling:${testimony}`;

function hold(name: string): Promise<() => void> {
  heldHere.add(name);
  return new Promise((begun) => {
    const until = (end: () => void) =>
      begun(() => {
        heldHere.delete(name);
        end();
      });
    if (!navigator.locks) return until(() => undefined);
    void navigator.locks.request(name, { mode: "shared" }, () => new Promise<void>(until));
  });
}

async function heldAnywhere(): Promise<Set<string>> {
  const known = await navigator.locks?.query();
  return new Set([...heldHere, ...(known?.held ?? []).map(({ name }) => name ?? "")]);
}

/** Let it be known, in every window, that a recording is being made until `end` is called or the window closes. Gives `end`. */
export const beginMaking = (recording: string) => hold(making(recording));
/** Likewise, that somebody tells a testimony. */
export const beginTelling = (testimony: string) => hold(telling(testimony));
export const isBeingTold = async (testimony: string) => (await heldAnywhere()).has(telling(testimony));

// --- recordings -----------------------------------------------------------------------------

export const saveRecording = (r: Recording) => put(`file:${r.id}`, r);
const readRecording = (id: string) => get<Recording>(`file:${id}`);
export const recordings = async (testimony?: string) =>
  (await all<Recording>("file:"))
    .filter((r) => !testimony || r.testimony === testimony)
    .sort((a, b) => a.position - b.position);

/** It was deleted, in another window. */
export class Gone extends Error {}

/** Change a recording's record; what is stored meanwhile by others of its fields stays. Throws Gone. */
export async function changeRecording(id: string, change: Partial<Recording>): Promise<Recording> {
  return inTurn(`file:${id}`, async () => {
    const known = await readRecording(id);
    if (!known) throw new Gone(t("gone"));
    const changed = { ...known, ...change };
    await saveRecording(changed);
    return changed;
  });
}

/** Note how far a recording has come. A full phone need not be able to: what is sent is what makes room on it. */
export async function noteProgress(row: Recording, change: Partial<Recording>): Promise<Recording> {
  try {
    return await changeRecording(row.id, change);
  } catch (error) {
    if (!isFull(error)) throw error;
    return { ...row, ...change };
  }
}

export async function dropRecording(id: string): Promise<void> {
  await dropChunks(id);
  await drop(`file:${id}`);
}

/** A stored piece of a recording. */
export async function readPiece(recording: string, index: number): Promise<ArrayBuffer> {
  const piece = await readChunk(recording, index);
  if (!piece) throw new Error("a piece of the recording is missing");
  return piece;
}

/** The whole recording, to be looked at or heard. */
export async function readWhole(recording: Recording): Promise<Blob> {
  const parts: ArrayBuffer[] = [];
  for (let index = 0; index < recording.chunks; index++) parts.push(await readPiece(recording.id, index));
  return new Blob(parts, { type: recording.mime });
}

/** Drop the pieces of what was deleted while it was made. */
export async function sweep(): Promise<void> {
  const files = await filesNamed(""); // first: what begins meanwhile is known before it has a piece
  const known = new Set((await recordings()).map(({ id }) => id));
  for (const file of files) if (!file.startsWith(SPOKEN) && !known.has(file)) await dropChunks(file);
}

/** What was being recorded when the app ended is kept as far as it was stored; half a photo is none. Gives how many that were. */
export async function recover(): Promise<number> {
  let count = 0;
  const known = await recordings();
  const atWork = await heldAnywhere(); // afterwards: what begins meanwhile is held before it is known
  for (const recording of known) {
    const { id, state, seconds, media } = recording;
    if (state !== "recording" || atWork.has(making(id))) continue;
    const { chunks, size } = await measure(id);
    if (chunks === 0 || media === "photo") await dropRecording(id);
    else {
      const length = Math.max(seconds, chunks);
      await noteProgress(recording, { state: "kept", chunks, size, seconds: length, wasInterrupted: true });
      count++;
    }
  }
  return count;
}

// --- the whole ------------------------------------------------------------------------------

/** Erase all that the phone holds, but for the language that it speaks. */
export async function wipe(): Promise<void> {
  forgetKey();
  const language = await readOpen("language");
  await erase();
  if (language) await writeOpen("language", language);
}

/** Bytes that may still be stored; null where the browser does not say. */
export async function roomLeft(): Promise<number | null> {
  const { quota, usage = 0 } = (await navigator.storage?.estimate?.()) ?? {};
  return quota === undefined ? null : Math.max(0, quota - usage);
}
