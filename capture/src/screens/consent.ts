// Consent first: read or played, answered by the teller, with evidence. Nothing is recorded of the story before.

import { playAloud } from "../aloud";
import { button, check, field, h, say, select } from "../dom";
import { show } from "../main";
import { keepBytes } from "../recorder";
import { dropTestimony, readPack, receiptCode, recordings, saveTestimony, type Consent, type Kind, type Pack, type Testimony } from "../store";
import { LANGUAGES, language, t } from "../words";
import { home } from "./home";
import { recordInto, tell } from "./tell";

const KINDS: Kind[] = ["interview", "portrait", "object", "photo_essay", "story"];
const USES = ["team", "screenings", "web", "mail", "partners", "media"];
const options = (names: string[]): [string, string][] => names.map((name) => [name, t(name)]);

export async function newTestimony(): Promise<void> {
  const pack = await readPack();
  if (!pack) return;
  const spoken = LANGUAGES.filter(([code]) => pack.campaign.languages.includes(code));
  const picker = select("language", spoken.length ? spoken : LANGUAGES, language());
  show({
    title: t("new"), back: () => void home(),
    body: h("div", {}, field(t("language"), picker), h("p", {}, t("kind")),
      h("div", { class: "stack" }, ...KINDS.map((kind) => button(t(kind), async () => {
        const testimony: Testimony = {
          id: crypto.randomUUID(), kind, language: picker.value, told: new Date().toISOString(), answers: {}, consent: null, state: "open", why: "",
          receipt: receiptCode(), isKnown: false,
          teller: { name: "", alias: "", birth_year: null, country: pack.campaign.country, region: "", spot: "", left: "", reached: "" },
        };
        await saveTestimony(testimony);
        await askConsent(testimony, pack);
      })))),
  });
}

