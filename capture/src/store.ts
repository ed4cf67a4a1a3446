// What the phone holds: everything in IndexedDB, everything but ids sealed with the master key.

import { openDB, type DBSchema, type IDBPDatabase } from "idb";
import { seal, unseal, type Lock, type Sealed } from "./crypto";

export type Kind = "interview" | "portrait" | "object" | "photo_essay" | "story";
export type Media = "video" | "audio" | "photo";
export type FileState = "recording" | "kept" | "sending" | "received" | "sent" | "refused";

export interface Consent {
  uses: string[]; naming: string; place: string; face: string; voice: string; language: string; explained: string;
  given: string; until: string; evidence: string; is_minor: boolean; guardian: { name: string; relation: string } | null;
}
export interface Teller {
  name: string; alias: string; birth_year: number | null; country: string; region: string; spot: string; left: string; reached: string;
}
export interface Testimony {
  id: string; kind: Kind; language: string; told: string; teller: Teller; answers: Record<string, string>; consent: Consent | null;
  state: "open" | "finished" | "sent" | "withdrawn" | "refused"; why: string; receipt: string; isKnown: boolean;
}
const LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"; // told apart when read aloud

/** A receipt's code, made on the phone: the teller has it before there is a network, and no lost answer can lose it. */
export function receiptCode(): string {
  const code = [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => LETTERS[byte % LETTERS.length]).join("");
  return `${code.slice(0, 4)}-${code.slice(4, 8)}-${code.slice(8)}`;
}

/** A recording or photo. `chunks` is how many pieces of it are stored; `size` their bytes. */
export interface Recording {
  id: string; testimony: string; role: "story" | "evidence"; media: Media; mime: string; prompt: string; position: number;
  state: FileState; chunks: number; size: number; seconds: number; sha256: string; offset: number; why: string; wasInterrupted: boolean;
}
export interface Prompt { id: string; text: string; hint?: string }
export interface Module {
  id: number; slug: string; title: string; text: string; is_required: boolean; is_due: boolean;
  questions: { text: string; answers: string[]; right: number }[];
}
export interface Pack {
  messenger: { name: string; language: string; may_collect: boolean };
  campaign: { name: string; about: string; languages: string[]; countries: string[]; country: string; is_running: boolean };
  guides: { kind: Kind; language: string; title: string; prompts: Prompt[] }[];
  consents: { language: string; version: number; text: string }[];
  modules: Module[];
  referrals: { subject: string; language: string; name: string; contact: string; url: string }[];
  /** Texts read aloud by people: "consent", or a guide's kind and a prompt's id. */
  spoken?: { id: number; language: string; what: string; sha256: string; size: number }[];
  contact: string;
}
/** Something to send when there is a network: training answers, a check-in. */
export interface Note { id: string; path: string; body: unknown }

interface Schema extends DBSchema {
  open: { key: string; value: unknown }; // what is needed before the PIN: the lock, the language
  sealed: { key: string; value: { id: string; data: Sealed } };
  chunks: { key: [string, number]; value: { file: string; index: number; size: number; data: Sealed } };
}

let database: Promise<IDBPDatabase<Schema>> | null = null;
let master: CryptoKey | null = null;

const db = () => database ??= openDB<Schema>("griot", 1, {
  upgrade(d) {
    d.createObjectStore("open");
    d.createObjectStore("sealed", { keyPath: "id" });
    d.createObjectStore("chunks", { keyPath: ["file", "index"] });
  },
});

export const holdKey = (key: CryptoKey) => { master = key; };
export const forgetKey = () => { master = null; };
export const isUnlocked = () => master !== null;
const key = (): CryptoKey => {
  if (!master) throw new Error("locked");
  return master;
};

export async function readOpen<T>(name: string): Promise<T | undefined> { return (await db()).get("open", name) as Promise<T | undefined>; }
export async function writeOpen(name: string, value: unknown): Promise<void> { await (await db()).put("open", value, name); }
export const lockOf = () => readOpen<Lock>("lock");

const utf8 = new TextEncoder();
const text = new TextDecoder();

async function put(id: string, value: unknown): Promise<void> {
  const data = await seal(key(), utf8.encode(JSON.stringify(value)), id);
  const transaction = (await db()).transaction("sealed", "readwrite", { durability: "strict" });
  await transaction.store.put({ id, data });
  await transaction.done;
}

async function get<T>(id: string): Promise<T | undefined> {
  const row = await (await db()).get("sealed", id);
  return row && JSON.parse(text.decode(await unseal(key(), row.data, row.id))) as T;
}

async function all<T>(prefix: string): Promise<T[]> {
  const rows = await (await db()).getAll("sealed", IDBKeyRange.bound(prefix, `${prefix}\uffff`));
  return Promise.all(rows.map(async (row) => JSON.parse(text.decode(await unseal(key(), row.data, row.id))) as T));
}

const drop = async (id: string) => { await (await db()).delete("sealed", id); };

export const saveKey = (value: string) => put("key", value);
export const phoneKey = () => get<string>("key");
export const savePack = (pack: Pack) => put("pack", pack);
export const readPack = () => get<Pack>("pack");
export const saveTestimony = (t: Testimony) => put(`testimony:${t.id}`, t);
export const readTestimony = (id: string) => get<Testimony>(`testimony:${id}`);
export const testimonies = async () => (await all<Testimony>("testimony:")).sort((a, b) => b.told.localeCompare(a.told));
export const saveRecording = (r: Recording) => put(`file:${r.id}`, r);
export const readRecording = (id: string) => get<Recording>(`file:${id}`);
export const recordings = async (testimony?: string) =>
  (await all<Recording>("file:")).filter((r) => !testimony || r.testimony === testimony).sort((a, b) => a.position - b.position);
