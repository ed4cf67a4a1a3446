// Before anything: an invitation makes the phone a messenger's, a PIN closes it.

import { makeLock, openLock } from "../crypto";
import { button, field, h, say, select } from "../dom";
import type { Screen } from "../main";
import { ask } from "../queue";
import { lockOf, readOpen, saveKey, savePack, unlock, wipe, writeOpen, type Pack } from "../store";
import { LANGUAGES, language, speak, t } from "../words";

const FREE_TRIES = 5;

function languagePicker(again: () => void): HTMLElement {
  const picker = select("language", LANGUAGES, language());
  picker.addEventListener("change", () => void speak(picker.value).then(again));
  return field(t("language"), picker);
}

const pinInput = (name: string) =>
  h("input", { name, type: "password", inputmode: "numeric", autocomplete: "off", minlength: "6", maxlength: "32", required: true });

export function join(then: () => Promise<void>): Screen {
  const token = h("input", { name: "token", autocomplete: "off", required: true, value: new URLSearchParams(location.hash.slice(1)).get("join") ?? "" });
  const pin = pinInput("pin");
  const again = pinInput("again");
  const form = h("form", { submit: (event) => { event.preventDefault(); go.click(); } },
    h("p", {}, t("join_help")), field(t("invitation"), token), h("p", { class: "soft" }, t("need_network")),
    h("p", {}, t("choose_pin")), field(t("pin"), pin), field(t("pin_again"), again),
  );
  const go = button(t("join"), async () => {
    if (pin.value.length < 6) return say(t("pin_short"), true);
    if (pin.value !== again.value) return say(t("pin_differs"), true);
    const pasted = token.value.trim();
    const said = await ask<{ key: string }>("join/", { token: pasted.includes("join=") ? pasted.split("join=")[1] : pasted, device: deviceName() }, "none");
    const { lock, key } = await makeLock(pin.value);
    unlock(key);
    await saveKey(said.key); // before the lock: a phone that dies between them joins anew, and leaves no half
    await writeOpen("lock", lock);
    const pack = await ask<Pack>("pack/");
    await savePack(pack);
    if (pack.campaign.languages.includes(pack.messenger.language)) await speak(pack.messenger.language);
    history.replaceState(null, "", location.pathname);
    await then();
  }, "main");
  form.append(go);
  return { title: t("join_title"), body: h("div", {}, languagePicker(() => void then()), form) };
}

const deviceName = () => (/\(([^)]*)\)/.exec(navigator.userAgent)?.[1] ?? "").slice(0, 100);

export async function unlockScreen(then: () => Promise<void>): Promise<Screen> {
  const pin = pinInput("pin");
  const form = h("form", { submit: (event) => { event.preventDefault(); go.click(); } }, field(t("pin"), pin));
  const go = button(t("unlock"), async () => {
    const tries = (await readOpen<number>("tries")) ?? 0;
    const until = (await readOpen<number>("until")) ?? 0;
    if (Date.now() < until) return say(t("pin_wait", String(Math.ceil((until - Date.now()) / 1000))), true);
    const lock = await lockOf();
    const key = lock && await openLock(lock, pin.value);
    if (!key) {
      await writeOpen("tries", tries + 1);
      if (tries + 1 >= FREE_TRIES) await writeOpen("until", Date.now() + 30_000 * 2 ** Math.min(8, tries + 1 - FREE_TRIES));
      pin.value = "";
      return say(t("pin_wrong"), true);
    }
    await writeOpen("tries", 0);
    unlock(key);
    await then();
  }, "main");
  form.append(go);
  const forgot = button(t("forgot"), async () => {
    if (!window.confirm(t("forgot_sure"))) return;
    await wipe();
    await then();
  }, "small danger");
  window.setTimeout(() => pin.focus());
  return { title: "Griot", body: h("div", {}, form, languagePicker(() => void then()), forgot) };
}

/** A new invitation opened on a phone that is a messenger's already gives it a new key; what it holds stays. */
export async function joinAnew(): Promise<void> {
  const token = new URLSearchParams(location.hash.slice(1)).get("join");
  if (!token) return;
  history.replaceState(null, "", location.pathname);
  const said = await ask<{ key: string }>("join/", { token, device: deviceName() }, "none");
  await saveKey(said.key);
}
