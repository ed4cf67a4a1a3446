// Part of the service worker: when the network is back while the app is not in front, the browser wakes us, and we wake the app.
// What is told is sealed with a key that only the unlocked app has: without it there is nothing that could be sent.
self.addEventListener("sync", (event) => {
  if (event.tag !== "send") return;
  event.waitUntil(
    self.clients
      .matchAll({ type: "window" })
      .then((windows) => windows.forEach((one) => one.postMessage("send"))),
  );
});
