// One recording on its way, by tus, resumed wherever it stood.

import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { DetailedError, Upload, FileSource, SliceResult } from "tus-js-client";
import { API, ask, authorization, isOurs, meaning, Offline, PATIENCE, Refusal } from "./newsroom";
import { changeRecording, noteProgress, readPiece } from "./store";
import { Recording } from "./types";
import { measure } from "./vault";

const UPLOADS = API + "uploads/";
const SLOW = 40_000; // bytes a second, below which pieces are small: a cut then costs little
const SMALL_PIECE = 64 * 1024;
const LARGE_PIECE = 1024 * 1024;
const STALLED = 5 * 60_000; // milliseconds without any progress

let rate = 0; // bytes a second, as last seen

/** A recording's sealed pieces as one file, of which only the part that is sent is ever opened. */
class Pieces implements FileSource {
  readonly size: number;
  private readonly starts: number[];

  constructor(
    private readonly id: string,
    sizes: number[],
  ) {
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
      const piece = await readPiece(this.id, n);
      parts.push(piece.slice(Math.max(0, from - a), Math.min(b, end) - a));
    }
    return { value: new Blob(parts), size: end - from, done: end >= this.size } as SliceResult;
  }

  close(): void {
    /* nothing is held open */
  }
}

/** The SHA-256 of a recording's stored pieces. */
export async function checksum(id: string, chunks: number): Promise<string> {
  const digest = sha256.create();
  for (let n = 0; n < chunks; n++) digest.update(new Uint8Array(await readPiece(id, n)));
  return bytesToHex(digest.digest());
}

/** Send a recording, or what is left of it. `progressed` is called whenever the server has more of it. Throws Offline, Wiped, or
 * an Error that passes. */
export async function send(recording: Recording, progressed: () => void): Promise<void> {
  const { sizes, size, chunks } = await measure(recording.id);
  if (!chunks) return; // sent already, as a full phone could not note down
  const sum = recording.sha256 || (await checksum(recording.id, chunks));
  const row = await noteProgress(recording, { state: "sending", chunks, size, sha256: sum });
  try {
    await transfer(row, new Pieces(row.id, sizes), progressed);
  } catch (error) {
    const known = error instanceof DetailedError ? meaning(statusOf(error), bodyOf(error)) : error;
    if (!(known instanceof Refusal)) throw known;
    await changeRecording(row.id, {
      state: "refused",
      why: known.message,
    });
    return;
  }
  await noteProgress(row, { state: "received", offset: size });
}

function bodyOf({ originalResponse: answer }: DetailedError): string {
  return answer && isOurs((name) => answer.getHeader(name)) ? answer.getBody() : "";
}
const statusOf = (error: DetailedError) => error.originalResponse?.getStatus() ?? 0;

async function transfer(row: Recording, pieces: Pieces, progressed: () => void): Promise<void> {
  const headers = await authorization();
  const metadata = {
    id: row.id,
    testimony: row.testimony,
    sha256: row.sha256,
    role: row.role,
    prompt: row.prompt,
    position: String(row.position),
    filetype: row.mime,
  };
  const begun = Date.now();
  const uploadUrl = await addressOf(metadata, row.size, headers);
  let from = -1;
  let watch = 0;
  await new Promise<void>((resolve, reject) => {
    const isAlive = () => {
      window.clearTimeout(watch);
      watch = window.setTimeout(() => {
        void upload.abort();
        reject(new Offline("stalled"));
      }, STALLED);
    };
    const upload = new Upload(new Blob(), {
      endpoint: UPLOADS,
      uploadUrl,
      headers,
      metadata,
      fileReader: { openFile: () => Promise.resolve(pieces) },
      chunkSize: rate && rate < SLOW ? SMALL_PIECE : rate ? LARGE_PIECE : SMALL_PIECE * 2,
      retryDelays: [0, 500, 1000, 2000, 4000, 8000],
      storeFingerprintForResuming: false, // the server knows the upload by the file's own id
      removeFingerprintOnSuccess: false,
      onProgress: (sent) => {
        isAlive();
        if (from < 0) from = sent;
        else if (Date.now() > begun) rate = ((sent - from) / (Date.now() - begun)) * 1000;
      },
      onChunkComplete: (_size, sent) => {
        void noteProgress(row, { offset: sent }).then(progressed);
      },
      onShouldRetry: (error) => {
        return [0, 409, 423, 460].includes(statusOf(error));
      },
      onError: reject,
      onSuccess: () => resolve(),
    });
    isAlive();
    upload.start();
  }).finally(() => window.clearTimeout(watch));
}

/** The address of an upload. One that stands where it stood is created again: that gives its address, and HEAD then its offset. */
async function addressOf(
  metadata: Record<string, string>,
  size: number,
  headers: Record<string, string>,
): Promise<string> {
  const encoded = Object.entries(metadata)
    .map(([name, value]) => `${name} ${base64(value)}`)
    .join(",");
  const answer = await fetch(UPLOADS, {
    method: "POST",
    credentials: "omit",
    cache: "no-store",
    redirect: "error",
    signal: AbortSignal.timeout?.(PATIENCE),
    headers: {
      ...headers,
      "Tus-Resumable": "1.0.0",
      "Upload-Length": String(size),
      "Upload-Metadata": encoded,
    },
  }).catch(() => {
    throw new Offline("offline");
  });
  if (answer.status === 403) await ask("state/"); // throws where this phone is no longer a messenger's
  const from = (name: string) => answer.headers.get(name);
  if (!isOurs(from)) throw meaning(answer.status, "");
  const address = from("Location");
  if (!answer.ok || !address) throw meaning(answer.status, await answer.text().catch(() => ""));
  return new URL(address, location.href).pathname;
}

const base64 = (words: string) => btoa(String.fromCharCode(...new TextEncoder().encode(words)));
