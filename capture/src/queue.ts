// Sending what was told, whenever there is a network: first the words and the consent, then each file. A file leaves the
// phone only when the server says that it holds it whole. What the server can't take now, is set aside.

import { NOBODY } from "./answers";
import { attempt, countAside, dueNow, isForRoom, keepOnly, triesOf, untilNext } from "./aside";
import { isFull, readOpen } from "./database";
import { leave } from "./exit";
import { ask, Offline, Refusal, Wiped } from "./newsroom";
import { takeSpoken } from "./spoken";
import {
  changeRecording,
  changeSent,
  changeTestimony,
  dropNote,
  dropTestimony,
  editionOf,
  isBeingTold,
  noteProgress,
  notes,
  readPack,
  recordings,
  saveNote,
  savePack,
  testimonies,
  unlessElsewhere,
} from "./store";
import { Note, Pack, Recording, Testimony } from "./types";
import { checksum, send } from "./upload";
import { dropChunks, isUnlocked, measure } from "./vault";

const POLL = 4000; // milliseconds
const HELD = ["verified", "kept"]; // by the server
const COMING = ["expected", "received"];

/** Keep of what the newsroom holds whole what its card says, and no more. Whoever is telling of it in a window keeps it until they leave. */
async function keepCard(id: string): Promise<void> {
  if (await isBeingTold(id)) return;
  for (const { id: file, state } of await recordings(id))
    if (state === "sent") await changeRecording(file, { prompt: "", sha256: "" });
  await changeTestimony(id, ({ state }) =>
    state === "sent" ? { answers: {}, teller: NOBODY, consent: null } : {},
  );
}

let changed: () => void = () => undefined;
let isRunning = false;
let isAskedAgain = false; // while it runs
let words: Promise<void> = Promise.resolve(); // on their way
let timer = 0;
export let status: "idle" | "sending" | "waiting" | "aside" | "offline" | "wifi" | "full" | "trouble" =
  "idle";

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

/** Have a note sent, and keep it until it is. Where the phone is too full to keep it, it goes now or, with the words for that, not at all. */
export async function post(note: Note): Promise<void> {
  try {
    await saveNote(note);
  } catch (error) {
    if (!isFull(error)) throw error;
    await sendNote(note).catch(() => {
      throw error;
    });
    return;
  }
  void run();
}

const sendNote = ({ id, path, body }: Note) => ask(path, { ...body, id });

/** Send whatever waits. While it runs already, what is small goes at once, and the rest afterwards. Does nothing while locked, or without a network. */
export async function run(): Promise<void> {
  window.clearTimeout(timer);
  if (!isUnlocked()) return;
  if (!navigator.onLine) {
    void wakeLater();
    return become("offline");
  }
  if (!(await mayUseNetwork())) return become("wifi");
  if (isRunning) {
    isAskedAgain = true;
    return sendWords().catch(leaveIfWiped);
  }
  isRunning = true;
  let next = POLL; // milliseconds until it goes on
  try {
    const found = await unlessElsewhere("sending", sendAll);
    if (found === null) {
      await sendWords(); // another window is at the rest
      become("sending");
    }
    next = found ?? POLL;
  } catch (error) {
    leaveIfWiped(error);
    become(error instanceof Offline ? "offline" : isFull(error) ? "full" : "trouble");
    void wakeLater();
  } finally {
    isRunning = false;
    if (next < Infinity) timer = window.setTimeout(() => void run(), next);
  }
}

/** Send all of it. Gives the milliseconds until there is more to do, Infinity for none. */
async function sendAll(): Promise<number> {
  let waits = false;
  do {
    isAskedAgain = false;
    await sendWords();
    await attempt("pack", takePack);
    await sendFiles();
    await attempt("state", async () => {
      waits = await settle();
    });
    const pack = await readPack();
    if (pack) await takeSpoken(pack, () => isAskedAgain); // last: what was told goes first
    const here = [...(await notes()), ...(await testimonies()), ...(await recordings())];
    keepOnly(["pack", "state", ...here.map(({ id }) => id)]);
  } while (isAskedAgain);
  become(countAside() ? (isForRoom() ? "full" : "aside") : waits ? "waiting" : "idle");
  return waits ? POLL : untilNext();
}

function leaveIfWiped(error: unknown): void {
  if (error instanceof Wiped) leave();
}

