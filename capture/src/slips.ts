// What the newsroom would not take of a consent, found before anything is recorded: the bounds of its
// `intake/sent.py` and `core/consent.py`.

import { isMinor, said } from "./answers";
import { h } from "./dom";
import { formalLanguage, t } from "./words";

export const FIRST_YEAR = "1900";
export const LAST_DAY = "2200-12-31";

/** A field's name, and what is wrong with it. */
type Slip = [name: string, words: string];

/** A name as the newsroom compares them, but for letters that are written for one another (ŋ and n). */
const folded = (name: string) =>
  name
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[\p{Lm}\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u115f\u1160]|[^\p{L}\p{M}\p{N}]/gu, "");

const saysSomething = (words: string) => /[\p{L}\p{N}]/u.test(folded(words));

function slipsIn(form: HTMLFormElement): Slip[] {
  const data = new FormData(form);
  const slips: Slip[] = [];
  const alias = said(data, "alias");
  if (said(data, "naming") === "alias") {
    if (!saysSomething(alias)) slips.push(["alias", t("alias_missing")]);
    else if (folded(alias) === folded(said(data, "name"))) slips.push(["alias", t("alias_same")]);
  }
  const year = control(form, "birth_year");
  if (!year.validity.valid) slips.push(["birth_year", t("year_wrong", year.min, year.max)]);
  const until = control(form, "until");
  if (!until.validity.valid) slips.push(["until", t("until_wrong", day(until.min), day(until.max))]);
  if (isMinor(data) && !saysSomething(said(data, "guardian")))
    slips.push(["guardian", t("guardian_missing")]);
  return slips;
}

const control = (form: HTMLFormElement, name: string) => form.elements.namedItem(name) as HTMLInputElement;
const day = (iso: string) => new Date(`${iso}T12:00`).toLocaleDateString(formalLanguage());

/** Say at each field of a consent what is wrong with it, and lead to the first; false where nothing is. */
export function showSlips(form: HTMLFormElement): boolean {
  for (const old of form.querySelectorAll(".slip")) old.remove();
  for (const once of form.querySelectorAll("[aria-invalid]")) {
    once.removeAttribute("aria-invalid");
    once.removeAttribute("aria-describedby");
  }
  for (const [name, words] of slipsIn(form)) {
    const input = control(form, name);
    const id = `slip-${name}`;
    input.setAttribute("aria-invalid", "true");
    input.setAttribute("aria-describedby", id);
    input.closest("label")!.after(h("p", { class: "slip", id }, words));
  }
  const first = form.querySelector<HTMLInputElement>("[aria-invalid]");
  first?.focus({ preventScroll: true });
  first?.scrollIntoView({ block: "center" });
  return first !== null;
}
