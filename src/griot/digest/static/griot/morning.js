// How far today's issue has come, on the panel; when it is there, the panel says so.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  const box = document.querySelector(".griot-making");
  if (!box) return;
  const ask = async () => {
    const answer = await fetch(box.dataset.ask).catch(() => null);
    const now = answer?.ok ? await answer.json() : {};
    if (now.is_over) return location.reload();
    if (now.words) {
      box.querySelector("progress").value = now.share;
      box.querySelector(".griot-step").textContent = now.words;
      box.querySelector(".griot-found").textContent = now.found;
    }
    setTimeout(ask, 1500);
  };
  ask();
});
