// A text played to a teller: as somebody read it in their language, or by a voice of the phone's, or not at all.

import { readSpoken } from "./spoken";
import { readPack } from "./store";
import { readAloud } from "./words";

let playing: HTMLAudioElement | null = null;
let turn = 0; // of the reading that was asked for last: one that was stopped begins no other

/** In which way a text was heard: as somebody had recorded it, or by a voice of the phone's. */
export type Heard = "played" | "voiced";

export function stopAloud(): void {
  turn += 1;
  playing?.pause();
  window.speechSynthesis?.cancel();
}

/** The sound of a text as somebody read it; null where nobody has, or the phone has not taken it along yet. */
export async function recordingOf(what: string, language: string): Promise<Blob | null> {
  const pack = await readPack();
  const one = pack?.spoken?.find((row) => row.what === what && row.language === language);
  return one ? readSpoken(one) : null;
}

/** Play what was recorded of a text ("consent", "interview/leaving"), or have the phone read it. Null where neither can be. */
export async function playAloud(what: string, text: string, language: string): Promise<Heard | null> {
  stopAloud();
  const mine = turn;
  const voiced = () => (mine === turn && readAloud(text, language) ? "voiced" : null);
  const sound = await recordingOf(what, language);
  if (mine !== turn) return null;
  if (!sound) return voiced();
  const url = URL.createObjectURL(sound);
  playing = new Audio(url);
  playing.onended = () => URL.revokeObjectURL(url);
  return playing.play().then(() => (mine === turn ? "played" : null), voiced);
}
