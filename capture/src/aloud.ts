// A text played to a teller: as somebody read it in their language, or by a voice of the phone's, or not at all.

import { readSpoken } from "./spoken";
import { readPack } from "./store";
import { readAloud } from "./words";

let playing: HTMLAudioElement | null = null;

/** Play what was recorded of a text ("consent", "interview/leaving"), or have the phone read it. False where neither can be. */
export async function playAloud(what: string, text: string, language: string): Promise<boolean> {
  playing?.pause();
  const pack = await readPack();
  const one = pack?.spoken?.find((row) => row.what === what && row.language === language);
  const sound = one && (await readSpoken(one));
  if (!sound) return readAloud(text, language);
  const url = URL.createObjectURL(sound);
  playing = new Audio(url);
  playing.onended = () => URL.revokeObjectURL(url);
  return playing.play().then(
    () => true,
    () => readAloud(text, language),
  );
}
