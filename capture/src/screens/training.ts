// Training: what do you know, the text, and what do you know now. Works without a network; the answers are sent later.

import { button, h, say } from "../dom";
import { show } from "../frame";
import { run } from "../queue";
import { go } from "../router";
import { readPack, saveNote, savePack } from "../store";
import { Module } from "../types";
import { t } from "../words";

const PASS_SHARE = 0.75; // as the newsroom marks it

export async function training(): Promise<void> {
  const pack = await readPack();
  show({
    title: t("training"),
    back: () => void go("home"),
    body: h(
      "ul",
      { class: "cards" },
      ...(pack?.modules ?? []).map((module) =>
        h(
          "li",
          { class: "card" },
          h("strong", {}, module.title),
          h(
            "span",
            { class: "soft" },
            `${module.is_due ? t("due") : t("passed")}${module.is_required ? ` · ${t("required")}` : ""}`,
          ),
          button(module.is_due ? t("next") : t("training"), () =>
            questions(module, t("before_check"), (before) => lesson(module, before)),
          ),
        ),
      ),
    ),
  });
}

function questions(module: Module, title: string, then: (answers: number[]) => void): void {
  const form = h(
    "form",
    { submit: (event) => event.preventDefault() },
    ...module.questions.map((question, n) =>
      h(
        "fieldset",
        {},
        h("legend", {}, question.text),
        ...question.answers.map((answer, k) =>
          h(
            "label",
            { class: "check" },
            h("input", { type: "radio", name: `q${n}`, value: String(k) }),
            h("span", {}, answer),
          ),
        ),
      ),
    ),
  );
  form.append(
    button(
      t("next"),
      () => {
        const data = new FormData(form);
        const answers = module.questions.map((_, n) => Number(data.get(`q${n}`) ?? -1));
        then(answers);
      },
      "main",
    ),
  );
  show({ title: module.title, back: () => void training(), body: h("div", {}, h("p", {}, title), form) });
}

function lesson(module: Module, before: number[]): void {
  show({
    title: module.title,
    back: () => void training(),
    body: h(
      "div",
      { class: "prose" },
      ...module.text.split(/\n\s*\n/).map((paragraph) => h("p", {}, paragraph)),
      button(
        t("read_on"),
        () => questions(module, t("after_check"), (after) => void mark(module, before, after)),
        "main",
      ),
    ),
  });
}

async function mark(module: Module, before: number[], after: number[]): Promise<void> {
  const right = after.filter((answer, n) => answer === module.questions[n]!.right).length;
  await saveNote({ id: crypto.randomUUID(), path: "training/", body: { module: module.id, before, after } });
  const isPassed = right >= module.questions.length * PASS_SHARE;
  const pack = await readPack();
  if (pack && isPassed) {
    const modules = pack.modules.map((known) =>
      known.id === module.id ? { ...known, is_due: false } : known,
    );
    const mayCollect = !modules.some((known) => known.is_due && known.is_required);
    await savePack({ ...pack, modules, messenger: { ...pack.messenger, may_collect: mayCollect } });
  }
  say(
    `${t("check_right", `${right}/${module.questions.length}`)} ${isPassed ? t("answers_sent") : t("check_again")}`,
    !isPassed,
  );
  void run();
  await (isPassed ? go("home") : training());
}
