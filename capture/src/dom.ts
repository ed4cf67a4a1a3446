// Elements, without a framework: `h("p", { class: "soft" }, "words")`.

import { isFull } from "./database";
import { t } from "./words";

/** Where screens are drawn. What lies over them, lies beside it. */
export const app = document.getElementById("app")!;

type Child = Node | string | null | undefined | false;
type Attributes = Record<string, string | boolean | ((event: Event) => void) | undefined>;

/** An element. An attribute that is a function listens to the event of its name; false and undefined leave it out. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (typeof value === "string") element.setAttribute(name, value);
  }
  element.append(...children.filter((child): child is Node | string => !!child || child === ""));
  return element;
}

/** A labelled field. The control is inside its label, so that the whole of it can be touched. */
export function field(label: string, control: HTMLElement, hint = ""): HTMLElement {
  return h("label", { class: "field" }, h("span", {}, label), hint ? h("small", {}, hint) : null, control);
}

export function button(words: string, act: () => unknown, kind = ""): HTMLButtonElement {
  const element = h("button", { type: "button", class: kind }, words);
  const rest = () => {
    element.disabled = false;
    if (document.activeElement === document.body) element.focus(); // who is disabled loses it
  };
  element.addEventListener("click", () => {
    element.disabled = true; // a second touch while it works does nothing
    hush();
    void Promise.resolve(act()).catch(fail).finally(rest);
  });
  return element;
}

export function select(name: string, options: [string, string][], value: string): HTMLSelectElement {
  const rows = options.map(([key, words]) => h("option", { value: key, selected: key === value }, words));
  return h("select", { name }, ...rows);
}

export function check(name: string, words: string, checked = false, value = "on"): HTMLLabelElement {
  const box = h("input", { type: "checkbox", name, value, checked });
  return h("label", { class: "check" }, box, h("span", {}, words));
}

/** One of several answers of the same name, of which one is chosen. */
export function choice(name: string, words: string, value: string, checked = false): HTMLLabelElement {
  const dot = h("input", { type: "radio", name, value, checked });
  return h("label", { class: "check" }, dot, h("span", {}, words));
}

/** A form that we read ourselves. Enter does what `enter` does. */
export function form(enter: () => void, ...children: Child[]): HTMLFormElement {
  const submit = (event: Event) => {
    event.preventDefault();
    enter();
  };
  return h("form", { submit }, ...children);
}

/** Texts as people write them: an empty line begins a paragraph. */
export const paragraphs = (text: string) => text.split(/\n\s*\n/).map((words) => h("p", {}, words));

/** Where a screen says something: in its own flow, so that it lies over nothing and goes with the screen. */
export const messages = () => h("p", { class: "said", role: "status", dir: "auto" });

const shown = () => [...document.querySelectorAll<HTMLElement>(".said")].pop(); // the topmost screen's

/** Say something on the screen that is shown, to eyes and ears, until something is done there. */
export function say(words: string, isWrong = false): void {
  const box = shown() ?? app.appendChild(messages());
  box.classList.toggle("wrong", isWrong);
  box.textContent = words;
}

function hush(): void {
  const box = shown();
  if (box) box.textContent = "";
}

export function fail(error: unknown): void {
  console.warn(error);
  const words = error instanceof Error ? error.message : String(error);
  say(isFull(error) ? t("no_room") : words, true);
}