export const saveNote = (note: Note) => put(`note:${note.id}`, note);
export const notes = () => all<Note>("note:");
export const dropNote = (id: string) => drop(`note:${id}`);

/** Change a recording's record; what is stored meanwhile by others of its fields stays. */
export async function changeRecording(id: string, change: Partial<Recording>): Promise<Recording> {
  const known = await readRecording(id);
  if (!known) throw new Error("that recording is gone");
  const changed = { ...known, ...change };
  await saveRecording(changed);
  return changed;
}

// --- what was recorded ----------------------------------------------------------------------

/** Store a piece of a recording. When this returns, it is on the disk. */
export async function addChunk(file: string, index: number, bytes: ArrayBuffer): Promise<void> {
  const data = await seal(key(), bytes, `${file}/${index}`);
  const transaction = (await db()).transaction("chunks", "readwrite", { durability: "strict" });
  await transaction.store.put({ file, index, size: bytes.byteLength, data });
  await transaction.done;
}

const ofFile = (file: string) => IDBKeyRange.bound([file, 0], [file, Infinity]);

/** How many pieces of a recording are stored, in how many bytes. */
export async function measure(file: string): Promise<{ chunks: number; size: number; sizes: number[] }> {
  const sizes: number[] = [];
  let cursor = await (await db()).transaction("chunks").store.openCursor(ofFile(file));
  while (cursor) {
    if (cursor.value.index !== sizes.length) break; // a piece that never came ends what can be used
    sizes.push(cursor.value.size);
    cursor = await cursor.continue();
  }
  return { chunks: sizes.length, size: sizes.reduce((a, b) => a + b, 0), sizes };
}

export async function readChunk(file: string, index: number): Promise<ArrayBuffer> {
  const row = await (await db()).get("chunks", [file, index]);
  if (!row) throw new Error("a piece of the recording is missing");
  return unseal(key(), row.data, `${file}/${index}`);
}

// Texts read aloud lie beside the recordings, sealed likewise, each under its checksum.
const spokenName = (sha256: string) => `spoken:${sha256}`;
export const keepSpoken = (sha256: string, bytes: ArrayBuffer) => addChunk(spokenName(sha256), 0, bytes);

export async function readSpoken(sha256: string): Promise<Blob | null> {
  const row = await (await db()).get("chunks", [spokenName(sha256), 0]);
  return row ? new Blob([await unseal(key(), row.data, `${spokenName(sha256)}/0`)], { type: "audio/mp4" }) : null;
}

/** Which of the readings a pack names are not here yet; those that it does not name any more go. */
export async function missingSpoken(pack: Pack): Promise<NonNullable<Pack["spoken"]>> {
  const wanted = pack.spoken ?? [];
  const names = new Set(wanted.map((one) => spokenName(one.sha256)));
  const known = (await (await db()).getAllKeys("chunks", IDBKeyRange.bound(["spoken:", 0], ["spoken:\uffff", 0]))).map(([file]) => file);
  for (const file of known) if (!names.has(file)) await dropChunks(file);
  return wanted.filter((one) => !known.includes(spokenName(one.sha256)));
}

/** The whole recording, to be looked at or heard. */
export async function readWhole(recording: Recording): Promise<Blob> {
  const parts: ArrayBuffer[] = [];
  for (let index = 0; index < recording.chunks; index++) parts.push(await readChunk(recording.id, index));
  return new Blob(parts, { type: recording.mime });
}

export async function dropChunks(file: string): Promise<void> { await (await db()).delete("chunks", ofFile(file)); }

export async function dropRecording(id: string): Promise<void> {
  await dropChunks(id);
  await drop(`file:${id}`);
}

export async function dropTestimony(id: string): Promise<void> {
  for (const recording of await recordings(id)) await dropRecording(recording.id);
  await drop(`testimony:${id}`);
}

/** What was being recorded when the app ended is kept as far as it was stored. Gives how many that were. */
export async function recover(): Promise<number> {
  let count = 0;
  for (const recording of await recordings()) {
    if (recording.state !== "recording") continue;
    const { chunks, size } = await measure(recording.id);
    if (chunks === 0) await dropRecording(recording.id);
    else {
      await saveRecording({ ...recording, state: "kept", chunks, size, seconds: Math.max(recording.seconds, chunks), wasInterrupted: true });
      count++;
    }
  }
  return count;
}

/** Erase all that the phone holds. */
export async function wipe(): Promise<void> {
  forgetKey();
  const d = await db();
  const transaction = d.transaction(["open", "sealed", "chunks"], "readwrite");
  await Promise.all([...transaction.objectStoreNames].map((name) => transaction.objectStore(name).clear()));
  await transaction.done;
  d.close();
  database = null;
  await new Promise((resolve) => {
    const gone = indexedDB.deleteDatabase("griot");
    gone.onsuccess = gone.onerror = gone.onblocked = resolve;
  });
}

/** Bytes used and left, as far as the browser says; persistence is asked for, so that it does not clear us away. */
export async function room(): Promise<{ used: number; left: number }> {
  const { usage = 0, quota = 0 } = (await navigator.storage?.estimate?.()) ?? {};
  return { used: usage, left: Math.max(0, quota - usage) };
}
