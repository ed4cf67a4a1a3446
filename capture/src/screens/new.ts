// A new testimony: in which language, and what it is.

import { NOBODY } from "../answers";
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
  const open = async (kind: Kind) => {
    const testimony = begun(kind, picker.value, pack.campaign.country);
    await saveTestimony(testimony);
    await go("consent", testimony.id);
  };
  const kinds = KINDS.map((kind) => button(t(kind), () => open(kind)));
  show({
    title: t("new"),
    back: () => void go("home"),
    body: h(
      "div",
      {},
      field(t("language"), picker),
      h("p", {}, t("kind")),
      h("div", { class: "stack" }, ...kinds),
    ),
  });
}

function begun(kind: Kind, language: string, country: string): Testimony {
  return {
    id: crypto.randomUUID(),
    kind,
    language,
    told: new Date().toISOString(),
    teller: { ...NOBODY, country },
    answers: {},
    consent: null,
    state: "open",
    why: "",
    receipt: receiptCode(),
    isKnown: false,
  };
}
