// Sending what was told, whenever there is a network: first the words and the consent, then each file. A file leaves the
// phone only when the server says that it holds it whole. What the server can't take now, is set aside.

import { NOBODY } from "./answers";
import { attempt, countAside, dueNow, keepOnly, triesOf, untilNext } from "./aside";
import { readOpen } from "./database";
import { ask, Refusal, Wiped } from "./newsroom";
import { takeSpoken } from "./spoken";
import {
  changeRecording,
  changeTestimony,
  dropNote,
  dropTestimony,
  notes,
  readPack,
  recordings,
  savePack,
  testimonies,
} from "./store";
import { Pack, Recording, Testimony } from "./types";
import { send } from "./upload";
import { dropChunks, isUnlocked } from "./vault";

const POLL = 4000; // milliseconds
const HELD = ["verified", "kept"]; // by the server
const COMING = ["expected", "received"];

/** Keep of what the newsroom holds whole what its card says, and no more. */
async function keepCard(id: string): Promise<void> {
  for (const { id: file, state } of await recordings(id))
    if (state === "sent") await changeRecording(file, { prompt: "", sha256: "" });
  await changeTestimony(id, () => ({
    state: "sent",
    language: "",
    answers: {},
    teller: NOBODY,
    consent: null,
  }));
}

let changed: () => void = () => undefined;
let running = false;
let timer = 0;
export let status: "idle" | "sending" | "waiting" | "aside" | "offline" | "wifi" = "idle";

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
  let next: number | null = null; // milliseconds until it goes on
  try {
    await sendNotes();
    await attempt("pack", async () => savePack(await ask<Pack>("pack/")));
    await sendAll((await testimonies()).filter((testimony) => testimony.state === "finished"));
    let waits = false;
    await attempt("state", async () => {
      waits = await settle();
    });
    const pack = await readPack();
    if (pack) await takeSpoken(pack); // last: what was told goes first
    const here = [...(await notes()), ...(await testimonies()), ...(await recordings())];
    keepOnly(["pack", "state", ...here.map(({ id }) => id)]);
    become(countAside() ? "aside" : waits ? "waiting" : "idle");
    next = waits ? POLL : untilNext();
  } catch (error) {
    if (error instanceof Wiped) {
      location.reload();
      return;
    }
    become("offline");
    void wakeLater();
    next = POLL;
  } finally {
    running = false;
    if (next !== null) timer = window.setTimeout(() => void run(), next);
  }
}

/** Try also what is set aside, at once. */
export async function runNow(): Promise<void> {
  dueNow();
  await run();
}

async function sendNotes(): Promise<void> {
  for (const note of await notes()) {
    await attempt(note.id, async () => {
      await ask(note.path, { ...note.body, id: note.id }).catch((error: unknown) => {
        if (!(error instanceof Refusal)) throw error;
      });
      await dropNote(note.id); // what is refused is not asked again
    });
  }
}

/** First what was said and allowed, then the files. */
async function sendAll(finished: Testimony[]): Promise<void> {
  const files: Recording[] = [];
  for (const testimony of finished) {
    become("sending");
    let isTaken = testimony.isKnown;
    if (!isTaken)
      await attempt(testimony.id, async () => {
        isTaken = await introduce(testimony);
      });
    if (isTaken) files.push(...(await recordings(testimony.id)));
  }
  const waiting = files.filter((file) => file.state === "kept" || file.state === "sending");
  waiting.sort((a, b) => triesOf(a.id) - triesOf(b.id));
  for (const file of waiting) await attempt(file.id, () => send(file, changed));
  changed();
}

/** Send what was said and allowed, and which recordings belong to it; false where it is refused. */
async function introduce(testimony: Testimony): Promise<boolean> {
  const { state, why, isKnown, ...told } = testimony; // the phone's own matters stay on it
  const files = (await recordings(testimony.id))
    .filter(({ size }) => size > 0)
    .map(({ id, role, position }) => ({ id, role, position }));
  try {
    await ask("testimonies/", { ...told, files });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    await changeTestimony(testimony.id, () => ({ state: "refused", why: error.message }));
    return false;
  }
  await changeTestimony(testimony.id, () => ({ isKnown: true }));
  return true;
}

/** Delete what the server holds whole; true while something is on its way. */
async function settle(): Promise<boolean> {
  interface State {
    testimonies: { id: string; state: string }[];
    files: { id: string; state: string; sha256: string; why: string }[];
  }
  const told = (await testimonies()).filter((t) => t.state !== "open");
  if (!told.length) return false;
  const state = await ask<State>("state/");
  const known = new Map(state.files.map((file) => [file.id, file]));
  const over = new Map(state.testimonies.map((t) => [t.id, t.state]));
  let waits = false;
  for (const testimony of told) {
    if (["withdrawn", "expired"].includes(over.get(testimony.id) ?? "")) {
      await dropTestimony(testimony.id);
      continue;
    }
    if (testimony.state !== "finished") continue;
    let isDone = true;
    for (const recording of await recordings(testimony.id)) {
      const said = known.get(recording.id);
      if (said && HELD.includes(said.state) && said.sha256 === recording.sha256) {
        if (recording.state !== "sent") {
          const isUnopened = said.state === "kept"; // for a person to look at
          await changeRecording(recording.id, { state: "sent", offset: recording.size, isUnopened });
          await dropChunks(recording.id);
        }
      } else if (said && !COMING.includes(said.state)) {
        await changeRecording(recording.id, { state: "refused", why: said.why });
      } else {
        if (said?.state === "expected" && recording.state === "received")
          await changeRecording(recording.id, { state: "kept", offset: 0 });
        waits ||= recording.state === "received"; // what is set aside has its own time
        isDone = false;
      }
    }
    if (isDone) await keepCard(testimony.id);
  }
  return waits;
}
