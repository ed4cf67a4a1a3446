// Before anything: an invitation makes the phone a messenger's, a PIN closes it.

import { begin } from "../begin";
import { makeLock, openLock } from "../crypto";
import { lockOf, readOpen, writeOpen } from "../database";
import { app, button, field, form, h, say, select } from "../dom";
import { show } from "../frame";
import { forgetInvitation, invitation, takeUp } from "../invitation";
import { ask, NAME } from "../newsroom";
import { saveKey, savePack, wipe } from "../store";
import { Pack } from "../types";
import { holdKey } from "../vault";
import { beginLanguage, chooseLanguage, LANGUAGES, language, t } from "../words";

const FREE_TRIES = 5;
const FIRST_WAIT = 30_000; // milliseconds
const MOST_DOUBLED = 8;

function languagePicker(): HTMLElement {
  const picker = select("language", LANGUAGES, language());
  picker.addEventListener("change", () => void chooseLanguage(picker.value).then(begin));
  return field(t("language"), picker);
}

const pinInput = (name: string) =>
  h("input", {
    name,
    type: "password",
    inputmode: "numeric",
    autocomplete: "off",
    minlength: "6",
    maxlength: "32",
    required: true,
  });

/** What the form for joining holds already: it is drawn again by an invitation that is opened, or in another language. */
function typed(name: string): string {
  const before = app.querySelector("form.join");
  return before?.querySelector<HTMLInputElement>(`[name=${name}]`)?.value ?? "";
}

export function join(): void {
  const token = h("input", {
    name: "token",
    autocomplete: "off",
    required: true,
    value: invitation() ?? typed("token"),
  });
  const pin = pinInput("pin");
  const again = pinInput("again");
  for (const input of [pin, again]) input.value = typed(input.name);
  const enter = async () => {
    if (pin.value.length < 6) return say(t("pin_short"), true);
    if (pin.value !== again.value) return say(t("pin_differs"), true);
    const pasted = token.value.trim();
    const phoneKey = await takeUp(pasted.split("join=")[1] ?? pasted);
    const { lock, key } = await makeLock(pin.value);
    holdKey(key);
    await saveKey(phoneKey); // before the lock: a phone that dies between them joins anew, and leaves no half
    await writeOpen("lock", lock);
    const pack = await ask<Pack>("pack/");
    await savePack(pack);
    if (pack.campaign.languages.includes(pack.messenger.language))
      await beginLanguage(pack.messenger.language);
    forgetInvitation();
    await begin();
  };
  const main = button(t("join"), enter, "main");
  const fields = form(
    () => main.click(),
    h("p", {}, t("join_help")),
    field(t("invitation"), token),
    h("p", { class: "soft" }, t("need_network")),
    h("p", {}, t("choose_pin")),
    field(t("pin"), pin),
    field(t("pin_again"), again),
    main,
  );
  fields.className = "join";
  show({ title: t("join_title"), body: h("div", {}, languagePicker(), fields) });
}

export function unlock(): void {
  const pin = pinInput("pin");
  const enter = async () => {
    const tries = (await readOpen<number>("tries")) ?? 0;
    const wait = await waitLeft(tries);
    if (wait > 0) return say(t("pin_wait", String(Math.ceil(wait / 1000))), true);
    const lock = await lockOf();
    const key = lock && (await openLock(lock, pin.value));
    if (!key) {
      await countTry(tries + 1);
      pin.value = "";
      return say(t("pin_wrong"), true);
    }
    if (tries) await writeOpen("tries", 0).catch(() => undefined); // a full phone is opened as well
    holdKey(key);
    await begin();
  };
  const startOver = async () => {
    if (!window.confirm(t("forgot_sure"))) return;
    await wipe();
    await begin();
  };
  const main = button(t("unlock"), enter, "main");
  const fields = form(() => main.click(), field(t("pin"), pin), main);
  window.setTimeout(() => pin.focus());
  show({
    title: NAME,
    body: h("div", {}, fields, languagePicker(), button(t("forgot"), startOver, "small danger")),
  });
}

/** After a few tries, each one more is waited for twice as long. */
async function countTry(tries: number): Promise<void> {
  await writeOpen("tries", tries);
  if (tries >= FREE_TRIES) await writeOpen("until", Date.now() + waitAfter(tries));
}

const waitAfter = (tries: number) => FIRST_WAIT * 2 ** Math.min(MOST_DOUBLED, tries - FREE_TRIES);

/** Milliseconds until the next try. A clock that was ahead when the last was counted keeps nobody out for longer than the wait is long. */
async function waitLeft(tries: number): Promise<number> {
  const left = ((await readOpen<number>("until")) ?? 0) - Date.now();
  if (tries < FREE_TRIES) return 0;
  if (left <= waitAfter(tries)) return left;
  await writeOpen("until", Date.now() + waitAfter(tries));
  return waitAfter(tries);
}
