// The editor, for those who hear it: a rich text is called by its field's label, and a part of a block
// (its link, its picture) is a group of that block, not a landmark of the page with the same name as 25 others.
"use strict";
(() => {
  const name = () => {
    for (const box of document.querySelectorAll('[role="textbox"]:not([aria-label], [aria-labelledby])')) {
      const label =
        box.closest("[data-contentpath], .w-field__wrapper")?.querySelector("label, .w-field__label") ??
        box.closest(".w-panel")?.querySelector(".w-panel__heading");
      box.setAttribute("aria-label", label?.textContent.replace("*", "").trim() || "Text");
    }
    for (const part of document.querySelectorAll('section[id^="block_group-"][aria-labelledby]')) {
      part.removeAttribute("aria-labelledby"); // its heading stands in it; a named section would be a landmark
      part.setAttribute("role", "group");
    }
    for (const list of document.querySelectorAll(".w-minimap__list:not([tabindex])"))
      if (list.scrollHeight > list.clientHeight) list.tabIndex = 0; // Wagtail's own: scrolled by keys, too
  };
  // The press review stands open, each of its lines a row with its state; all else is a row until it is wanted.
  const opened = new WeakSet();
  let states = {};
  const open = () => {
    for (const type of document.querySelectorAll('input[name$="-type"][value="press_review"]')) {
      const toggle = type.parentElement.querySelector("[data-panel-toggle]");
      if (!toggle || opened.has(toggle)) continue;
      opened.add(toggle);
      if (toggle.getAttribute("aria-expanded") === "false") toggle.click();
    }
    for (const line of document.querySelectorAll(".griot-line")) {
      const place = line.closest("[data-contentpath]");
      const heading = place?.querySelector(".w-panel__heading");
      const state = states[place?.dataset.contentpath];
      if (!state || !heading || heading.querySelector(".griot-state")) continue;
      const mark = document.createElement("em");
      mark.className = "griot-state";
      mark.dataset.state = state;
      mark.textContent = state;
      heading.querySelector(".c-sf-block__type").after(mark); // a long line's words may be cut
    }
  };
  const draw = () => {
    name();
    open();
  };
  const ask = async () => {
    const page = /\/pages\/(\d+)\/edit\/$/.exec(location.pathname);
    if (!page || !document.querySelector('input[name$="-type"][value="press_review"]')) return;
    const answer = await fetch(location.pathname.replace(/pages\/\d+\/edit\/$/, `issues/states/${page[1]}/`));
    if (answer.ok && !answer.redirected) states = await answer.json();
    open();
  };
  new MutationObserver(draw).observe(document.documentElement, { childList: true, subtree: true });
  document.addEventListener("DOMContentLoaded", () => {
    draw();
    ask();
  });
})();
