// Texts read aloud by people lie beside the recordings, sealed likewise, each under its checksum.

import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { API, authorization } from "./newsroom";
import { SPOKEN } from "./store";
import { Pack, Spoken } from "./types";
import { addChunk, dropChunks, filesNamed, readChunk } from "./vault";

const PATIENCE = 10 * 60_000; // milliseconds
const nameOf = (one: Spoken) => SPOKEN + one.sha256;

/** The sound of a reading; null where it is not on the phone yet. */
export async function readSpoken(one: Spoken): Promise<Blob | null> {
  const bytes = await readChunk(nameOf(one), 0);
  return bytes && new Blob([bytes], { type: "audio/mp4" });
}

/** Take along the readings that a pack names; those that it does not name any more go. A line that is cut leaves the rest for the next time, and so does
 * what is more urgent. */
export async function takeSpoken(pack: Pack, isUrgent: () => boolean): Promise<void> {
  const wanted = pack.spoken ?? [];
  const names = wanted.map(nameOf);
  const known = await filesNamed(SPOKEN);
  for (const file of known) if (!names.includes(file)) await dropChunks(file);
  for (const one of wanted) {
    if (known.includes(nameOf(one))) continue;
    if (isUrgent()) return;
    const answer = await fetch(`${API}spoken/${one.id}/`, {
      cache: "no-store",
      credentials: "omit",
      headers: await authorization(),
      signal: AbortSignal.timeout?.(PATIENCE),
    }).catch(() => null);
    const bytes = answer?.ok ? await answer.arrayBuffer().catch(() => null) : null;
    if (!bytes) return;
    if (bytesToHex(sha256(new Uint8Array(bytes))) === one.sha256) await addChunk(nameOf(one), 0, bytes);
  }
}
