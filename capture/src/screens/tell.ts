// The interview: prompts that can be played, and recording in pictures, sound, photos or words.

import { playAloud } from "../aloud";
import { lengthOf } from "../amounts";
import { button, fail, field, h, say } from "../dom";
import { show } from "../frame";
import { comeBack, sendAway } from "../idle";
import { run } from "../queue";
import { keepPhoto } from "../recorder";
import { go } from "../router";
import { cameraFacing, record, turnCamera } from "../sheet";
import {
  beginTelling,
  changeRecording,
  dropRecording,
  dropTestimony,
  finishTelling,
  readPack,
  readTestimony,
  readWhole,
  recordings,
  recover,
  tellMore,
} from "../store";
import { Guide, Pack, Prompt, Recording, Subject, Testimony } from "../types";
import { t } from "../words";
import { keepWhileWritten, keepWords } from "../written";

export async function tell(id: string): Promise<void> {
  const pack = await readPack();
  const testimony = await readTestimony(id);
  if (!pack || !testimony) return go("home");
  if (!testimony.consent) return go("consent", id);
  const guide = guideFor(testimony, pack);
  const files = h("ul", { class: "cards" });
  const fill = async () => {
    const known = await recordings(id);
    const told = known.filter((file) => file.role === "story" && file.state !== "recording");
    files.replaceChildren(...told.map((file) => fileCard(file, fill)));
  };
  await fill();
  const left = await beginTelling(id);
  const prompts = guide.prompts.map((prompt, n) => promptCard(testimony, guide, prompt, n, fill));
  show({
    title: guide.title,
    left,
    back: () =>
      void keepWords()
        .then(() => go("home"))
        .catch(fail),
    body: h(
      "div",
      {},
      h("p", { class: "soft" }, t("saved_every_second")),
      turnButton(),
      h("ol", { class: "prompts" }, ...prompts),
      files,
      h("p", { class: "soft" }, t("finish_help")),
      button(t("finish"), () => finish(id), "main"),
      button(t("delete"), () => giveUp(id), "danger"),
    ),
  });
}

/** Says which way the camera looks, and turns it. */
function turnButton(): HTMLElement {
  const turn = () => {
    turnCamera();
    element.textContent = t(cameraFacing());
  };
  const element = button(t(cameraFacing()), turn, "small");
  return element;
}

/** The guide for what is told, in its language if there is one; the interview's, or the bare question, where there is none. */
function guideFor(testimony: Testimony, pack: Pack): Guide {
  const ofKind = pack.guides.filter((guide) => guide.kind === testimony.kind);
  const guides = ofKind.length ? ofKind : pack.guides.filter((guide) => guide.kind === "interview");
  const found = guides.find((guide) => guide.language === testimony.language) ?? guides[0];
  const guide = found ?? {
    kind: testimony.kind,
    language: testimony.language,
    title: t("tell"),
    prompts: [],
  };
  return guide.prompts.length ? guide : { ...guide, prompts: [{ id: "story", text: t(testimony.kind) }] };
}

async function finish(id: string): Promise<void> {
  await keepWords();
  const now = await readTestimony(id);
  if (!now || now.state === "finished" || now.state === "sent") return go("home"); // in another window
  await recover(); // what a full phone could not bring to its end
  const files = await recordings(id);
  const isRecorded = files.some((file) => file.role === "story");
  const isWritten = Object.values(now.answers).some((words) => words.trim());
  if (!isRecorded && !isWritten) return say(t("nothing_told"), true);
  for (const file of files)
    if (file.state === "refused") await changeRecording(file.id, { state: "kept", offset: 0, why: "" });
  await finishTelling(id);
  void run();
  await go("home");
}

async function giveUp(id: string): Promise<void> {
  if (!window.confirm(t("sure_delete"))) return;
  await dropTestimony(id);
  await go("home");
}

function promptCard(
  testimony: Testimony,
  guide: Guide,
  prompt: Prompt,
  position: number,
  fill: () => Promise<void>,
): HTMLElement {
  const about: Subject = { testimony: testimony.id, role: "story", prompt: prompt.id, position };
  const words = writing(testimony, prompt);
  const more = () => tellMore(testimony.id);
  const camera = photos(about, () => more().then(fill));
  const takePhoto = () => {
    sendAway();
    camera.click();
  };
  const tape = (media: "video" | "audio") => more().then(() => record(media, about, fill));
  const hear = async () => {
    const isPlayed = await playAloud(`${guide.kind}/${prompt.id}`, prompt.text, guide.language);
    if (!isPlayed) play.hidden = true;
  };
  const play = button(t("play"), hear, "small");
  const write = () => {
    words.hidden = false;
    words.focus();
  };
  return h(
    "li",
    {},
    h("p", { class: "prompt", lang: guide.language, dir: "auto" }, prompt.text),
    prompt.hint ? h("p", { class: "soft", lang: guide.language, dir: "auto" }, prompt.hint) : null,
    h(
      "div",
      { class: "row" },
      play,
      button(t("record_video"), () => tape("video"), "small"),
      button(t("record_audio"), () => tape("audio"), "small"),
      button(t("take_photo"), takePhoto, "small"),
      camera,
      button(t("write"), write, "small"),
    ),
    field("", words),
  );
}

/** A field for an answer in words, which is kept while it is written. */
function writing(testimony: Testimony, prompt: Prompt): HTMLTextAreaElement {
  const answer = testimony.answers[prompt.id] ?? "";
  const words = h("textarea", { rows: "3", maxlength: "20000", name: prompt.id }, answer);
  words.hidden = !answer;
  keepWhileWritten(words, (said) =>
    tellMore(testimony.id, ({ answers }) => ({ answers: { ...answers, [prompt.id]: said } })),
  );
  return words;
}

/** The phone's own camera app, or its gallery. Its input is clicked by a button with words. */
function photos(about: Subject, fill: () => Promise<void>): HTMLInputElement {
  const camera = h("input", {
    type: "file",
    accept: "image/*",
    capture: "environment",
    class: "for-ears",
    tabindex: "-1",
    "aria-hidden": "true",
  });
  const keep = async () => {
    comeBack();
    await Promise.all([...(camera.files ?? [])].map((file) => keepPhoto(file, about)));
    await fill();
  };
  camera.addEventListener("change", () => void keep().catch(fail));
  camera.addEventListener("cancel", comeBack);
  return camera;
}

function fileCard(file: Recording, fill: () => Promise<void>): HTMLElement {
  const place = h("div", {});
  const play = async () => {
    const src = URL.createObjectURL(await readWhole(file));
    const shown =
      file.media === "photo"
        ? h("img", { src, alt: "" })
        : h(file.media, { src, controls: true, autoplay: true });
    place.replaceChildren(shown);
  };
  const remove = async () => {
    if (!window.confirm(t("sure_delete"))) return;
    await dropRecording(file.id);
    await fill();
  };
  return h(
    "li",
    { class: "card" },
    h("strong", {}, t(file.media === "photo" ? "take_photo" : `record_${file.media}`)),
    h("span", { class: "soft" }, lengthOf(file) + (file.wasInterrupted ? ` · ${t("interrupted")}` : "")),
    h("div", { class: "row" }, button(t("play"), play, "small"), button(t("delete"), remove, "small danger")),
    place,
  );
}
