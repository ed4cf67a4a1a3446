// An invitation: the address that a coordinator gave bears a token, and the newsroom gives the phone a key for it.

import { ask } from "./newsroom";
import { phoneKey, saveKey } from "./store";

/** The token of the invitation that the app was opened with. */
export const invitation = () => new URLSearchParams(location.hash.slice(1)).get("join");
export const forgetInvitation = () => history.replaceState(null, "", location.pathname);

/** The key for a token. An invitation is used up by this, but refused where the phone's key, as it was, is another messenger's. */
export async function takeUp(token: string, was = ""): Promise<string> {
  const device = (/\(([^)]*)\)/.exec(navigator.userAgent)?.[1] ?? "").slice(0, 100);
  return (await ask<{ key: string }>("join/", { token, device, was }, "none")).key;
}

/** A new invitation of its messenger's gives a phone a new key; what it holds stays. */
export async function joinAnew(): Promise<void> {
  const token = invitation();
  if (!token) return;
  forgetInvitation();
  await saveKey(await takeUp(token, await phoneKey()));
}
