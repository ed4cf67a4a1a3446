// Elements, without a framework: `h("p", { class: "soft" }, "words")`.

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
  const element: HTMLButtonElement = h(
    "button",
    {
      type: "button",
      class: kind,
      click: () => {
        element.disabled = true; // a second touch while it works does nothing
        void Promise.resolve(act())
          .catch(fail)
          .finally(() => {
            element.disabled = false;
          });
      },
    },
    words,
  );
  return element;
}

export function select(name: string, options: [string, string][], value: string): HTMLSelectElement {
  return h(
    "select",
    { name },
    ...options.map(([key, words]) => h("option", { value: key, selected: key === value }, words)),
  );
}

export function check(name: string, words: string, checked = false, value = "on"): HTMLLabelElement {
  return h(
    "label",
    { class: "check" },
    h("input", { type: "checkbox", name, value, checked }),
    h("span", {}, words),
  );
}

/** Say something for a moment, to eyes and ears. */
export function say(words: string, isWrong = false): void {
  const box =
    document.getElementById("said") ?? document.body.appendChild(h("div", { id: "said", role: "status" }));
  box.className = isWrong ? "wrong" : "";
  box.textContent = words;
  window.clearTimeout(Number(box.dataset.timer));
  box.dataset.timer = String(
    window.setTimeout(() => {
      box.textContent = "";
    }, 6000),
  );
}

export function fail(error: unknown): void {
  console.warn(error);
  say(error instanceof Error ? error.message : String(error), true);
}
