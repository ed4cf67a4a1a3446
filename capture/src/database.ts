// The phone's IndexedDB. Only what is needed before the PIN lies open in it: the lock, the language, a few settings.

import { openDB, DBSchema, IDBPDatabase } from "idb";
import { Lock, Sealed } from "./crypto";

interface Schema extends DBSchema {
  open: { key: string; value: unknown };
  sealed: { key: string; value: { id: string; data: Sealed } };
  chunks: { key: [string, number]; value: { file: string; index: number; size: number; data: Sealed } };
}

let database: Promise<IDBPDatabase<Schema>> | null = null;
const letGo = () => {
  database = null; // it is opened anew by whoever asks next
};

let erased: () => void = () => undefined;

/** Have a listener called when another window has erased all of it. */
export const onErased = (listener: () => void) => {
  erased = listener;
};

export const db = () =>
  (database ??= openDB<Schema>("griot", 1, {
    upgrade(d) {
      d.createObjectStore("open");
      d.createObjectStore("sealed", { keyPath: "id" });
      d.createObjectStore("chunks", { keyPath: ["file", "index"] });
    },
    terminated: letGo, // a browser closes it when the disk refuses a write
    blocking: (_now, _then, event) => {
      (event.target as IDBDatabase).close(); // another window erases it
      letGo();
      erased();
    },
  }).catch((error: unknown) => {
    letGo();
    throw error;
  }));

/** Whether the phone's disk refused to take something: browsers say so in several ways. */
export const isFull = (error: unknown) =>
  error instanceof DOMException &&
  (["QuotaExceededError", "UnknownError"].includes(error.name) ||
    /database|transaction/i.test(error.message));

export async function readOpen<T>(name: string): Promise<T | undefined> {
  return (await db()).get("open", name) as Promise<T | undefined>;
}
export async function writeOpen(name: string, value: unknown): Promise<void> {
  await (await db()).put("open", value, name);
}
export const lockOf = () => readOpen<Lock>("lock");

/** Erase all of it. What is erased first is what it holds, because a second window can keep the database itself. */
export async function erase(): Promise<void> {
  const d = await db();
  const transaction = d.transaction(["open", "sealed", "chunks"], "readwrite");
  await Promise.all([...transaction.objectStoreNames].map((name) => transaction.objectStore(name).clear()));
  await transaction.done;
  d.close();
  letGo();
  await new Promise((resolve) => {
    const gone = indexedDB.deleteDatabase("griot");
    gone.onsuccess = gone.onerror = gone.onblocked = resolve;
  });
}
