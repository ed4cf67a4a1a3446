// What the quick exit leads to: a calculator that calculates. Nothing here knows of testimonies.
const shown = document.getElementById("shown")!;
const keys = document.getElementById("keys")!;
let typed = "";
let kept: number | null = null;
let pending = "";

const apply = (a: number, b: number): number =>
  pending === "+" ? a + b : pending === "−" ? a - b : pending === "×" ? a * b : b === 0 ? NaN : a / b;

function press(key: string): void {
  if (/[0-9.]/.test(key)) {
    if (!(key === "." && typed.includes("."))) typed += key;
  } else if (key === "C") {
    [typed, kept, pending] = ["", null, ""];
  } else {
    if (typed !== "") kept = kept !== null && pending ? apply(kept, Number(typed)) : Number(typed);
    [pending, typed] = [key === "=" ? "" : key, ""];
  }
  shown.textContent =
    typed || (kept === null ? "0" : Number.isNaN(kept) ? "Error" : String(Number(kept.toPrecision(10))));
}

for (const key of "789÷456×123−0.=+C") {
  const button = document.createElement("button");
  button.textContent = key;
  button.addEventListener("click", () => press(key));
  keys.append(button);
}
