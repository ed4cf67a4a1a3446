// How far today's issue has come, on the demo's front and on the admin's home; when it is there, the page shows it.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  for (const box of document.querySelectorAll("[data-making]")) {
    const ask = async () => {
      const answer = await fetch(box.dataset.making).catch(() => null);
      const now = answer?.ok ? await answer.json() : {};
      if (now.is_over) return location.reload();
      if (now.words) {
        box.querySelector("progress").value = now.share;
        box.querySelector(".step").textContent = now.words;
        box.querySelector(".found").textContent = now.found;
      }
      setTimeout(ask, 1500);
    };
    ask();
  }
});
