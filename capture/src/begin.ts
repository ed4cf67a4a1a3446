// What the app begins with: an invitation, the PIN, or home.

import { lockOf } from "./database";
import { fail, say } from "./dom";
import { joinAnew } from "./invitation";
import { run } from "./queue";
import { go } from "./router";
import { isRecording } from "./sheet";
import { recover, sweep } from "./store";
import { isUnlocked } from "./vault";
import { t } from "./words";

export async function begin(): Promise<void> {
  if (!(await lockOf())) return go("join");
  if (!isUnlocked()) return go("unlock");
  const joined = await Promise.allSettled([joinAnew()]);
  await sweep();
  const count = isRecording() ? 0 : await recover();
  await go("home");
  if (count) say(t("recovered", String(count)));
  for (const one of joined) if (one.status === "rejected") fail(one.reason);
  void run();
}
