// The quick way out: a recording is kept, the key is forgotten, and what is on the screen is a calculator.

import { endRecording } from "./sheet";
import { forgetKey } from "./vault";

const PATIENCE = 700; // milliseconds that a recording's last piece may take: whoever leaves is in a hurry

export function leave(): void {
  void Promise.race([endRecording(), new Promise((resolve) => setTimeout(resolve, PATIENCE))]).finally(() => {
    forgetKey();
    location.replace("/capture/exit.html");
  });
}
