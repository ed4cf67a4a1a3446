// The interview: prompts that can be played, and recording in pictures, sound, photos or words.

import { playAloud } from "../aloud";
import { lengthOf } from "../amounts";
import { button, fail, field, h, say } from "../dom";
import { show } from "../frame";
import { run } from "../queue";
import { keepPhoto } from "../recorder";
import { go } from "../router";
import { cameraFacing, record, turnCamera } from "../sheet";
import {
  dropRecording,
  dropTestimony,
  readPack,
  readTestimony,
  readWhole,
  recordings,
  saveTestimony,
} from "../store";
import { Prompt, Recording, Testimony } from "../types";
import { t } from "../words";

export async function tell(id: string): Promise<void> {
  const pack = await readPack();
  const testimony = await readTestimony(id);
  if (!pack || !testimony) return go("home");
  if (!testimony.consent) return go("consent", id);
  const ofKind = pack.guides.filter((guide) => guide.kind === testimony.kind);
  const guides = ofKind.length ? ofKind : pack.guides.filter((guide) => guide.kind === "interview");
  const guide = guides.find((one) => one.language === testimony.language) ?? guides[0];
  const prompts: Prompt[] = guide?.prompts.length
    ? guide.prompts
    : [{ id: "story", text: t(testimony.kind) }];
  const files = h("ul", { class: "cards" });
  const fill = async () => {
    const known = (await recordings(id)).filter(
      (file) => file.role === "story" && file.state !== "recording",
    );
    files.replaceChildren(...known.map((file) => fileCard(file, fill)));
  };
  await fill();
  const turn: HTMLButtonElement = button(
    t(cameraFacing()),
    () => {
      turnCamera();
      turn.textContent = t(cameraFacing());
    },
    "small",
  );
  show({
    title: guide?.title ?? t("tell"),
    back: () => void go("home"),
    body: h(
      "div",
      {},
      h("p", { class: "soft" }, t("saved_every_second")),
      turn,
      h(
        "ol",
        { class: "prompts" },
        ...prompts.map((prompt, n) =>
          promptCard(
            testimony,
            prompt,
            n,
            fill,
            guide ? `${guide.kind}/${prompt.id}` : "",
            guide?.language ?? testimony.language,
          ),
        ),
      ),
      files,
      h("p", { class: "soft" }, t("finish_help")),
      button(
        t("finish"),
        async () => {
          const now = (await readTestimony(id))!;
          const told =
            (await recordings(id)).some((file) => file.role === "story") ||
            Object.values(now.answers).some((words) => words.trim());
          if (!told) return say(t("nothing_told"), true);
          await saveTestimony({ ...now, state: "finished", why: "" });
          void run();
          await go("home");
        },
        "main",
      ),
      button(
        t("delete"),
        async () => {
          if (!window.confirm(t("sure_delete"))) return;
          await dropTestimony(id);
          await go("home");
        },
        "danger",
      ),
    ),
  });
}

function promptCard(
  testimony: Testimony,
  prompt: Prompt,
  position: number,
  fill: () => Promise<void>,
  what: string,
  spoken: string,
): HTMLElement {
  const words = h(
    "textarea",
    { rows: "3", maxlength: "20000", name: prompt.id },
    testimony.answers[prompt.id] ?? "",
  );
  words.hidden = !testimony.answers[prompt.id];
  let timer = 0;
  words.addEventListener("input", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(
      () =>
        void readTestimony(testimony.id)
          .then(
            (now) => now && saveTestimony({ ...now, answers: { ...now.answers, [prompt.id]: words.value } }),
          )
          .catch(fail),
      400,
    );
  });
  const play: HTMLButtonElement = button(
    t("play"),
    async () => {
      if (!(await playAloud(what, prompt.text, spoken))) play.hidden = true;
    },
    "small",
  );
  const camera = h("input", {
    type: "file",
    accept: "image/*",
    capture: "environment",
    class: "for-ears",
    tabindex: "-1",
    "aria-hidden": "true",
  });
  camera.addEventListener(
    "change",
    () =>
      void Promise.all(
        [...(camera.files ?? [])].map((file) =>
          keepPhoto(file, { testimony: testimony.id, role: "story", prompt: prompt.id, position }),
        ),
      )
        .then(fill)
        .catch(fail),
  );
  return h(
    "li",
    {},
    h("p", { class: "prompt", lang: testimony.language }, prompt.text),
    prompt.hint ? h("p", { class: "soft" }, prompt.hint) : null,
    h(
      "div",
      { class: "row" },
      play,
      button(
        t("record_video"),
        () => record(testimony.id, "video", "story", prompt.id, fill, position),
        "small",
      ),
      button(
        t("record_audio"),
        () => record(testimony.id, "audio", "story", prompt.id, fill, position),
        "small",
      ),
      button(t("take_photo"), () => camera.click(), "small"),
      camera,
      button(
        t("write"),
        () => {
          words.hidden = false;
          words.focus();
        },
        "small",
      ),
    ),
    field("", words),
  );
}

function fileCard(file: Recording, fill: () => Promise<void>): HTMLElement {
  const place = h("div", {});
  return h(
    "li",
    { class: "card" },
    h("strong", {}, t(file.media === "photo" ? "take_photo" : `record_${file.media}`)),
    h("span", { class: "soft" }, lengthOf(file) + (file.wasInterrupted ? ` · ${t("interrupted")}` : "")),
    h(
      "div",
      { class: "row" },
      button(
        t("play"),
        async () => {
          const url = URL.createObjectURL(await readWhole(file));
          const shown =
            file.media === "photo"
              ? h("img", { src: url, alt: "" })
              : h(file.media, { src: url, controls: true, autoplay: true });
          place.replaceChildren(shown);
        },
        "small",
      ),
      button(
        t("delete"),
        async () => {
          if (!window.confirm(t("sure_delete"))) return;
          await dropRecording(file.id);
          await fill();
        },
        "small danger",
      ),
    ),
    place,
  );
}
