// Consent first: read or played, answered by the teller question by question, with evidence. Nothing is recorded of the story before.

import { playAloud, stopAloud } from "../aloud";
import { consentOf, tellerOf } from "../answers";
import { dayFields, dayFrom, dayIn } from "../dates";
import { button, check, choice, field, form, h, paragraphs, say, select } from "../dom";
import { show } from "../frame";
import { keepBytes } from "../recorder";
import { go } from "../router";
import { record } from "../sheet";
import { signature } from "../signature";
import { FIRST_YEAR, showSlips } from "../slips";
import { inSteps, Question } from "../steps";
import {
  beginTelling,
  dropRecording,
  dropTestimony,
  readPack,
  readTestimony,
  recordings,
  tellMore,
} from "../store";
import { Consent, Pack, Recording, Subject, Teller, Testimony } from "../types";
import { formalLanguage, t } from "../words";
import { dropForm, keepForm } from "../written";

const USES = ["team", "screenings", "web", "mail", "partners", "media"];

export async function consent(id: string): Promise<void> {
  const pack = await readPack();
  const testimony = await readTestimony(id);
  if (!pack || !testimony) return go("home");
  const evidence = await askEvidence(testimony);
  const done = async () => {
    const wrong = showSlips(answers);
    if (wrong) return steps.lead(wrong);
    const data = new FormData(answers);
    const found = await evidence.found();
    if (!found) return say(t("evidence_missing"), true);
    const before = testimony.consent;
    const given = consentOf(data, wordingFor(testimony, pack).language, found.id);
    if (before?.evidence === found.id) given.given = before.given; // what is written is new, not what was said
    await tellMore(id, () => ({ teller: tellerOf(data), consent: given }));
    await dropForm(id);
    if (before && before.evidence !== found.id) await dropRecording(before.evidence);
    await go("tell", id);
  };
  const explained = askExplained(testimony, pack);
  const questions: Question[] = [
    { word: "explained", fields: explained.fields, isRequired: true },
    ...askUses(testimony.consent, testimony.teller),
    ...askTeller(testimony, pack),
    { word: "evidence", fields: evidence.fields, isRequired: true },
  ];
  const steps = await inSteps(questions, testimony.language, (step) => showSlips(answers, step), done);
  const answers = form(
    () => answers.querySelector<HTMLButtonElement>("button.main")!.click(),
    testimony.state === "refused" && refusal(testimony.why),
    ...steps.elements,
  );
  await keepForm(answers, id);
  explained.offer();
  const left = await beginTelling(id);
  show({
    title: t("consent"),
    left: () => {
      stopAloud();
      left();
    },
    back: () => void (steps.back() || leaveUnanswered(id)),
    body: answers,
  });
  steps.begin(testimony.consent !== null);
}

/** Going back from a consent that was not given, here or in another window, leaves nothing of it. */
async function leaveUnanswered(id: string): Promise<void> {
  const now = await readTestimony(id);
  if (now?.state === "open" && !now.consent) {
    await dropForm(id);
    await dropTestimony(id);
  }
  await go("home");
}

/** What the newsroom said, and what to do. */
function refusal(why: string): HTMLElement {
  return h(
    "div",
    { class: "notice" },
    h("p", {}, h("strong", { dir: "auto" }, why)),
    h("p", {}, t("refused_help")),
  );
}

function choose(name: string, options: string[], value?: string): HTMLElement {
  const rows = options.map((option) => choice(name, t(option), option, option === value));
  return h("div", { role: "radiogroup", "aria-label": t(name) }, ...rows);
}

/** What is read to the teller: in their language, or in the first that there is. */
const wordingFor = ({ language }: Testimony, { consents, campaign }: Pack) =>
  consents.find((one) => one.language === language) ?? consents[0] ?? { language, text: campaign.about };

/** The text, and in which way the teller came to know it. That it was heard can be said of what this phone has played. */
function askExplained(testimony: Testimony, pack: Pack): { fields: HTMLElement[]; offer: () => void } {
  const { text, language } = wordingFor(testimony, pack);
  const ways = choose("explained", ["read", "played", "voiced", "alone"], testimony.consent?.explained);
  const dots = [...ways.querySelectorAll("input")];
  const offer = () => {
    for (const dot of dots) {
      const isHeard = dot.value === "played" || dot.value === "voiced";
      dot.closest("label")!.hidden = isHeard && !dot.checked;
    }
  };
  const play: HTMLButtonElement = button(t("play"), async () => {
    const heard = await playAloud("consent", text, language);
    const dot = dots.find(({ value }) => value === heard);
    if (!dot) return void (play.hidden = true); // no voice for this language on this phone: it is read
    dot.closest("label")!.hidden = false;
    dot.checked = true;
    dot.dispatchEvent(new Event("input", { bubbles: true }));
  });
  const help = h("p", { class: "soft" }, t("consent_help"));
  const words = h("blockquote", { class: "prose", lang: language, dir: "auto" }, ...paragraphs(text));
  return { fields: [help, words, play, ways], offer };
}

