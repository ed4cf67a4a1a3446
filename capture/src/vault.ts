// What is sealed: records by their ids, and recordings in pieces. The key to them is held in memory while the app is unlocked.

import { seal, unseal } from "./crypto";
import { db } from "./database";

let master: CryptoKey | null = null;

export const holdKey = (key: CryptoKey) => {
  master = key;
};
export const forgetKey = () => {
  master = null;
};
export const isUnlocked = () => master !== null;
const key = (): CryptoKey => {
  if (!master) throw new Error("locked");
  return master;
};

// --- records --------------------------------------------------------------------------------

const utf8 = new TextEncoder();
const text = new TextDecoder();

export async function put(id: string, value: unknown): Promise<void> {
  const data = await seal(key(), utf8.encode(JSON.stringify(value)), id);
  const transaction = (await db()).transaction("sealed", "readwrite", { durability: "strict" });
  await transaction.store.put({ id, data });
  await transaction.done;
}

export async function get<T>(id: string): Promise<T | undefined> {
  const row = await (await db()).get("sealed", id);
  return row && (JSON.parse(text.decode(await unseal(key(), row.data, row.id))) as T);
}

/** All records whose ids begin so. */
export async function all<T>(prefix: string): Promise<T[]> {
  const rows = await (await db()).getAll("sealed", IDBKeyRange.bound(prefix, `${prefix}\uffff`));
  return Promise.all(
    rows.map(async (row) => JSON.parse(text.decode(await unseal(key(), row.data, row.id))) as T),
  );
}

export async function drop(id: string): Promise<void> {
  await (await db()).delete("sealed", id);
}

// --- pieces of files ------------------------------------------------------------------------

/** Store a piece of a file. When this returns, it is on the disk. */
export async function addChunk(file: string, index: number, bytes: ArrayBuffer): Promise<void> {
  const data = await seal(key(), bytes, `${file}/${index}`);
  const transaction = (await db()).transaction("chunks", "readwrite", { durability: "strict" });
  await transaction.store.put({ file, index, size: bytes.byteLength, data });
  await transaction.done;
}

/** A piece of a file; null where it is not stored. */
export async function readChunk(file: string, index: number): Promise<ArrayBuffer | null> {
  const row = await (await db()).get("chunks", [file, index]);
  return row ? unseal(key(), row.data, `${file}/${index}`) : null;
}

const ofFile = (file: string) => IDBKeyRange.bound([file, 0], [file, Infinity]);

/** How many pieces of a file are stored, in how many bytes. */
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

/** The names, beginning so, of files that are here. */
export async function filesNamed(prefix: string): Promise<string[]> {
  const keys = await (
    await db()
  ).getAllKeys("chunks", IDBKeyRange.bound([prefix, 0], [`${prefix}\uffff`, 0]));
  return [...new Set(keys.map(([file]) => file))];
}

export async function dropChunks(file: string): Promise<void> {
  await (await db()).delete("chunks", ofFile(file));
}
