// How the messenger is; and whom to turn to, which works without a network.

import { button, check, choice, field, form, h, say } from "../dom";
import { show } from "../frame";
import { post } from "../queue";
import { go } from "../router";
import { readPack } from "../store";
import { t } from "../words";
import { dropForm, keepForm } from "../written";

const FORM = "care";
const MOODS = [1, 2, 3, 4, 5];

export async function care(): Promise<void> {
  const pack = await readPack();
  const words = h("textarea", { name: "words", rows: "4", maxlength: "2000" });
  const moods = h(
    "fieldset",
    { class: "moods" },
    h("legend", {}, t("care")),
    ...MOODS.map((n) => choice("mood", t(`mood${n}`), String(n))),
  );
  const call = check("call", t("wants_call"));
  const save = async () => {
    const mood = Number(new FormData(answers).get("mood") ?? 0);
    if (!mood) return moods.querySelector("input")!.focus();
    await post({
      id: crypto.randomUUID(),
      path: "check-in/",
      body: { mood, words: words.value, wants_call: call.querySelector("input")!.checked },
    });
    await dropForm(FORM);
    await go("home");
    say(t("thanks"));
  };
  const answers = form(
    () => undefined,
    h("p", { class: "soft" }, t("care_help")),
    moods,
    field(t("in_words"), words),
    call,
    button(t("save"), save, "main"),
  );
  await keepForm(answers, FORM);
  const people = (pack?.referrals ?? []).map((one) =>
    h("li", { class: "card" }, h("strong", {}, one.name), one.contact ? contact(one.contact) : null),
  );
  const title = people.length ? h("h2", {}, t("turn_to")) : null;
  show({
    title: t("care"),
    back: () => void go("home"),
    body: h("div", {}, answers, title, h("ul", { class: "cards" }, ...people)),
  });
}

/** A number can be called by touching it; anything else is read. */
function contact(words: string): HTMLElement {
  const isNumber = /^[+\d\s()-]+$/.test(words);
  return h("a", { href: isNumber && `tel:${words.replace(/\s/g, "")}`, dir: "ltr" }, words);
}
