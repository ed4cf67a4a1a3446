// A form in steps of one question each, back and forth. All of it stands in one form, hidden but for the step that is shown: no answer is lost.

import { recordingOf, playAloud, stopAloud } from "./aloud";
import { button, h } from "./dom";
import { t } from "./words";

/** `word` names its words, and what is read aloud of them: "consent/ask_face". `said` tells what was answered, where its fields don't. */
export interface Question {
  word: string;
  fields: HTMLElement[];
  isRequired?: boolean;
  said?: () => string;
}

export interface Steps {
  elements: HTMLElement[];
  /** Show the step that the form was left at, or the first; the last where all was answered before. */
  begin(isAnswered: boolean): void;
  /** The step before; false at the first. */
  back(): boolean;
  /** The step that has something in it. */
  lead(to: HTMLElement): void;
}

/** `check` gives what is wrong with a step, `done` comes after the last, which tells all that was answered. */
export async function inSteps(
  questions: Question[],
  language: string,
  check: (step: HTMLElement) => HTMLElement | null,
  done: () => Promise<void>,
): Promise<Steps> {
  const last = questions.length - 1;
  const kept = h("input", { type: "hidden", name: "step" }); // kept with the answers
  const count = h("p", { class: "soft", role: "status" });
  const bar = h("progress", { max: String(questions.length), "aria-hidden": "true" });
  const answered = h("div", { class: "stack" });
  const sections = await Promise.all(questions.map((one) => section(one, language)));
  sections[last]!.querySelector("h2")!.after(answered);
  const at = () => Math.min(Number(kept.value) || 0, last);
  let isMending = false; // one answer, and then back to the last step

  const draw = () => {
    stopAloud();
    sections.forEach((one, n) => {
      one.hidden = n !== at();
    });
    count.textContent = t("step", String(at() + 1), String(questions.length));
    bar.value = at() + 1;
    before.hidden = at() === 0;
    if (at() === last) answered.replaceChildren(...questions.slice(0, last).map(answer));
    sections[at()]!.querySelector("h2")!.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  };
  const open = (n: number) => {
    isMending = isMending && n !== last;
    kept.value = String(n);
    kept.dispatchEvent(new Event("input", { bubbles: true }));
    draw();
  };
  const answer = (one: Question, n: number) => {
    const mend = () => {
      isMending = true;
      open(n);
    };
    const row = button("", mend, "answer");
    row.append(h("small", {}, t(one.word)), h("span", { dir: "auto" }, (one.said ?? saidIn(sections[n]!))()));
    return row;
  };
  const lead = (to: HTMLElement) => {
    const n = sections.findIndex((one) => one.contains(to));
    if (n !== at()) open(n);
    to.focus({ preventScroll: true });
    to.scrollIntoView({ block: "center" });
  };
  const back = () => {
    if (at() === 0) return false;
    open(isMending ? last : at() - 1);
    return true;
  };
  const next = async () => {
    const wrong = check(sections[at()]!);
    if (wrong) return lead(wrong);
    if (at() === last) return done();
    open(isMending ? last : at() + 1);
  };
  const before = button(t("back"), back);
  return {
    elements: [
      h("div", { class: "progress" }, count, bar),
      kept,
      ...sections,
      h("div", { class: "row ways" }, before, button(t("next"), next, "main")),
    ],
    begin: (isAnswered) => {
      if (!kept.value && isAnswered) kept.value = String(last);
      draw();
    },
    back,
    lead,
  };
}

async function section({ word, fields, isRequired }: Question, language: string): Promise<HTMLElement> {
  const what = `consent/${word}`;
  const play: HTMLButtonElement = button(t("play"), async () => {
    play.hidden = !(await playAloud(what, t(word), language));
  });
  const isRead = (await recordingOf(what, language)) !== null;
  const heading = h("h2", { tabindex: "-1" }, t(word));
  if (isRequired) heading.append(h("small", {}, t("required")));
  return h("section", { class: "step" }, heading, isRead && play, ...fields);
}

/** What stands in a step's fields, as it is read on the screen. */
const saidIn = (step: HTMLElement) => () => {
  const chosen = [...step.querySelectorAll<HTMLElement>("input:checked + span")].map(
    (one) => one.textContent,
  );
  const picked = [...step.querySelectorAll("select")].map((one) => one.selectedOptions[0]?.textContent);
  const typed = [...step.querySelectorAll<HTMLInputElement>("input:not([type=radio], [type=checkbox])")];
  const words = [...chosen, ...picked, ...typed.map((one) => one.value.trim())];
  return words.filter(Boolean).join(" · ") || "–";
};
