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
import { dropTestimony, readPack, readTestimony, recordings, saveTestimony } from "../store";
import { Pack, Recording, Subject, Teller, Testimony } from "../types";
import { formalLanguage, t } from "../words";

const USES = ["team", "screenings", "web", "mail", "partners", "media"];

export async function consent(id: string): Promise<void> {
  const pack = await readPack();
  const testimony = await readTestimony(id);
  if (!pack || !testimony) return go("home");
  const evidence = askEvidence(id);
  const next = async () => {
    if (showSlips(answers)) return;
    const data = new FormData(answers);
    const found = await evidence.found();
    if (!found) return say(t("evidence_missing"), true);
    const given = consentOf(data, testimony.language, found.id);
    await saveTestimony({ ...testimony, teller: tellerOf(data), consent: given });
    await go("tell", id);
  };
  const answers = form(
    () => undefined,
    h("p", { class: "soft" }, t("consent_help")),
    ...askExplained(testimony, pack),
    ...askUses(),
    askTeller(testimony.teller, pack),
    ...askMinor(),
    evidence.fields,
    button(t("next"), next, "main"),
  );
  show({ title: t("consent"), back: () => void leaveUnanswered(testimony), body: answers });
}

/** Going back from a consent that was not given leaves nothing of it. */
async function leaveUnanswered(testimony: Testimony): Promise<void> {
  if (!testimony.consent) await dropTestimony(testimony.id);
  await go("home");
}

function choose(name: string, options: string[], value: string): HTMLElement {
  const rows = options.map((option): [string, string] => [option, t(option)]);
  return field(t(name), select(name, rows, value));
}

function askExplained(testimony: Testimony, pack: Pack): HTMLElement[] {
  const wording = pack.consents.find((one) => one.language === testimony.language) ?? pack.consents[0];
  const text = wording?.text ?? pack.campaign.about;
  const explained = choose("explained", ["read", "played"], "read");
  const play: HTMLButtonElement = button(t("play"), async () => {
    if (await playAloud("consent", text, wording?.language ?? testimony.language))
      explained.querySelector("select")!.value = "played";
    else play.hidden = true; // no voice for this language on this phone: it is read
  });
  return [
    h("blockquote", { class: "prose", lang: testimony.language }, ...paragraphs(text)),
    play,
    explained,
  ];
}

function askUses(): HTMLElement[] {
  const today = new Date().toISOString().slice(0, 10);
  return [
    h("fieldset", {}, h("legend", {}, t("uses")), ...USES.map((use) => check("uses", t(use), false, use))),
    choose("naming", ["unnamed", "alias", "first_name", "named"], "unnamed"),
    choose("place", ["country", "region", "exact"], "country"),
    choose("face", ["blur", "show", "hide"], "blur"),
    choose("voice", ["alter", "show", "hide"], "alter"),
    field(t("until"), h("input", { type: "date", name: "until", min: today, max: LAST_DAY })),
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

function askMinor(): HTMLElement[] {
  const ask = (name: string, maxlength: string) =>
    field(t(name), h("input", { name, maxlength, autocomplete: "off" }));
  return [check("is_minor", t("minor")), ask("guardian", "160"), ask("relation", "80")];
}

/** What a full phone could not store is none. */
const isEvidence = (file: Recording) =>
  file.role === "evidence" && file.state !== "recording" && file.size > 0;

/** Evidence is the recorded answer or, where there is none, the signature. */
function askEvidence(testimony: string): { fields: HTMLElement; found(): Promise<Recording | undefined> } {
  const about: Subject = { testimony, role: "evidence", prompt: "consent", position: 0 };
  const pad = signature();
  const answered = h("p", { class: "soft", role: "status" });
  const recorded = async () => {
    const [evidence] = (await recordings(testimony)).filter(isEvidence);
    answered.textContent = evidence ? "✓" : "";
    return evidence;
  };
  const found = async () => {
    const known = await recorded();
    if (known || !pad.isSigned()) return known;
    return keepBytes(await pad.png(), "image/png", "photo", about);
  };
  const fields = h(
    "fieldset",
    {},
    h("legend", {}, t("evidence")),
    button(t("record_answer"), () => record("audio", about, recorded)),
    answered,
    h("p", {}, t("sign")),
    pad.canvas,
    button(t("clear"), pad.clear),
  );
  return { fields, found };
}
