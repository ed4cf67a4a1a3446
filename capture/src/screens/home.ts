// What a messenger sees first: what to do, what they have recorded, whether it has left the phone, how much room is left.

import { size } from "../amounts";
import { readOpen, writeOpen } from "../database";
import { button, check, h } from "../dom";
import { show } from "../frame";
import { run, status } from "../queue";
import { go } from "../router";
import { readPack, recordings, roomLeft, testimonies } from "../store";
import { Testimony } from "../types";
import { forgetKey } from "../vault";
import { t } from "../words";

export async function home(): Promise<void> {
  const pack = await readPack();
  const list = h("ul", { class: "cards" });
  const queue = h("p", { class: "queue", role: "status" });
  const left = h("p", { class: "soft" });
  const wifi = check("wifi", t("wifi_only"), !!(await readOpen<boolean>("wifiOnly")));
  wifi.addEventListener(
    "change",
    () => void writeOpen("wifiOnly", wifi.querySelector("input")!.checked).then(() => run()),
  );

  const fill = async () => {
    const known = await testimonies();
    list.replaceChildren(
      ...(known.length ? await Promise.all(known.map(card)) : [h("li", { class: "soft" }, t("none"))]),
    );
    queue.textContent =
      known.some((row) => row.state === "finished") || status !== "idle"
        ? t(`queue_${status}`)
        : known.length
          ? t("queue_idle")
          : "";
    left.textContent = t("left", size((await roomLeft()) ?? 0));
  };
  await fill();

  const due = (pack?.modules ?? []).filter((module) => module.is_due);
  const mustTrain = due.some((module) => module.is_required) && !pack?.messenger.may_collect;
  show({
    title: pack?.campaign.name ?? "Griot",
    refresh: () => void fill(),
    body: h(
      "div",
      {},
      mustTrain
        ? h("p", { class: "notice" }, t("training_first"))
        : button(t("new"), () => go("newTestimony"), "main"),
      h(
        "nav",
        {},
        button(
          t("training") + (due.length ? ` (${due.length})` : ""),
          () => go("training"),
          mustTrain ? "main" : "",
        ),
        button(t("care"), () => go("care")),
        button(t("lock"), () => {
          forgetKey();
          location.reload();
        }),
      ),
      h("h2", {}, t("mine")),
      queue,
      list,
      left,
      wifi,
    ),
  });
}

async function card(row: Testimony): Promise<HTMLElement> {
  const files = await recordings(row.id);
  const done = files.reduce(
    (sum, file) => sum + (file.state === "sent" ? file.size : Math.min(file.offset, file.size)),
    0,
  );
  const whole = files.reduce((sum, file) => sum + file.size, 0);
  const refused = files.find((file) => file.state === "refused");
  const states = {
    open: "open_state",
    finished: "finished_state",
    sent: "sent_state",
    refused: "refused_state",
    withdrawn: "withdrawn_state",
  };
  const words = refused
    ? `${t("refused_state")}: ${refused.why}`
    : t(states[row.state]) + (row.why ? `: ${row.why}` : "");
  const title = `${t(row.kind)} · ${new Date(row.told).toLocaleDateString(document.documentElement.lang === "wo" ? "fr" : document.documentElement.lang)}`;
  return h(
    "li",
    { class: `card ${row.state}` },
    h("strong", {}, title),
    h(
      "span",
      { class: "soft" },
      files.length ? `${t("files", String(files.length))} · ${size(whole)} · ${words}` : words,
    ),
    row.state === "finished" && whole
      ? h("progress", { max: String(whole), value: String(done), "aria-label": title })
      : null,
    row.receipt && row.consent
      ? h(
          "details",
          {},
          h("summary", {}, t("receipt")),
          h("p", {}, h("code", { dir: "ltr" }, row.receipt)),
          h("p", { class: "soft" }, t("receipt_help", `${location.origin}/receipt/`)),
        )
      : null,
    row.state === "open" || row.state === "refused" ? button(t("resume"), () => go("tell", row.id)) : null,
  );
}
