// What is asked of the newsroom's server, and how its answers are understood.

import { phoneKey, wipe } from "./store";

export const API = "/capture/api/";

export class Offline extends Error {}
export class Wiped extends Error {}

/** What a request of this phone's bears, by its own key or by one that it is given. */
export async function authorization(key?: string): Promise<Record<string, string>> {
  const known = key ?? (await phoneKey());
  return known ? { Authorization: `Bearer ${known}` } : {};
}

/** One request to the newsroom. Throws Offline where there is no network, Wiped when this phone is no longer a messenger's. */
export async function ask<T>(path: string, body?: unknown, key?: string): Promise<T> {
  const bearer = await authorization(key);
  let answer: Response;
  try {
    answer = await fetch(API + path, {
      method: body === undefined ? "GET" : "POST",
      cache: "no-store",
      credentials: "omit",
      headers: {
        ...bearer,
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw new Offline("offline");
  }
  // An answer that was cut off is no answer: taken for one, it would replace what the phone knows by nothing.
  const said = (await answer.json().catch(() => {
    throw new Offline("cut off");
  })) as T & { error?: string; wipe?: boolean };
  if (said.wipe) {
    await wipe();
    throw new Wiped(said.error);
  }
  if (answer.status >= 500) throw new Offline(said.error ?? `${answer.status}`);
  if (!answer.ok) throw new Error(said.error ?? `${answer.status}`);
  return said;
}