export async function askConsent(testimony: Testimony, pack: Pack): Promise<void> {
  const consent = pack.consents.find((one) => one.language === testimony.language) ?? pack.consents[0];
  const text = consent?.text ?? pack.campaign.about;
  const play: HTMLButtonElement = button(t("play"), async () => {
    if (await playAloud("consent", text, consent?.language ?? testimony.language)) (form.elements.namedItem("explained") as HTMLSelectElement).value = "played";
    else play.hidden = true; // no voice for this language on this phone: it is read
  });
  const name = (key: keyof Testimony["teller"], label: string, type = "text") =>
    field(label, h("input", { name: key, type, autocomplete: "off", value: String(testimony.teller[key] ?? ""), ...(type === "number" ? { min: "1900", max: String(new Date().getFullYear()), inputmode: "numeric" } : { maxlength: "120" }) }));
  const form = h("form", { submit: (event) => event.preventDefault() },
    h("p", { class: "soft" }, t("consent_help")),
    h("blockquote", { class: "prose", lang: testimony.language }, ...text.split(/\n\s*\n/).map((paragraph) => h("p", {}, paragraph))), play,
    field(t("explained"), select("explained", options(["read", "played"]), "read")),
    h("fieldset", {}, h("legend", {}, t("uses")), ...USES.map((use) => check("uses", t(use), false, use))),
    field(t("naming"), select("naming", options(["unnamed", "alias", "first_name", "named"]), "unnamed")),
    field(t("place"), select("place", options(["country", "region", "exact"]), "country")),
    field(t("face"), select("face", options(["blur", "show", "hide"]), "blur")),
    field(t("voice"), select("voice", options(["alter", "show", "hide"]), "alter")),
    field(t("until"), h("input", { type: "date", name: "until", min: new Date().toISOString().slice(0, 10) })),
    h("fieldset", {}, h("legend", {}, t("teller")),
      name("name", t("name")), name("alias", t("other_name")), name("birth_year", t("birth_year"), "number"),
      field(t("country"), select("country", countries(pack), testimony.teller.country)),
      name("region", t("region")), name("spot", t("spot")), name("left", t("left_from")), name("reached", t("reached"))),
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
  form.append(h("fieldset", {}, h("legend", {}, t("evidence")),
    button(t("record_answer"), async () => { await recordInto(testimony.id, "audio", "evidence", "consent", () => count()); }), answered,
    h("p", {}, t("sign")), pad.canvas, button(t("clear"), () => pad.clear())));
  form.append(button(t("next"), async () => {
    const data = new FormData(form);
    const said = (key: string) => String(data.get(key) ?? "").trim();
    const year = Number(said("birth_year")) || null;
    const isMinor = data.has("is_minor") || (year !== null && new Date().getFullYear() - year <= 18);
    let evidence = (await count())[0];
    if (!evidence && pad.isSigned()) {
      evidence = await keepBytes(await pad.png(), "image/png", "photo", { testimony: testimony.id, role: "evidence", prompt: "consent", position: 0 });
    }
    if (!evidence) return say(t("evidence_missing"), true);
    if (isMinor && !said("guardian")) return say(t("guardian_missing"), true);
    if (said("naming") === "alias" && !said("alias")) return say(t("alias_missing"), true);
    const safe = (wanted: string, closed: string[], instead: string) => isMinor && closed.includes(wanted) ? instead : wanted;
    const consent: Consent = {
      uses: data.getAll("uses").map(String), language: testimony.language, explained: said("explained"), given: new Date().toISOString(), until: said("until"),
      naming: safe(said("naming"), ["named", "first_name"], "unnamed"), place: safe(said("place"), ["exact"], "region"),
      face: safe(said("face"), ["show"], "blur"), voice: said("voice"), evidence: evidence.id, is_minor: isMinor,
      guardian: said("guardian") ? { name: said("guardian"), relation: said("relation") } : null,
    };
    testimony.teller = {
      name: said("name"), alias: said("alias"), birth_year: year, country: said("country"), region: said("region"), spot: said("spot"), left: said("left"), reached: said("reached"),
    };
    await saveTestimony({ ...testimony, consent });
    await tell(testimony.id);
  }, "main"));
  show({ title: t("consent"), back: () => void leaveUnanswered(testimony), body: form });
}

/** Going back from a consent that was not given leaves nothing of it. */
async function leaveUnanswered(testimony: Testimony): Promise<void> {
  if (!testimony.consent) await dropTestimony(testimony.id);
  await home();
}

function countries(pack: Pack): [string, string][] {
  const names = new Intl.DisplayNames([language() === "wo" ? "fr" : language()], { type: "region" });
  return pack.campaign.countries.map((code) => [code, names.of(code) ?? code]);
}

function signature(): { canvas: HTMLCanvasElement; clear(): void; isSigned(): boolean; png(): Promise<ArrayBuffer> } {
  const canvas = h("canvas", { class: "sign", width: "600", height: "200", "aria-label": t("sign") });
  const context = canvas.getContext("2d")!;
  let isSigned = false;
  const clear = () => {
    context.fillStyle = "#fff";
    context.fillRect(0, 0, canvas.width, canvas.height);
    isSigned = false;
  };
  clear();
  let from: [number, number] | null = null;
  const at = (event: PointerEvent): [number, number] => {
    const box = canvas.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * canvas.width, ((event.clientY - box.top) / box.height) * canvas.height];
  };
  canvas.addEventListener("pointerdown", (event) => { from = at(event); canvas.setPointerCapture(event.pointerId); });
  canvas.addEventListener("pointermove", (event) => {
    if (!from) return;
    const to = at(event);
    context.strokeStyle = "#14161f";
    context.lineWidth = 4;
    context.lineCap = "round";
    context.beginPath();
    context.moveTo(...from);
    context.lineTo(...to);
    context.stroke();
    from = to;
    isSigned = true;
  });
  canvas.addEventListener("pointerup", () => { from = null; });
  const png = () => new Promise<ArrayBuffer>((resolve, reject) => canvas.toBlob((blob) => blob ? resolve(blob.arrayBuffer()) : reject(new Error("signature")), "image/png"));
  return { canvas, clear, isSigned: () => isSigned, png };
}
