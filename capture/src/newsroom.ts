// What is asked of the newsroom's server, and how its answers are understood.

import { phoneKey, wipe } from "./store";

export const API = "/capture/api/";
const OURS = "X-Griot"; // a header of all that the newsroom answers
export const PATIENCE = 2 * 60_000; // milliseconds

/** The newsroom’s name, as its server wrote it into the page. */
export const NAME = document.title;

/** There is no line to the newsroom, or it was cut. */
export class Offline extends Error {}
/** This phone is no longer a messenger's, and holds nothing any more. */
export class Wiped extends Error {}
/** The newsroom does not take this, now or later; the message says why. */
export class Refusal extends Error {}

// Answers that may be others the next time: not (yet) known here, too slow, in the wrong order, too often (RFC 9110
// §15.5); 460 is tus' for a damaged piece. Whatever is wrong with the server (5xx) passes, too.
const PASSING = [401, 403, 408, 409, 423, 425, 429, 460];

/** Whether an answer is the newsroom's, by its headers, or that of something between: a portal, a proxy. */
export const isOurs = (header: (name: string) => string | null | undefined) => header(OURS) != null;

/** What an answer means that is not the one hoped for, with its words if it is the newsroom's. An Error that is none of the above
 * passes; so does whatever something between has answered. */
export function meaning(status: number, body: string): Error {
  if (status === 0) return new Offline("offline");
  const words = wordsOf(body);
  return status >= 500 || PASSING.includes(status) || !words
    ? new Error(words || `${status}`)
    : new Refusal(words);
}

function wordsOf(body: string): string {
  try {
    const { error } = JSON.parse(body) as { error?: unknown };
    return typeof error === "string" ? error : "";
  } catch {
    return "";
  }
}

/** What a request of this phone's bears, by its own key or by one that it is given. */
export async function authorization(key?: string): Promise<Record<string, string>> {
  const known = key ?? (await phoneKey());
  return known ? { Authorization: `Bearer ${known}` } : {};
}

/** One request to the newsroom. Throws Offline, Wiped, or what an answer means. */
export async function ask<T>(path: string, body?: unknown, key?: string): Promise<T> {
  const bearer = await authorization(key);
  let answer: Response;
  try {
    answer = await fetch(API + path, {
      method: body === undefined ? "GET" : "POST",
      cache: "no-store",
      credentials: "omit",
      redirect: "error", // a portal's
      signal: AbortSignal.timeout?.(PATIENCE), // a line that hangs is none
      headers: {
        ...bearer,
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw new Offline("offline");
  }
  const from = (name: string) => answer.headers.get(name);
  if (answer.status >= 500 || !isOurs(from)) throw meaning(answer.status, ""); // nothing that it says counts
  // An answer that was cut off is no answer: taken for one, it would replace what the phone knows by nothing.
  const said = (await answer.json().catch(() => {
    throw new Offline("cut off");
  })) as T & { error?: string; wipe?: boolean };
  if (said.wipe) {
    await wipe();
    throw new Wiped(said.error);
  }
  if (!answer.ok) throw meaning(answer.status, JSON.stringify(said));
  return said;
}
