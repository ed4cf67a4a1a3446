// The quick way out: what was told is kept, the key is forgotten, and what is on the screen is a calculator.

import { endRecording } from "./sheet";
import { forgetKey } from "./vault";
import { keepWords } from "./written";

const PATIENCE = 700; // milliseconds that the last of it may take: whoever leaves is in a hurry

export function leave(): void {
  const kept = Promise.allSettled([keepWords(), endRecording()]);
  void Promise.race([kept, new Promise((resolve) => setTimeout(resolve, PATIENCE))]).finally(() => {
    forgetKey();
    location.replace("/capture/exit.html");
  });
}
