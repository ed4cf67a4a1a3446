// Readers' pages work without any script; this one copies a link where the browser can.
for (const button of document.querySelectorAll("button.copy")) {
  if (!navigator.clipboard) break;
  button.hidden = false;
  const words = button.textContent;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.url);
    button.textContent = button.dataset.done;
    setTimeout(() => {
      button.textContent = words;
    }, 2500);
  });
}

// Paper, where the browser has a way to it.
for (const button of document.querySelectorAll("button.print")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// A chapter's link plays the film or the sound from there.
for (const link of document.querySelectorAll("[data-at]")) {
  link.addEventListener("click", (event) => {
    const player = document.querySelector(".story video, .story audio");
    if (!player) return;
    event.preventDefault();
    player.currentTime = Number(link.dataset.at);
    player.play();
    player.scrollIntoView({ block: "nearest" });
  });
}
