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

// --- testimonies ----------------------------------------------------------------------------

export const saveTestimony = (t: Testimony) => put(`testimony:${t.id}`, t);
export const readTestimony = (id: string) => get<Testimony>(`testimony:${id}`);
export const testimonies = async () =>
  (await all<Testimony>("testimony:")).sort((a, b) => b.told.localeCompare(a.told));

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
  const known = await readRecording(id);
  if (!known) throw new Error("that recording is gone");
  const changed = { ...known, ...change };
  await saveRecording(changed);
  return changed;
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

/** What was being recorded when the app ended is kept as far as it was stored. Gives how many that were. */
export async function recover(): Promise<number> {
  let count = 0;
  for (const recording of await recordings()) {
    if (recording.state !== "recording") continue;
    const { chunks, size } = await measure(recording.id);
    if (chunks === 0) await dropRecording(recording.id);
    else {
      await saveRecording({
        ...recording,
        state: "kept",
        chunks,
        size,
        seconds: Math.max(recording.seconds, chunks),
        wasInterrupted: true,
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
