// How the messenger is; and whom to turn to, which works without a network.

import { button, check, field, h, say } from "../dom";
import { show } from "../frame";
import { run } from "../queue";
import { go } from "../router";
import { readPack, saveNote } from "../store";
import { t } from "../words";

export async function care(): Promise<void> {
  const pack = await readPack();
  const words = h("textarea", { name: "words", rows: "4", maxlength: "2000" });
  const moods = h(
    "fieldset",
    { class: "moods" },
    h("legend", {}, t("care")),
    ...[1, 2, 3, 4, 5].map((n) =>
      h(
        "label",
        { class: "check" },
        h("input", { type: "radio", name: "mood", value: String(n) }),
        h("span", {}, t(`mood${n}`)),
      ),
    ),
  );
  const call = check("call", t("wants_call"));
  const form = h(
    "form",
    { submit: (event) => event.preventDefault() },
    h("p", { class: "soft" }, t("care_help")),
    moods,
    field(t("in_words"), words),
    call,
    button(
      t("save"),
      async () => {
        const mood = Number(new FormData(form).get("mood") ?? 0);
        if (!mood) return moods.querySelector("input")!.focus();
        await saveNote({
          id: crypto.randomUUID(),
          path: "check-in/",
          body: { mood, words: words.value, wants_call: call.querySelector("input")!.checked },
        });
        void run();
        say(t("thanks"));
        await go("home");
      },
      "main",
    ),
  );
  const people = (pack?.referrals ?? []).map((one) =>
    h(
      "li",
      { class: "card" },
      h("strong", {}, one.name),
      one.contact
        ? h(
            "a",
            {
              href: /^[+\d\s()-]+$/.test(one.contact) ? `tel:${one.contact.replace(/\s/g, "")}` : undefined,
              dir: "ltr",
            },
            one.contact,
          )
        : null,
    ),
  );
  show({
    title: t("care"),
    back: () => void go("home"),
    body: h(
      "div",
      {},
      form,
      people.length ? h("h2", {}, t("turn_to")) : null,
      h("ul", { class: "cards" }, ...people),
    ),
  });
}
