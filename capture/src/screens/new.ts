// A new testimony: in which language, and what it is.

import { button, field, h, select } from "../dom";
import { show } from "../frame";
import { receiptCode } from "../receipt";
import { go } from "../router";
import { readPack, saveTestimony } from "../store";
import { Kind, Testimony } from "../types";
import { LANGUAGES, language, t } from "../words";

const KINDS: Kind[] = ["interview", "portrait", "object", "photo_essay", "story"];

export async function newTestimony(): Promise<void> {
  const pack = await readPack();
  if (!pack) return;
  const spoken = LANGUAGES.filter(([code]) => pack.campaign.languages.includes(code));
  const picker = select("language", spoken.length ? spoken : LANGUAGES, language());
  show({
    title: t("new"),
    back: () => void go("home"),
    body: h(
      "div",
      {},
      field(t("language"), picker),
      h("p", {}, t("kind")),
      h(
        "div",
        { class: "stack" },
        ...KINDS.map((kind) =>
          button(t(kind), async () => {
            const testimony: Testimony = {
              id: crypto.randomUUID(),
              kind,
              language: picker.value,
              told: new Date().toISOString(),
              answers: {},
              consent: null,
              state: "open",
              why: "",
              receipt: receiptCode(),
              isKnown: false,
              teller: {
                name: "",
                alias: "",
                birth_year: null,
                country: pack.campaign.country,
                region: "",
                spot: "",
                left: "",
                reached: "",
              },
            };
            await saveTestimony(testimony);
            await go("consent", testimony.id);
          }),
        ),
      ),
    ),
  });
}
