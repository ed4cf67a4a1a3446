// Sending what was told, whenever there is a network: first the words and the consent, then each file. A file leaves the
// phone only when the server says that it holds it whole and verified.

import { readOpen } from "./database";
import { ask, Offline, Wiped } from "./newsroom";
import { takeSpoken } from "./spoken";
import {
  changeRecording,
  dropNote,
  dropTestimony,
  notes,
  recordings,
  savePack,
  saveTestimony,
  testimonies,
} from "./store";
import { Pack, Testimony } from "./types";
import { send } from "./upload";
import { dropChunks, isUnlocked } from "./vault";

const POLL = 4000; // milliseconds

let changed: () => void = () => undefined;
let running = false;
let timer = 0;
export let status: "idle" | "sending" | "waiting" | "offline" | "wifi" = "idle";

/** Have a listener called whenever something was sent, or sending has begun or ended. */
export const onChange = (listener: () => void) => {
  changed = listener;
};
const become = (now: typeof status) => {
  status = now;
  changed();
};

async function mayUseNetwork(): Promise<boolean> {
  if (!(await readOpen<boolean>("wifiOnly"))) return true;
  const type = navigator.connection?.type;
  return type === undefined || type === "wifi" || type === "ethernet";
}

/** Have the browser wake the app when there is a network again, also while it is not in front (Background Sync, where it is known). */
async function wakeLater(): Promise<void> {
  const known = await navigator.serviceWorker?.getRegistration?.();
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
    await sendNotes();
    const pack = await ask<Pack>("pack/");
    await savePack(pack);
    for (const testimony of await testimonies()) {
      if (testimony.state !== "finished") continue;
      become("sending");
      await sendTestimony(testimony);
    }
    waits = await settle();
    await takeSpoken(pack); // last: what was told goes first
    become(waits ? "waiting" : "idle");
  } catch (error) {
    if (error instanceof Wiped) {
      location.reload();
      return;
    }
    become("offline");
    void wakeLater();
    waits = true;
  } finally {
    running = false;
    if (waits) timer = window.setTimeout(() => void run(), POLL);
  }
}

const isRefusal = (error: unknown) => !(error instanceof Offline || error instanceof Wiped);

async function sendNotes(): Promise<void> {
  for (const note of await notes()) {
    await ask(note.path, note.body).catch((error: unknown) => {
      if (!isRefusal(error)) throw error;
    });
    await dropNote(note.id); // what is refused is not asked again
  }
}

async function sendTestimony(testimony: Testimony): Promise<void> {
  if (!testimony.isKnown) {
    const { state, why, isKnown, ...told } = testimony; // the phone's own matters stay on it
    try {
      await ask("testimonies/", told);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      await saveTestimony({
        ...testimony,
        state: "refused",
        why: error instanceof Error ? error.message : String(error),
      });
      return;
    }
    await saveTestimony({ ...testimony, isKnown: true });
  }
  for (const recording of await recordings(testimony.id)) {
    if (recording.state === "kept" || recording.state === "sending") await send(recording, changed);
  }
  changed();
}

/** Delete what the server holds whole and verified; true while something is on its way. */
async function settle(): Promise<boolean> {
  interface State {
    testimonies: { id: string; state: string }[];
    files: { id: string; state: string; sha256: string; why: string }[];
  }
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
        if (said?.state === "expected" && recording.state === "received")
          await changeRecording(recording.id, { state: "kept", offset: 0 });
        isDone = false;
      }
    }
    if (isDone) await saveTestimony({ ...testimony, state: "sent" });
    else waits = true;
  }
  return waits;
}
