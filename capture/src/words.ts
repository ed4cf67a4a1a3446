// The app's words in the campaign's languages. `t("record")`; `t("left", "12")` puts 12 where {} stands.

import { readOpen, writeOpen } from "./database";
import ROWS from "./words.txt?raw"; // a row a word; the newsroom's forms for ODK Collect read them, too

export const LANGUAGES: [string, string][] = [
  ["en", "English"],
  ["fr", "Français"],
  ["pt", "Português"],
  ["ar", "العربية"],
  ["wo", "Wolof"],
];

const TABLE = new Map(
  ROWS.trim()
    .split("\n")
    .map((row) => {
      const [name, ...words] = row.split("|");
      return [name!, words];
    }),
);
let at = 0;

export const language = () => LANGUAGES[at]![0];
export const isRightToLeft = () => language() === "ar";

export function t(name: string, ...values: string[]): string {
  const words = TABLE.get(name)?.[at] ?? name;
  return values.reduce((text, value) => text.replace("{}", value), words);
}

export async function speak(code: string): Promise<void> {
  at = Math.max(
    0,
    LANGUAGES.findIndex(([known]) => known === code),
  );
  document.documentElement.lang = language();
  document.documentElement.dir = isRightToLeft() ? "rtl" : "ltr";
  await writeOpen("language", language());
}

/** The language that was chosen, or the phone's, or English. */
export async function chooseLanguage(): Promise<void> {
  await speak((await readOpen<string>("language")) ?? navigator.language.split("-")[0] ?? "en");
}

/** Read a text aloud with a voice of the phone's that works offline; false where it has none for the language. */
export function readAloud(text: string, code: string, ended: () => void): boolean {
  const voices = window.speechSynthesis?.getVoices() ?? [];
  const voice =
    voices.find((v) => v.lang.startsWith(code) && v.localService) ??
    voices.find((v) => v.lang.startsWith(code));
  if (!voice) return false;
  const words = new SpeechSynthesisUtterance(text);
  words.voice = voice;
  words.lang = voice.lang;
  words.onend = words.onerror = ended;
  window.speechSynthesis.cancel();
  window.speechSynthesis.speak(words);
  return true;
}
