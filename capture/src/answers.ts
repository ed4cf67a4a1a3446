// What a form about consent says, as it is kept. For a child, the careful answer stands in for the open one.

import { dayFrom } from "./dates";
import { Consent, Teller } from "./types";

const OF_AGE = 19; // by the year of birth alone: whoever turns 18 this year may still be 17

/** Of whom nothing is known. */
export const NOBODY: Teller = {
  name: "",
  alias: "",
  birth_year: null,
  country: "",
  region: "",
  spot: "",
  left: "",
  reached: "",
};

/** A field's words. */
export function said(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === "string" ? value.trim() : "";
}

const birthYear = (form: FormData) => Number(said(form, "birth_year")) || null;

export function isMinor(form: FormData): boolean {
  const year = birthYear(form);
  return form.has("is_minor") || (year !== null && new Date().getFullYear() - year < OF_AGE);
}

export function tellerOf(form: FormData): Teller {
  return {
    name: said(form, "name"),
    alias: said(form, "alias"),
    birth_year: birthYear(form),
    country: said(form, "country"),
    region: said(form, "region"),
    spot: said(form, "spot"),
    left: said(form, "left"),
    reached: said(form, "reached"),
  };
}

/** The consent that was given, in a language, with the recording or signature that is its evidence. */
export function consentOf(form: FormData, language: string, evidence: string): Consent {
  const minor = isMinor(form);
  const careful = (name: string, open: string[], instead: string) =>
    minor && open.includes(said(form, name)) ? instead : said(form, name);
  return {
    uses: form.getAll("uses").map(String),
    language,
    explained: said(form, "explained"),
    given: new Date().toISOString(),
    until: dayFrom(form, "until") ?? "",
    naming: careful("naming", ["named", "first_name"], "unnamed"),
    place: careful("place", ["exact"], "region"),
    face: careful("face", ["show"], "blur"),
    voice: said(form, "voice"),
    evidence,
    is_minor: minor,
    guardian: said(form, "guardian")
      ? { name: said(form, "guardian"), relation: said(form, "relation") }
      : null,
  };
}
