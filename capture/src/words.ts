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

const entry = (row: string): [string, string[]] => {
  const [name, ...words] = row.split("|");
  return [name!, words];
};
const TABLE = new Map(ROWS.trim().split("\n").map(entry));
let at = 0;

export const language = () => LANGUAGES[at]![0];
/** The language for dates and names of countries: browsers know them in French, but not in Wolof; and where nobody says which English, dates in the American way. */
export const formalLanguage = () => FORMAL[language()] ?? language();
const FORMAL: Record<string, string> = { wo: "fr", en: "en-GB" };

export function t(name: string, ...values: string[]): string {
  const words = TABLE.get(name)?.[at] ?? name;
  return values.reduce((text, value) => text.replace("{}", value), words);
}

function speak(code: string): void {
  const known = LANGUAGES.findIndex(([one]) => one === code);
  at = Math.max(0, known); // English, where we have no words
  document.documentElement.lang = language();
  document.documentElement.dir = language() === "ar" ? "rtl" : "ltr";
}

/** A language that somebody chose holds from now on, also once the phone is erased. */
export async function chooseLanguage(code: string): Promise<void> {
  speak(code);
  await writeOpen("language", language()).catch(() => undefined); // a full phone speaks it as well
}

/** The language that was chosen; where none was, the one that the newsroom names, or the phone's, or English. */
export async function beginLanguage(named?: string): Promise<void> {
  const chosen = await readOpen<string>("language");
  if (!chosen && named) return chooseLanguage(named);
  speak(chosen ?? navigator.language.split("-")[0] ?? "en");
}

/** Read a text aloud with a voice of the phone's that works offline; false where it has none for the language. */
export function readAloud(text: string, code: string): boolean {
  const voices = window.speechSynthesis?.getVoices() ?? [];
  const voice =
    voices.find((v) => v.lang.startsWith(code) && v.localService) ??
    voices.find((v) => v.lang.startsWith(code));
  if (!voice) return false;
  const words = new SpeechSynthesisUtterance(text);
  words.voice = voice;
  words.lang = voice.lang;
  window.speechSynthesis.cancel();
  window.speechSynthesis.speak(words);
  return true;
}
