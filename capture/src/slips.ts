// What the newsroom would not take of a consent, found before anything is recorded: the bounds of its
// `intake/sent.py` and `core/consent.py`.

import { isMinor, said } from "./answers";
import { dayFrom, dayIn } from "./dates";
import { h } from "./dom";
import { t } from "./words";

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
  if (!said(data, "explained")) slips.push(["explained", t("explained_missing")]);
  const alias = said(data, "alias");
  if (said(data, "naming") === "alias") {
    if (!saysSomething(alias)) slips.push(["alias", t("alias_missing")]);
    else if (folded(alias) === folded(said(data, "name"))) slips.push(["alias", t("alias_same")]);
  }
  const year = control(form, "birth_year");
  if (!year.validity.valid) slips.push(["birth_year", t("year_wrong", year.min, year.max)]);
  const first = form.querySelector<HTMLElement>("[data-first]")!.dataset.first!;
  const until = dayFrom(data, "until");
  if (until === null || (until && (until < first || until > LAST_DAY)))
    slips.push(["until_day", t("until_wrong", dayIn(first), dayIn(LAST_DAY))]);
  if (isMinor(data) && !saysSomething(said(data, "guardian")))
    slips.push(["guardian", t("guardian_missing")]);
  return slips;
}

const control = (form: HTMLFormElement, name: string) =>
  form.querySelector<HTMLInputElement>(`[name="${name}"]`)!;

/** Say at each field of a consent, or of a part of it, what is wrong with it. Gives the first that is; null where nothing is. */
export function showSlips(form: HTMLFormElement, part: HTMLElement = form): HTMLInputElement | null {
  for (const old of form.querySelectorAll(".slip")) old.remove();
  for (const once of form.querySelectorAll("[aria-invalid]")) {
    once.removeAttribute("aria-invalid");
    once.removeAttribute("aria-describedby");
  }
  let first: HTMLInputElement | null = null;
  for (const [name, words] of slipsIn(form)) {
    const input = control(form, name);
    if (!part.contains(input)) continue;
    first ??= input;
    const id = `slip-${name}`;
    const group = input.closest("[role=radiogroup], [role=group]");
    const wrong = input.closest("[role=radiogroup]") ?? input; // of radios no single one is wrong
    wrong.setAttribute("aria-invalid", "true");
    wrong.setAttribute("aria-describedby", id);
    (group ?? input.closest("label"))!.after(h("p", { class: "slip", id }, words));
  }
  return first;
}
