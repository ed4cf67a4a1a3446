// Consent first: read or played, answered by the teller, with evidence. Nothing is recorded of the story before.

import { playAloud } from "../aloud";
import { consentOf, tellerOf } from "../answers";
import { button, check, field, form, h, paragraphs, say, select } from "../dom";
import { show } from "../frame";
import { keepBytes } from "../recorder";
import { go } from "../router";
import { record } from "../sheet";
import { signature } from "../signature";
import { FIRST_YEAR, LAST_DAY, showSlips } from "../slips";
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
  const next = async () => {
    if (showSlips(answers)) return;
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
  const answers = form(
    () => undefined,
    testimony.state === "refused" && refusal(testimony.why),
    h("p", { class: "soft" }, t("consent_help")),
    ...askExplained(testimony, pack),
    ...askUses(testimony.consent),
    askTeller(testimony.teller, pack),
    ...askMinor(testimony.consent),
    evidence.fields,
    button(t("next"), next, "main"),
  );
  await keepForm(answers, id);
  show({
    title: t("consent"),
    left: await beginTelling(id),
    back: () => void leaveUnanswered(id),
    body: answers,
  });
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

function choose(name: string, options: string[], value: string): HTMLElement {
  const rows = options.map((option): [string, string] => [option, t(option)]);
  return field(t(name), select(name, rows, value));
}

/** What is read to the teller: in their language, or in the first that there is. */
const wordingFor = ({ language }: Testimony, { consents, campaign }: Pack) =>
  consents.find((one) => one.language === language) ?? consents[0] ?? { language, text: campaign.about };

function askExplained(testimony: Testimony, pack: Pack): HTMLElement[] {
  const { text, language } = wordingFor(testimony, pack);
  const explained = choose("explained", ["read", "played"], testimony.consent?.explained ?? "read");
  const play: HTMLButtonElement = button(t("play"), async () => {
    if (await playAloud("consent", text, language)) explained.querySelector("select")!.value = "played";
    else play.hidden = true; // no voice for this language on this phone: it is read
  });
  return [
    h("blockquote", { class: "prose", lang: language, dir: "auto" }, ...paragraphs(text)),
    play,
    explained,
  ];
}

function askUses(before: Consent | null): HTMLElement[] {
  const today = (before?.given ?? new Date().toISOString()).slice(0, 10);
  const uses = USES.map((use) => check("uses", t(use), before?.uses.includes(use), use));
  const until = { type: "date", min: today, max: LAST_DAY, value: before?.until };
  return [
    h("fieldset", {}, h("legend", {}, t("uses")), ...uses),
    choose("naming", ["unnamed", "alias", "first_name", "named"], before?.naming ?? "unnamed"),
    choose("place", ["country", "region", "exact"], before?.place ?? "country"),
    choose("face", ["blur", "show", "hide"], before?.face ?? "blur"),
    choose("voice", ["alter", "show", "hide"], before?.voice ?? "alter"),
    field(t("until"), h("input", { name: "until", ...until })),
  ];
}

function askTeller(teller: Teller, pack: Pack): HTMLElement {
  const ask = (name: keyof Teller, label: string, kind: Record<string, string>) =>
    field(t(label), h("input", { name, autocomplete: "off", value: String(teller[name] ?? ""), ...kind }));
  const words = { type: "text", maxlength: "120" };
  const thisYear = String(new Date().getFullYear());
  const year = { type: "number", min: FIRST_YEAR, max: thisYear, inputmode: "numeric" };
  return h(
    "fieldset",
    {},
    h("legend", {}, t("teller")),
    ask("name", "name", words),
    ask("alias", "other_name", { ...words, maxlength: "80" }),
    ask("birth_year", "birth_year", year),
    field(t("country"), select("country", countries(pack), teller.country)),
    ask("region", "region", words),
    ask("spot", "spot", words),
    ask("left", "left_from", words),
    ask("reached", "reached", words),
  );
}

function countries(pack: Pack): [string, string][] {
  const names = new Intl.DisplayNames([formalLanguage()], { type: "region" });
  return pack.campaign.countries.map((code) => [code, names.of(code) ?? code]);
}

function askMinor(before: Consent | null): HTMLElement[] {
  const ask = (name: string, maxlength: string, value?: string) =>
    field(t(name), h("input", { name, maxlength, autocomplete: "off", value }));
  return [
    check("is_minor", t("minor"), before?.is_minor),
    ask("guardian", "160", before?.guardian?.name),
    ask("relation", "80", before?.guardian?.relation),
  ];
}

/** What a full phone could not store is none. */
const isEvidence = (file: Recording) =>
  file.role === "evidence" && file.state !== "recording" && file.size > 0;

interface Evidence {
  fields: HTMLElement;
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
  const fields = h(
    "fieldset",
    {},
    h("legend", {}, t("evidence")),
    button(t("record_answer"), () => record("audio", about, look)),
    answered,
    h("p", {}, t("sign")),
    pad.canvas,
    button(t("clear"), pad.clear),
  );
  return { fields, found };
}