const input = (
  name: string,
  label: string,
  value: string | number | null | undefined,
  kind: Record<string, string>,
) => field(t(label), h("input", { name, autocomplete: "off", value: String(value ?? ""), ...kind }));

function askUses(before: Consent | null, teller: Teller): Question[] {
  const today = (before?.given ?? new Date().toISOString()).slice(0, 10);
  const uses = USES.map((use) => check("uses", t(use), before?.uses.includes(use), use));
  const until = h("div", { "data-first": today }, dayFields("until", before?.until));
  const saidUntil = () => {
    const said = dayFrom(new FormData(until.closest("form")!), "until");
    return said === "" ? t("no_end") : said === null ? "–" : dayIn(said);
  };
  return [
    { word: "uses", fields: [h("div", { role: "group", "aria-label": t("uses") }, ...uses)] },
    {
      word: "ask_naming",
      fields: [
        choose("naming", ["unnamed", "alias", "first_name", "named"], before?.naming ?? "unnamed"),
        input("name", "name", teller.name, { type: "text", maxlength: "120" }),
        input("alias", "other_name", teller.alias, { type: "text", maxlength: "80" }),
      ],
    },
    {
      word: "ask_place",
      fields: [choose("place", ["country", "region", "exact"], before?.place ?? "country")],
    },
    { word: "ask_face", fields: [choose("face", ["blur", "show", "hide"], before?.face ?? "blur")] },
    { word: "ask_voice", fields: [choose("voice", ["alter", "show", "hide"], before?.voice ?? "alter")] },
    {
      word: "ask_until",
      fields: [h("p", { class: "soft" }, t("until")), until],
      said: saidUntil,
    },
  ];
}

function askTeller({ teller, consent: before }: Testimony, pack: Pack): Question[] {
  const words = { type: "text", maxlength: "120" };
  const thisYear = String(new Date().getFullYear());
  const year = { type: "number", min: FIRST_YEAR, max: thisYear, inputmode: "numeric" };
  return [
    {
      word: "ask_age",
      fields: [
        input("birth_year", "birth_year", teller.birth_year, year),
        check("is_minor", t("minor"), before?.is_minor),
        input("guardian", "guardian", before?.guardian?.name, { maxlength: "160" }),
        input("relation", "relation", before?.guardian?.relation, { maxlength: "80" }),
      ],
    },
    {
      word: "ask_where",
      fields: [
        field(t("country"), select("country", countries(pack), teller.country)),
        input("region", "region", teller.region, words),
        input("spot", "spot", teller.spot, words),
      ],
    },
    {
      word: "ask_journey",
      fields: [
        input("left", "left_from", teller.left, words),
        input("reached", "reached", teller.reached, words),
      ],
    },
  ];
}

function countries(pack: Pack): [string, string][] {
  const names = new Intl.DisplayNames([formalLanguage()], { type: "region" });
  return pack.campaign.countries.map((code) => [code, names.of(code) ?? code]);
}

/** What a full phone could not store is none. */
const isEvidence = (file: Recording) =>
  file.role === "evidence" && file.state !== "recording" && file.size > 0;

interface Evidence {
  fields: HTMLElement[];
  found(): Promise<Recording | undefined>;
}

/** Evidence is the recorded answer or, where there is none, the signature. It stays until it is given anew. */
async function askEvidence(testimony: Testimony): Promise<Evidence> {
  const about: Subject = { testimony: testimony.id, role: "evidence", prompt: "consent", position: 0 };
  const pad = signature();
  const answered = h("p", { class: "soft", role: "status" });
  const seen = new Map<string, Recording>();
  let last: Recording | undefined;
  const look = async () => {
    const files = (await recordings(testimony.id)).filter(isEvidence);
    last = files.find(({ id }) => !seen.has(id)) ?? last;
    for (const file of files) seen.set(file.id, file);
    answered.textContent = last ? "✓" : "";
  };
  await look();
  last = seen.get(testimony.consent?.evidence ?? "") ?? last;
  const found = async () => {
    await look();
    const isRecorded = last && last.id !== testimony.consent?.evidence;
    return isRecorded || !pad.isSigned() ? last : keepBytes(await pad.png(), "image/png", "photo", about);
  };
  const fields = [
    button(t("record_answer"), () => record("audio", about, look)),
    answered,
    h("p", {}, t("sign")),
    pad.canvas,
    button(t("clear"), pad.clear),
  ];
  return { fields, found };
}
