// Recording a text where it stands: the button records, and pressed again sends what was recorded.

let live = null;
for (const button of document.querySelectorAll("[data-record]")) {
  if (!navigator.mediaDevices?.getUserMedia || !window.MediaRecorder) break;
  button.hidden = false;
  button.addEventListener("click", async () => {
    if (live) {
      if (live.button === button) live.recorder.stop();
      return;
    }
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    } catch (error) {
      button.textContent = `The microphone can’t be used: ${error.message}`;
      return;
    }
    const parts = [];
    const recorder = new MediaRecorder(stream);
    recorder.addEventListener("dataavailable", (event) => parts.push(event.data));
    recorder.addEventListener("stop", () => {
      live = null;
      for (const track of stream.getTracks()) track.stop();
      const form = button.form,
        transfer = new DataTransfer();
      transfer.items.add(new File(parts, "recorded", { type: recorder.mimeType }));
      form.elements.namedItem("file").files = transfer.files;
      button.textContent = "Sending …";
      form.requestSubmit(form.querySelector("button:not([type=button]):not([name])"));
    });
    recorder.start();
    live = { recorder, button };
    button.textContent = "Stop, and keep it";
  });
}
addEventListener("beforeunload", (event) => {
  if (live) event.preventDefault();
});
