// An invitation: the address that a coordinator gave bears a token, and the newsroom gives the phone a key for it.

import { ask } from "./newsroom";
import { saveKey } from "./store";

/** The token of the invitation that the app was opened with. */
export const invitation = () => new URLSearchParams(location.hash.slice(1)).get("join");
export const forgetInvitation = () => history.replaceState(null, "", location.pathname);

/** The key for a token. An invitation is used up by this. */
export async function takeUp(token: string): Promise<string> {
  const device = (/\(([^)]*)\)/.exec(navigator.userAgent)?.[1] ?? "").slice(0, 100);
  return (await ask<{ key: string }>("join/", { token, device }, "none")).key;
}

/** A new invitation opened on a phone that is a messenger's already gives it a new key; what it holds stays. */
export async function joinAnew(): Promise<void> {
  const token = invitation();
  if (!token) return;
  forgetInvitation();
  await saveKey(await takeUp(token));
}
