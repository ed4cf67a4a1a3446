// What a messenger sees first: what to do, what they have recorded, whether it has left the phone, how much room is left.

import { size } from "../amounts";
import { countAside, isAside } from "../aside";
import { readOpen, writeOpen } from "../database";
import { dayOf } from "../dates";
import { button, check, h } from "../dom";
import { lock } from "../exit";
import { show } from "../frame";
import { NAME } from "../newsroom";
import { run, runNow, status } from "../queue";
import { go } from "../router";
import { readPack, recordings, roomLeft, testimonies } from "../store";
import { Recording, Testimony } from "../types";
import { t } from "../words";

export async function home(): Promise<void> {
  const pack = await readPack();
  const list = h("ul", { class: "cards" });
  const queue = h("p", { class: "queue", role: "status" });
  const again = button(t("try_now"), runNow, "small");
  const left = h("p", { class: "soft" });
  let drawn: { markup: string; item: Element }[] = [];
  // What says the same as before stays: somebody may be about to tap it, or have opened its receipt.
  const draw = (items: Element[]) => {
    const before = new Map(drawn.map(({ markup, item }) => [markup, item]));
    drawn = items.map((item) => {
      const markup = item.outerHTML;
      return { markup, item: before.get(markup) ?? item };
    });
    const now = drawn.map(({ item }) => item);
    if (now.length !== list.children.length || now.some((item, n) => item !== list.children[n]))
      list.replaceChildren(...now);
  };
  const fill = async () => {
    const known = await testimonies();
    const cards = await Promise.all(known.map(card));
    draw(cards.length ? cards : [h("li", { class: "soft" }, t("none"))]);
    const isAllSent =
      known.length > 0 &&
      known.every(({ state }) => state === "sent" || state === "withdrawn") &&
      (await recordings()).every(({ state }) => state === "sent");
    const saysNothing = status === "idle" && !isAllSent;
    queue.textContent = saysNothing ? "" : t(`queue_${status}`, String(countAside()));
    again.hidden = !countAside();
    left.textContent = t("left", size((await roomLeft()) ?? 0));
  };
  await fill();

  const due = (pack?.modules ?? []).filter((module) => module.is_due);
  const mustTrain = due.some((module) => module.is_required) && !pack?.messenger.may_collect;
  const howMany = due.length ? ` (${due.length})` : "";
  const ourName = pack?.newsroom ?? NAME;
  show({
    title: pack?.campaign.name ?? ourName,
    refresh: () => void fill(),
    body: h(
      "div",
      {},
      pack ? h("p", { class: "soft" }, ourName) : null,
      mustTrain
        ? h("p", { class: "notice" }, t("training_first"))
        : button(t("new"), () => go("newTestimony"), "main"),
      h(
        "nav",
        {},
        button(t("training") + howMany, () => go("training"), mustTrain ? "main" : ""),
        button(t("care"), () => go("care")),
        button(t("lock"), lock),
      ),
      h("h2", {}, t("mine")),
      queue,
      again,
      list,
      left,
      await wifiOnly(),
    ),
  });
}

async function wifiOnly(): Promise<HTMLElement> {
  const box = check("wifi", t("wifi_only"), !!(await readOpen<boolean>("wifiOnly")));
  const keep = async () => {
    await writeOpen("wifiOnly", box.querySelector("input")!.checked);
    await run();
  };
  box.addEventListener("change", () => void keep());
  return box;
}

const STATES = {
  open: "open_state",
  finished: "finished_state",
  sent: "sent_state",
  refused: "refused_state",
  withdrawn: "withdrawn_state",
};

async function card(row: Testimony): Promise<HTMLElement> {
  const files = await recordings(row.id);
  const refused = files.find((file) => file.state === "refused");
  const [state, why] = refused ? [STATES.refused, refused.why] : [STATES[row.state], row.why];
  const isWaiting = [row, ...files].some(({ id }) => isAside(id));
  const notes = [
    why ? `${t(state)}: ${why}` : t(state),
    isWaiting && t("aside"),
    files.some((file) => file.isUnopened) && t("unopened"),
  ];
  const words = notes.filter(Boolean).join(" · ");
  const whole = sum(files.map((file) => file.size));
  const amount = files.length ? `${t("files", String(files.length))} · ${size(whole)} · ` : "";
  const title = `${t(row.kind)} · ${dayOf(new Date(row.told))}`;
  return h(
    "li",
    { class: `card ${row.state}`, "data-id": row.id },
    h("strong", {}, title),
    h("span", { class: "soft" }, amount + words),
    row.state === "finished" && whole ? progress(title, files, whole) : null,
    row.receipt && (row.consent || row.state === "sent") ? receipt(row.receipt) : null,
    row.state === "open" && button(t("resume"), () => go("tell", row.id)),
    row.state === "refused" && button(t("resume"), () => go("consent", row.id)),
  );
}

const sum = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0);

/** How much of its recordings has left the phone. */
function progress(title: string, files: Recording[], whole: number): HTMLElement {
  const left = (file: Recording) => (file.state === "sent" ? file.size : Math.min(file.offset, file.size));
  return h("progress", { max: String(whole), value: String(sum(files.map(left))), "aria-label": title });
}

function receipt(code: string): HTMLElement {
  return h(
    "details",
    {},
    h("summary", {}, t("receipt")),
    h("p", {}, h("code", { dir: "ltr" }, code)),
    h("p", { class: "soft" }, t("receipt_help", `${location.origin}/receipt/`)),
  );
}
