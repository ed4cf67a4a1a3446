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
  new MutationObserver(name).observe(document.documentElement, { childList: true, subtree: true });
  document.addEventListener("DOMContentLoaded", name);
})();
