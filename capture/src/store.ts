// What the phone holds for its messenger: testimonies, their recordings, the newsroom's pack, notes to be sent.

import { erase } from "./database";
import { Note, Pack, Recording, Testimony } from "./types";
import { all, drop, dropChunks, forgetKey, get, measure, put, readChunk } from "./vault";

export const saveKey = (value: string) => put("key", value);
export const phoneKey = () => get<string>("key");
export const savePack = (pack: Pack) => put("pack", pack);
export const readPack = () => get<Pack>("pack");
export const saveNote = (note: Note) => put(`note:${note.id}`, note);
export const notes = () => all<Note>("note:");
export const dropNote = (id: string) => drop(`note:${id}`);

let last: Promise<unknown> = Promise.resolve();

/** Do something when nobody else, in no window, is at it; in this window, where browsers know no locks. */
async function inTurn<T>(place: string, act: () => Promise<T>): Promise<T> {
  if (navigator.locks) return navigator.locks.request(place, act);
  const done = last.then(act);
  last = done.catch(() => undefined);
  return done;
}

// --- testimonies ----------------------------------------------------------------------------

export const saveTestimony = (t: Testimony) => put(`testimony:${t.id}`, t);
export const readTestimony = (id: string) => get<Testimony>(`testimony:${id}`);
export const testimonies = async () =>
  (await all<Testimony>("testimony:")).sort((a, b) => b.told.localeCompare(a.told));

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
  await drop(`testimony:${id}`);
}

// --- recordings -----------------------------------------------------------------------------

export const saveRecording = (r: Recording) => put(`file:${r.id}`, r);
const readRecording = (id: string) => get<Recording>(`file:${id}`);
export const recordings = async (testimony?: string) =>
  (await all<Recording>("file:"))
    .filter((r) => !testimony || r.testimony === testimony)
    .sort((a, b) => a.position - b.position);

/** Change a recording's record; what is stored meanwhile by others of its fields stays. */
export async function changeRecording(id: string, change: Partial<Recording>): Promise<Recording> {
  return inTurn(`file:${id}`, async () => {
    const known = await readRecording(id);
    if (!known) throw new Error("that recording is gone");
    const changed = { ...known, ...change };
    await saveRecording(changed);
    return changed;
  });
}

const making = (id: string) => `making:${id}`;

/** Let it be known, in every window, that a recording is being made until `end` is called or the window closes. Gives `end`. */
export function beginMaking(id: string): Promise<() => void> {
  return new Promise((begun) => {
    if (!navigator.locks) return begun(() => undefined);
    void navigator.locks.request(making(id), () => new Promise<void>((end) => begun(end)));
  });
}

async function beingMade(): Promise<Set<string>> {
  const known = await navigator.locks?.query();
  return new Set((known?.held ?? []).map(({ name }) => name ?? ""));
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

/** What was being recorded when the app ended is kept as far as it was stored; half a photo is none. Gives how many that were. */
export async function recover(): Promise<number> {
  let count = 0;
  const made = await beingMade();
  for (const { id, state, seconds, media } of await recordings()) {
    if (state !== "recording" || made.has(making(id))) continue;
    const { chunks, size } = await measure(id);
    if (chunks === 0 || media === "photo") await dropRecording(id);
    else {
      const wasInterrupted = true;
      await changeRecording(id, {
        state: "kept",
        chunks,
        size,
        seconds: Math.max(seconds, chunks),
        wasInterrupted,
      });
      count++;
    }
  }
  return count;
}

// --- the whole ------------------------------------------------------------------------------

/** Erase all that the phone holds. */
export async function wipe(): Promise<void> {
  forgetKey();
  await erase();
}

/** Bytes that may still be stored; null where the browser does not say. */
export async function roomLeft(): Promise<number | null> {
  const { quota, usage = 0 } = (await navigator.storage?.estimate?.()) ?? {};
  return quota === undefined ? null : Math.max(0, quota - usage);
}
