// Training: what do you know, the text, and what do you know now. Works without a network; the answers are sent later.

import { button, choice, form, h, paragraphs, say } from "../dom";
import { show } from "../frame";
import { post } from "../queue";
import { go } from "../router";
import { readPack, savePack } from "../store";
import { Module } from "../types";
import { t } from "../words";

const PASS_SHARE = 0.75; // as the newsroom marks it

export async function training(): Promise<void> {
  const pack = await readPack();
  show({
    title: t("training"),
    back: () => void go("home"),
    body: h("ul", { class: "cards" }, ...(pack?.modules ?? []).map(card)),
  });
}

function card(module: Module): HTMLElement {
  const state = module.is_due ? t("due") : t("passed");
  const begin = () => questions(module, t("before_check"), (before) => lesson(module, before));
  return h(
    "li",
    { class: "card" },
    h("strong", {}, module.title),
    h("span", { class: "soft" }, module.is_required ? `${state} · ${t("required")}` : state),
    button(module.is_due ? t("next") : t("training"), begin),
  );
}

function questions(module: Module, title: string, then: (answers: number[]) => void): void {
  const read = () => {
    const data = new FormData(fields);
    then(module.questions.map((_, n) => Number(data.get(`q${n}`) ?? -1)));
  };
  const fields = form(
    () => undefined,
    ...module.questions.map((question, n) => {
      const answers = question.answers.map((answer, k) => choice(`q${n}`, answer, String(k)));
      return h("fieldset", {}, h("legend", {}, question.text), ...answers);
    }),
    button(t("next"), read, "main"),
  );
  show({ title: module.title, back: () => void training(), body: h("div", {}, h("p", {}, title), fields) });
}

function lesson(module: Module, before: number[]): void {
  const goOn = () => questions(module, t("after_check"), (after) => void mark(module, before, after));
  show({
    title: module.title,
    back: () => void training(),
    body: h("div", { class: "prose" }, ...paragraphs(module.text), button(t("read_on"), goOn, "main")),
  });
}

async function mark(module: Module, before: number[], after: number[]): Promise<void> {
  const right = after.filter((answer, n) => answer === module.questions[n]!.right).length;
  await post({ id: crypto.randomUUID(), path: "training/", body: { module: module.id, before, after } });
  const isPassed = right >= module.questions.length * PASS_SHARE;
  const pack = await readPack();
  if (pack && isPassed) {
    const modules = pack.modules.map((known) =>
      known.id === module.id ? { ...known, is_due: false } : known,
    );
    const mayCollect = !modules.some((known) => known.is_due && known.is_required);
    await savePack({ ...pack, modules, messenger: { ...pack.messenger, may_collect: mayCollect } });
  }
  const result = t("check_right", `${right}/${module.questions.length}`);
  await (isPassed ? go("home") : training());
  say(`${result} ${isPassed ? t("answers_sent") : t("check_again")}`, !isPassed);
}
