// Consent first: read or played, answered by the teller, with evidence. Nothing is recorded of the story before.

import { playAloud } from "../aloud";
import { button, check, field, h, say, select } from "../dom";
import { show } from "../frame";
import { keepBytes } from "../recorder";
import { go } from "../router";
import { record } from "../sheet";
import { signature } from "../signature";
import { dropTestimony, readPack, readTestimony, recordings, saveTestimony } from "../store";
import { Consent, Pack, Testimony } from "../types";
import { language, t } from "../words";

const USES = ["team", "screenings", "web", "mail", "partners", "media"];
const options = (names: string[]): [string, string][] => names.map((name) => [name, t(name)]);

export async function consent(id: string): Promise<void> {
  const pack = await readPack();
  const testimony = await readTestimony(id);
  if (!pack || !testimony) return go("home");
  const wording = pack.consents.find((one) => one.language === testimony.language) ?? pack.consents[0];
  const text = wording?.text ?? pack.campaign.about;
  const play: HTMLButtonElement = button(t("play"), async () => {
    if (await playAloud("consent", text, wording?.language ?? testimony.language))
      (form.elements.namedItem("explained") as HTMLSelectElement).value = "played";
    else play.hidden = true; // no voice for this language on this phone: it is read
  });
  const name = (key: keyof Testimony["teller"], label: string, type = "text") =>
    field(
      label,
      h("input", {
        name: key,
        type,
        autocomplete: "off",
        value: String(testimony.teller[key] ?? ""),
        ...(type === "number"
          ? { min: "1900", max: String(new Date().getFullYear()), inputmode: "numeric" }
          : { maxlength: "120" }),
      }),
    );
  const form = h(
    "form",
    { submit: (event) => event.preventDefault() },
    h("p", { class: "soft" }, t("consent_help")),
    h(
      "blockquote",
      { class: "prose", lang: testimony.language },
      ...text.split(/\n\s*\n/).map((paragraph) => h("p", {}, paragraph)),
    ),
    play,
    field(t("explained"), select("explained", options(["read", "played"]), "read")),
    h("fieldset", {}, h("legend", {}, t("uses")), ...USES.map((use) => check("uses", t(use), false, use))),
    field(t("naming"), select("naming", options(["unnamed", "alias", "first_name", "named"]), "unnamed")),
    field(t("place"), select("place", options(["country", "region", "exact"]), "country")),
    field(t("face"), select("face", options(["blur", "show", "hide"]), "blur")),
    field(t("voice"), select("voice", options(["alter", "show", "hide"]), "alter")),
    field(
      t("until"),
      h("input", { type: "date", name: "until", min: new Date().toISOString().slice(0, 10) }),
    ),
    h(
      "fieldset",
      {},
      h("legend", {}, t("teller")),
      name("name", t("name")),
      name("alias", t("other_name")),
      name("birth_year", t("birth_year"), "number"),
      field(t("country"), select("country", countries(pack), testimony.teller.country)),
      name("region", t("region")),
      name("spot", t("spot")),
      name("left", t("left_from")),
      name("reached", t("reached")),
    ),
    check("is_minor", t("minor")),
    field(t("guardian"), h("input", { name: "guardian", maxlength: "160", autocomplete: "off" })),
    field(t("relation"), h("input", { name: "relation", maxlength: "80", autocomplete: "off" })),
  );
  const pad = signature();
  const answered = h("p", { class: "soft", role: "status" });
  const count = async () => {
    const evidence = (await recordings(testimony.id)).filter((file) => file.role === "evidence");
    answered.textContent = evidence.length ? "✓" : "";
    return evidence;
  };
  form.append(
    h(
      "fieldset",
      {},
      h("legend", {}, t("evidence")),
      button(t("record_answer"), async () => {
        await record(testimony.id, "audio", "evidence", "consent", () => count());
      }),
      answered,
      h("p", {}, t("sign")),
      pad.canvas,
      button(t("clear"), () => pad.clear()),
    ),
  );
  form.append(
    button(
      t("next"),
      async () => {
        const data = new FormData(form);
        const said = (key: string) => {
          const value = data.get(key);
          return typeof value === "string" ? value.trim() : "";
        };
        const year = Number(said("birth_year")) || null;
        const isMinor = data.has("is_minor") || (year !== null && new Date().getFullYear() - year <= 18);
        let evidence = (await count())[0];
        if (!evidence && pad.isSigned()) {
          evidence = await keepBytes(await pad.png(), "image/png", "photo", {
            testimony: testimony.id,
            role: "evidence",
            prompt: "consent",
            position: 0,
          });
        }
        if (!evidence) return say(t("evidence_missing"), true);
        if (isMinor && !said("guardian")) return say(t("guardian_missing"), true);
        if (said("naming") === "alias" && !said("alias")) return say(t("alias_missing"), true);
        const safe = (wanted: string, closed: string[], instead: string) =>
          isMinor && closed.includes(wanted) ? instead : wanted;
        const given: Consent = {
          uses: data.getAll("uses").map(String),
          language: testimony.language,
          explained: said("explained"),
          given: new Date().toISOString(),
          until: said("until"),
          naming: safe(said("naming"), ["named", "first_name"], "unnamed"),
          place: safe(said("place"), ["exact"], "region"),
          face: safe(said("face"), ["show"], "blur"),
          voice: said("voice"),
          evidence: evidence.id,
          is_minor: isMinor,
          guardian: said("guardian") ? { name: said("guardian"), relation: said("relation") } : null,
        };
        testimony.teller = {
          name: said("name"),
          alias: said("alias"),
          birth_year: year,
          country: said("country"),
          region: said("region"),
          spot: said("spot"),
          left: said("left"),
          reached: said("reached"),
        };
        await saveTestimony({ ...testimony, consent: given });
        await go("tell", id);
      },
      "main",
    ),
  );
  show({ title: t("consent"), back: () => void leaveUnanswered(testimony), body: form });
}

/** Going back from a consent that was not given leaves nothing of it. */
async function leaveUnanswered(testimony: Testimony): Promise<void> {
  if (!testimony.consent) await dropTestimony(testimony.id);
  await go("home");
}

function countries(pack: Pack): [string, string][] {
  const names = new Intl.DisplayNames([language() === "wo" ? "fr" : language()], { type: "region" });
  return pack.campaign.countries.map((code) => [code, names.of(code) ?? code]);
}
