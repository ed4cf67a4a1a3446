// Sending what was told, whenever there is a network: first the words and the consent, then each file by tus, resumed
// wherever it stood. A file leaves the phone only when the server says that it holds it whole and verified.

import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { Upload, type FileSource, type SliceResult } from "tus-js-client";
import {
  changeRecording, dropChunks, dropNote, dropTestimony, isUnlocked, keepSpoken, measure, missingSpoken, notes, phoneKey, readChunk, readOpen, recordings, savePack, saveTestimony,
  testimonies, wipe, type Pack, type Recording,
} from "./store";

const API = "/capture/api/";
const SLOW = 40_000; // bytes a second, below which pieces are small: a cut then costs little
const SMALL_PIECE = 64 * 1024;
const LARGE_PIECE = 1024 * 1024;
const POLL = 4000; // milliseconds

export class Offline extends Error {}
export class Wiped extends Error {}

/** One request to the newsroom. Throws Offline where there is no network, Wiped when this phone is no longer a messenger's. */
export async function ask<T>(path: string, body?: unknown, key?: string): Promise<T> {
  const auth = key ?? await phoneKey();
  let answer: Response;
  try {
    answer = await fetch(API + path, {
      method: body === undefined ? "GET" : "POST", cache: "no-store", credentials: "omit",
      headers: { ...(auth ? { Authorization: `Bearer ${auth}` } : {}), ...(body === undefined ? {} : { "Content-Type": "application/json" }) },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw new Offline("offline");
  }
  // An answer that was cut off is no answer: taken for one, it would replace what the phone knows by nothing.
  const said = await answer.json().catch(() => { throw new Offline("cut off"); }) as T & { error?: string; wipe?: boolean };
  if (said.wipe) {
    await wipe();
    throw new Wiped(said.error);
  }
  if (answer.status >= 500) throw new Offline(said.error ?? `${answer.status}`);
  if (!answer.ok) throw new Error(said.error ?? `${answer.status}`);
  return said;
}

export type Change = () => void;
let changed: Change = () => undefined;
let running = false;
let timer = 0;
let rate = 0; // bytes a second, as last seen
export let status: "idle" | "sending" | "waiting" | "offline" | "wifi" = "idle";

export const onChange = (listener: Change) => { changed = listener; };
const become = (now: typeof status) => { status = now; changed(); };

async function mayUseNetwork(): Promise<boolean> {
  if (!(await readOpen<boolean>("wifiOnly"))) return true;
  const connection = (navigator as { connection?: { type?: string } }).connection;
  return connection?.type === undefined || connection.type === "wifi" || connection.type === "ethernet";
}

/** Have the browser wake the app when there is a network again, also while it is not in front (Background Sync, where it is known). */
async function wakeLater(): Promise<void> {
  const known = await navigator.serviceWorker?.getRegistration?.() as (ServiceWorkerRegistration & { sync?: { register(tag: string): Promise<void> } }) | undefined;
  await known?.sync?.register("send").catch(() => undefined); // refused by a setting: then it goes on when the app is in front
}

/** Send whatever waits. Does nothing while it runs already, while locked, or without a network. */
export async function run(): Promise<void> {
  window.clearTimeout(timer);
  if (running || !isUnlocked()) return;
  if (!navigator.onLine) {
    void wakeLater();
    return become("offline");
  }
  if (!(await mayUseNetwork())) return become("wifi");
  running = true;
  let waits = false;
  try {
    for (const note of await notes()) {
      await ask(note.path, note.body).catch((error: unknown) => { if (error instanceof Offline || error instanceof Wiped) throw error; });
      await dropNote(note.id); // what is refused is not asked again
    }
    const pack = await ask<Pack>("pack/");
    await savePack(pack);
    for (const testimony of await testimonies()) {
      if (testimony.state !== "finished") continue;
      become("sending");
      if (!testimony.isKnown) {
        const { state: _, why: __, isKnown: ___, ...sent } = testimony;
        try {
          await ask("testimonies/", sent);
          testimony.isKnown = true;
        } catch (error) {
          if (error instanceof Offline || error instanceof Wiped) throw error;
          await saveTestimony({ ...testimony, state: "refused", why: error instanceof Error ? error.message : String(error) });
          continue;
        }
        await saveTestimony(testimony);
      }
      for (const recording of await recordings(testimony.id)) {
        if (recording.state === "kept" || recording.state === "sending") await send(recording);
      }
      changed();
    }
    waits = await settle();
    await takeSpoken(pack); // last: what was told goes first
    become(waits ? "waiting" : "idle");
  } catch (error) {
    if (error instanceof Wiped) { location.reload(); return; }
    become("offline");
    void wakeLater();
    waits = true;
  } finally {
    running = false;
    if (waits) timer = window.setTimeout(() => void run(), POLL);
  }
}

/** Take texts read aloud along. A line that is cut leaves the rest for the next time. */
async function takeSpoken(pack: Pack): Promise<void> {
  for (const one of await missingSpoken(pack)) {
    const answer = await fetch(`${API}spoken/${one.id}/`, { cache: "no-store", credentials: "omit", headers: { Authorization: `Bearer ${await phoneKey()}` } }).catch(() => null);
    const bytes = answer?.ok ? await answer.arrayBuffer().catch(() => null) : null;
    if (!bytes) return;
    if (bytesToHex(sha256(new Uint8Array(bytes))) === one.sha256) await keepSpoken(one.sha256, bytes);
  }
}

/** Delete what the server holds whole and verified; true while something is on its way. */
async function settle(): Promise<boolean> {
  interface State { testimonies: { id: string; state: string }[]; files: { id: string; state: string; sha256: string; why: string }[] }
  const waiting = (await testimonies()).filter((t) => t.state === "finished");
  if (!waiting.length) return false;
  const state = await ask<State>("state/");
  const known = new Map(state.files.map((file) => [file.id, file]));
  const over = new Map(state.testimonies.map((t) => [t.id, t.state]));
  let waits = false;
  for (const testimony of waiting) {
    if (["withdrawn", "expired"].includes(over.get(testimony.id) ?? "")) {
      await dropTestimony(testimony.id);
      continue;
    }
    let isDone = true;
    for (const recording of await recordings(testimony.id)) {
      const said = known.get(recording.id);
      if (said?.state === "verified" && (said.sha256 === recording.sha256 || said.sha256 === "")) {
        if (recording.state !== "sent") {
          await changeRecording(recording.id, { state: "sent", offset: recording.size });
          await dropChunks(recording.id);
        }
      } else if (said?.state === "refused") {
        await changeRecording(recording.id, { state: "refused", why: said.why });
      } else {
        if (said?.state === "expected" && recording.state === "received") await changeRecording(recording.id, { state: "kept", offset: 0 });
        isDone = false;
      }
    }
    if (isDone) await saveTestimony({ ...testimony, state: "sent" });
    else waits = true;
  }
  return waits;
}

/** A recording's sealed pieces as one file, of which only the part that is sent is ever opened. */
class Pieces implements FileSource {
  readonly size: number;
  private readonly starts: number[];

  constructor(private readonly id: string, sizes: number[]) {
    this.starts = [0];
    for (const size of sizes) this.starts.push(this.starts[this.starts.length - 1]! + size);
    this.size = this.starts[this.starts.length - 1]!;
  }

  async slice(from: number, to: number): Promise<SliceResult> {
    const parts: ArrayBuffer[] = [];
    const end = Math.min(to, this.size);
    for (let n = 0; n + 1 < this.starts.length; n++) {
      const [a, b] = [this.starts[n]!, this.starts[n + 1]!];
      if (b <= from || a >= end) continue;
      const piece = await readChunk(this.id, n);
      parts.push(piece.slice(Math.max(0, from - a), Math.min(b, end) - a));
    }
    return { value: new Blob(parts), size: end - from, done: end >= this.size } as SliceResult;
  }

  close(): void { /* nothing is held open */ }
}

async function checksum(recording: Recording): Promise<string> {
  const digest = sha256.create();
  for (let n = 0; n < recording.chunks; n++) digest.update(new Uint8Array(await readChunk(recording.id, n)));
  return bytesToHex(digest.digest());
}

async function send(recording: Recording): Promise<void> {
  const { sizes, size, chunks } = await measure(recording.id);
  const sum = recording.sha256 || await checksum({ ...recording, chunks });
  const row = await changeRecording(recording.id, { state: "sending", chunks, size, sha256: sum });
  const auth = await phoneKey();
  const begun = Date.now();
  let from = -1;
  await new Promise<void>((resolve, reject) => {
    const upload = new Upload(new Blob(), {
      endpoint: API + "uploads/",
      fileReader: { openFile: async () => new Pieces(row.id, sizes) },
      chunkSize: rate && rate < SLOW ? SMALL_PIECE : rate ? LARGE_PIECE : SMALL_PIECE * 2,
      retryDelays: [0, 500, 1000, 2000, 4000, 8000],
      storeFingerprintForResuming: false, // the server knows the upload by the file's own id
      removeFingerprintOnSuccess: false,
      headers: { Authorization: `Bearer ${auth}` },
      metadata: {
        id: row.id, testimony: row.testimony, sha256: sum, role: row.role, prompt: row.prompt, position: String(row.position), filetype: row.mime,
      },
      onProgress: (sent) => {
        if (from < 0) from = sent;
        else if (Date.now() > begun) rate = ((sent - from) / (Date.now() - begun)) * 1000;
      },
      onChunkComplete: (_size, sent) => { void changeRecording(row.id, { offset: sent }).then(changed); },
      onShouldRetry: (error) => {
        const code = error.originalResponse?.getStatus() ?? 0;
        return code === 0 || code === 409 || code === 423 || code === 460 || code >= 500;
      },
      onError: (error) => reject(error),
      onSuccess: () => resolve(),
    });
    // An upload that stands where it stood: creating it again gives its address, and HEAD its offset.
    void fetch(API + "uploads/", {
      method: "POST", credentials: "omit", cache: "no-store",
      headers: {
        Authorization: `Bearer ${auth}`, "Tus-Resumable": "1.0.0", "Upload-Length": String(size),
        "Upload-Metadata": Object.entries(upload.options.metadata ?? {}).map(([k, v]) => `${k} ${btoa(unescape(encodeURIComponent(String(v))))}`).join(","),
      },
    }).then(async (answer) => {
      if (answer.status === 403) { await ask("state/"); }
      if (!answer.ok) throw new Error((await answer.json().catch(() => ({})) as { error?: string }).error ?? `${answer.status}`);
      upload.options.uploadUrl = new URL(answer.headers.get("Location") ?? "", location.href).pathname;
      upload.start();
    }).catch(reject);
  }).catch(async (error: unknown) => {
    const status = (error as { originalResponse?: { getStatus(): number } }).originalResponse?.getStatus() ?? 0;
    if (error instanceof Wiped) throw error;
    if (status >= 400 && status < 500 && status !== 409 && status !== 423) {
      await changeRecording(row.id, { state: "refused", why: error instanceof Error ? error.message : String(error) });
      return;
    }
    throw new Offline(String(error));
  });
  const after = await changeRecording(row.id, {});
  if (after.state === "sending") await changeRecording(row.id, { state: "received", offset: size });
}