async function takePack(): Promise<void> {
  const [pack, before] = [await ask<Pack>("pack/"), await readPack()];
  if (JSON.stringify(pack) !== JSON.stringify(before)) await savePack(pack);
}

/** Try also what is set aside, at once. */
export async function runNow(): Promise<void> {
  dueNow();
  await run();
}

/** Send what is small, one call after the other: notes, and what was said and allowed in what is finished. */
function sendWords(): Promise<void> {
  words = words
    .catch(() => undefined) // said to whoever called before
    .then(async () => {
      await sendNotes();
      for (const testimony of await finished())
        if (!isIntroduced(testimony)) await attempt(testimony.id, () => introduce(testimony));
    });
  return words;
}

const introduced = new Map<string, number>(); // in which edition, as this phone may be too full to note down
const isIntroduced = (now: Testimony) => now.isKnown || introduced.get(now.id) === editionOf(now);
const finished = async () => (await testimonies()).filter(({ state }) => state === "finished");

async function sendNotes(): Promise<void> {
  for (const note of await notes()) {
    await attempt(note.id, async () => {
      await sendNote(note).catch((error: unknown) => {
        if (!(error instanceof Refusal)) throw error;
      });
      await dropNote(note.id); // what is refused is not asked again
    });
  }
}

async function sendFiles(): Promise<void> {
  const files: Recording[] = [];
  for (const testimony of await finished())
    if (isIntroduced(testimony)) files.push(...(await recordings(testimony.id)));
  const waiting = files.filter((file) => file.state === "kept" || file.state === "sending");
  waiting.sort((a, b) => triesOf(a.id) - triesOf(b.id));
  for (const file of waiting) await attempt(file.id, () => send(file, changed));
  changed();
}

/** Send what was said and allowed, and which recordings belong to it. */
async function introduce(testimony: Testimony): Promise<void> {
  become("sending");
  const { state, why, isKnown, edition, ...told } = testimony; // the phone's own matters stay on it
  const files = (await recordings(testimony.id))
    .filter(({ size }) => size > 0)
    .map(({ id, role, position }) => ({ id, role, position }));
  try {
    await ask("testimonies/", { ...told, files });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    await changeSent(testimony, { state: "refused", why: error.message });
    return;
  }
  introduced.set(testimony.id, editionOf(testimony));
  await changeSent(testimony, { isKnown: true }).catch((error: unknown) => {
    if (!isFull(error)) throw error;
  });
}

interface Said {
  state: string;
  sha256: string;
  why: string;
}

/** Whether the newsroom has all of it: by its checksum, or because it is here no more. */
async function isHeld(recording: Recording, said: Said): Promise<boolean> {
  if (recording.state === "sent") return true;
  if (!HELD.includes(said.state)) return false;
  const { chunks } = await measure(recording.id);
  return !chunks || said.sha256 === (recording.sha256 || (await checksum(recording.id, chunks)));
}

/** Delete what the server holds whole; true while something is on its way. */
async function settle(): Promise<boolean> {
  interface State {
    testimonies: { id: string; state: string }[];
    files: (Said & { id: string })[];
  }
  const told = (await testimonies()).filter((t) => t.state !== "open" || t.isKnown);
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
    if (testimony.state === "sent" && testimony.consent) await keepCard(testimony.id);
    if (testimony.state !== "finished" || !isIntroduced(testimony)) continue;
    let isDone = true;
    for (const recording of await recordings(testimony.id)) {
      const said = known.get(recording.id);
      if (said && (await isHeld(recording, said))) {
        if (recording.state !== "sent") {
          const isUnopened = said.state === "kept"; // for a person to look at
          await dropChunks(recording.id); // first: it makes the room that the record may need
          await noteProgress(recording, { state: "sent", offset: recording.size, isUnopened });
        }
      } else if (said && !COMING.includes(said.state)) {
        await changeRecording(recording.id, { state: "refused", why: said.why });
      } else {
        if (said?.state === "expected" && recording.state === "received")
          await changeRecording(recording.id, { state: "kept", offset: 0 });
        waits ||= [recording.state, said?.state].includes("received"); // what is set aside has its own time
        isDone = false;
      }
    }
    if (!isDone) continue;
    await changeSent(testimony, { state: "sent" });
    await keepCard(testimony.id);
  }
  return waits;
}
