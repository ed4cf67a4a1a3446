// A field to sign in with a finger.

import { h } from "./dom";
import { t } from "./words";

export interface Signature {
  canvas: HTMLCanvasElement;
  clear: () => void;
  isSigned(): boolean;
  png(): Promise<ArrayBuffer>;
}

export function signature(): Signature {
  const canvas = h("canvas", { class: "sign", width: "600", height: "200", "aria-label": t("sign") });
  const context = canvas.getContext("2d")!;
  let isSigned = false;
  const clear = () => {
    context.fillStyle = "#fff";
    context.fillRect(0, 0, canvas.width, canvas.height);
    isSigned = false;
  };
  clear();
  let from: [number, number] | null = null;
  const at = (event: PointerEvent): [number, number] => {
    const box = canvas.getBoundingClientRect();
    return [
      ((event.clientX - box.left) / box.width) * canvas.width,
      ((event.clientY - box.top) / box.height) * canvas.height,
    ];
  };
  canvas.addEventListener("pointerdown", (event) => {
    from = at(event);
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!from) return;
    const to = at(event);
    context.strokeStyle = "#14161f";
    context.lineWidth = 4;
    context.lineCap = "round";
    context.beginPath();
    context.moveTo(...from);
    context.lineTo(...to);
    context.stroke();
    from = to;
    isSigned = true;
  });
  canvas.addEventListener("pointerup", () => {
    from = null;
  });
  const png = () =>
    new Promise<ArrayBuffer>((resolve, reject) =>
      canvas.toBlob(
        (blob) => (blob ? resolve(blob.arrayBuffer()) : reject(new Error("signature"))),
        "image/png",
      ),
    );
  return { canvas, clear, isSigned: () => isSigned, png };
}
