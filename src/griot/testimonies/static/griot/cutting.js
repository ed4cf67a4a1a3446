// The cutting room. The form's fields hold the truth, as text, and are what is saved; this draws them as subtitles beside the
// recording and under the shape of its sound, and writes every change back into them.

const form = document.getElementById("cutting");
const player = document.getElementById("player");
const canvas = document.getElementById("shape");
const list = document.getElementById("cues");
const said = document.getElementById("said");
const told = document.getElementById("told");
const keys = document.getElementById("keys");
const field = (name) => form.elements.namedItem(name);
const FAST = 20; // characters a second that few can read
const SHORT = 0.1; // seconds

let length = Number(form.dataset.seconds) || 1;
let peaks = [];
let cues = [];
let at = -1; // the subtitle that acts mean
let from = null; // where something that is not to be heard begins
let shown = { begins: 0, seconds: Math.min(30, length) };
let past = [];
let isSaved = true;

// --- times and WebVTT, as the server reads them ------------------------------------------------

const clock = (s) => {
  const t = Math.round(s * 1000);
  return `${Math.floor(t / 60000)}:${String(Math.floor(t / 1000) % 60).padStart(2, "0")}.${String(t % 1000).padStart(3, "0")}`;
};
const long = (s) => {
  const t = Math.round(s * 1000);
  const two = (n) => String(n).padStart(2, "0");
  return `${two(Math.floor(t / 3600000))}:${two(Math.floor(t / 60000) % 60)}:${two(Math.floor(t / 1000) % 60)}.${String(t % 1000).padStart(3, "0")}`;
};
function seconds(text) {
  const found = /^\s*(?:(?:(\d+):)?(\d+):)?(\d+)(?:[.,](\d{1,3}))?\s*$/.exec(text);
  return found
    ? Number(found[1] ?? 0) * 3600 +
        Number(found[2] ?? 0) * 60 +
        Number(found[3]) +
        Number((found[4] ?? "0").padEnd(3, "0")) / 1000
    : null;
}
// WebVTT writes three signs as references; who edits sees the signs.
const SIGNS = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };
const plain = (text) =>
  text.replace(/&(?:amp|lt|gt);/g, (written) => Object.keys(SIGNS).find((sign) => SIGNS[sign] === written));
const written = (text) => text.replace(/[&<>]/g, (sign) => SIGNS[sign]);
function parse(text) {
  const found = [];
  for (const block of text.replace(/\r\n?/g, "\n").split(/\n{2,}/)) {
    const lines = block.split("\n");
    const n = lines.findIndex((line) => line.includes("-->"));
    if (n < 0) continue;
    const [begins, ends] = lines[n].split("-->").map((part) => seconds(part.trim().split(/\s+/)[0]));
    if (begins !== null && ends !== null && ends > begins)
      found.push({
        begins,
        ends,
        text: plain(
          lines
            .slice(n + 1)
            .join("\n")
            .trim(),
        ),
      });
  }
  return found.sort((a, b) => a.begins - b.begins);
}
const write = () =>
  cues.some((c) => c.text.trim())
    ? `WEBVTT\n\n${cues
        .filter((c) => c.text.trim())
        .map(
          (c) => `${long(c.begins)} --> ${long(c.ends)}\n${written(c.text.trim().replace(/\n{2,}/g, "\n"))}`,
        )
        .join("\n\n")}\n`
    : "";
const spans = () =>
  field("bleeps")
    .value.split("\n")
    .map((line) => line.trim().split(/\s+/).map(seconds))
    .filter((pair) => pair.length === 2 && pair.every((v) => v !== null));

// --- changing, and taking back -----------------------------------------------------------------

const NAMES = ["subtitles", "chapters", "begins", "ends", "still", "bleeps"];
const now = () => Object.fromEntries(NAMES.map((name) => [name, field(name).value]));
function change(act, words = "") {
  const before = { ...now(), at };
  act();
  cues.sort((a, b) => a.begins - b.begins);
  if (list) field("subtitles").value = write();
  if (NAMES.some((name) => before[name] !== field(name).value)) {
    past.push(before);
    past = past.slice(-200);
    isSaved = false;
  }
  say(words);
  draw();
}
function undo() {
  const before = past.pop();
  if (!before) return say("There is nothing to undo.");
  for (const name of NAMES) field(name).value = before[name];
  cues = parse(field("subtitles").value);
  at = Math.min(before.at, cues.length - 1);
  say("Undone.");
  drawList();
  draw();
}
const say = (words) => {
  told.textContent = words;
};
const time = () => player?.currentTime ?? 0;
const cueAt = (moment) => cues.findIndex((c) => c.begins <= moment && moment < c.ends);

const ACTS = {
  " ": () => (player.paused ? player.play() : player.pause()),
  n: () =>
    list &&
    change(() => {
      const begins = time(),
        next = cues.find((c) => c.begins > begins);
      const cue = { begins, ends: Math.min(begins + 3, next ? next.begins : length), text: "" };
      cues.push(cue);
      cues.sort((a, b) => a.begins - b.begins);
      at = cues.indexOf(cue);
      drawList();
      list.children[at].querySelector("textarea").focus();
    }),
  i: () =>
    edit((cue) => {
      cue.begins = Math.min(time(), cue.ends - SHORT);
    }),
  o: () =>
    edit((cue) => {
      cue.ends = Math.max(time(), cue.begins + SHORT);
    }),
  x: () =>
    edit(() => {
      cues.splice(at, 1);
      at = Math.min(at, cues.length - 1);
    }, "Removed."),
  m: () =>
    edit((cue) => {
      const next = cues[at + 1];
      if (!next) return;
      cue.ends = next.ends;
      cue.text = [cue.text, next.text].filter(Boolean).join("\n");
      cues.splice(at + 1, 1);
    }),
  s: () =>
    edit((cue) =>
      split(cue, time(), Math.round((cue.text.length * (time() - cue.begins)) / (cue.ends - cue.begins))),
    ),
  b: () => {
    if (from === null) {
      from = time();
      return say(`Not to be heard from ${clock(from)}: press b again where it ends.`);
    }
    const [begins, ends] = [from, time()].sort((a, b) => a - b);
    from = null;
    if (ends - begins < SHORT) return say("That is too short.");
    change(
      () => {
        field("bleeps").value = [...spans(), [begins, ends]]
          .sort((a, b) => a[0] - b[0])
          .map((pair) => pair.map(clock).join(" "))
          .join("\n");
      },
      `Not to be heard: ${clock(begins)} to ${clock(ends)}.`,
    );
  },
  "[": () =>
    change(() => {
      field("begins").value = clock(time());
    }, "It begins here."),
  "]": () =>
    change(() => {
      field("ends").value = clock(time());
    }, "It ends here."),
  p: () =>
    change(() => {
      field("still").value = clock(time());
    }, "This picture is its still."),
  c: () => {
    if (!list) return;
    const line = `${clock(time()).replace(/\.\d+$/, "")} `;
    change(() => {
      field("chapters").value = [field("chapters").value.trimEnd(), line].filter(Boolean).join("\n");
    });
    field("chapters").focus();
  },
  u: undo,
  "+": () => zoom(0.5),
  "-": () => zoom(2),
  "−": () => zoom(2),
  "?": () => keys.showModal(),
  ArrowLeft: (event) => seek(time() - (event.shiftKey ? 0.1 : 1)),
  ArrowRight: (event) => seek(time() + (event.shiftKey ? 0.1 : 1)),
  ArrowUp: () => go(at - 1),
  ArrowDown: () => go(at + 1),
  Enter: () => list?.children[at]?.querySelector("textarea").focus(),
};
function edit(act, words = "") {
  if (!cues[at]) return say("Choose a subtitle first: ↑ and ↓.");
  change(() => act(cues[at]), words);
  drawList();
}
function split(cue, moment, letter) {
  const middle =
    moment > cue.begins + SHORT && moment < cue.ends - SHORT ? moment : (cue.begins + cue.ends) / 2;
  const space = Math.max(0, cue.text.lastIndexOf(" ", Math.max(1, letter)));
  const cutAt = space || letter;
  cues.splice(at + 1, 0, { begins: middle, ends: cue.ends, text: cue.text.slice(cutAt).trim() });
  cue.ends = middle;
  cue.text = cue.text.slice(0, cutAt).trim();
}
function seek(moment) {
  if (player) player.currentTime = Math.max(0, Math.min(length, moment));
}
function go(n) {
  if (!cues.length) return;
  at = Math.max(0, Math.min(cues.length - 1, n));
  seek(cues[at].begins);
  mark();
  draw();
}
function zoom(by) {
  const wide = Math.max(3, Math.min(length, shown.seconds * by));
  shown = { begins: Math.max(0, Math.min(length - wide, time() - wide / 2)), seconds: wide };
  draw();
}

// --- drawing -----------------------------------------------------------------------------------

function drawList() {
  if (!list) return;
  list.replaceChildren(
    ...cues.map((cue, n) => {
      const row = document.createElement("li");
      const input = (name, label) => {
        const made = document.createElement("input");
        made.type = "text";
        made.value = clock(cue[name]);
        made.setAttribute("aria-label", `${label} ${n + 1}`);
        made.addEventListener("change", () => {
          const moment = seconds(made.value);
          const fits = moment !== null && (name === "begins" ? moment < cue.ends : moment > cue.begins);
          if (!fits) {
            made.value = clock(cue[name]);
            return say("A time like 1:05.2 is expected, and it has to begin before it ends.");
          }
          change(() => {
            cue[name] = moment;
            at = cues.indexOf(cue);
          });
          drawList();
        });
        return made;
      };
      const rate = document.createElement("span");
      rate.className = "cut-rate";
      const words = document.createElement("textarea");
      words.value = cue.text;
      words.rows = Math.max(1, cue.text.split("\n").length);
      words.dir = "auto";
      words.setAttribute("aria-label", `Words of subtitle ${n + 1}`);
      const pace = () => {
        const speed = Math.round(cue.text.replace(/\s/g, " ").length / (cue.ends - cue.begins));
        rate.textContent = `${speed}/s`;
        rate.title = "characters a second";
        rate.classList.toggle("is-fast", speed > FAST);
      };
      pace();
      words.addEventListener("focus", () => {
        at = cues.indexOf(cue);
        mark();
        draw();
      });
      words.addEventListener("input", () => {
        change(() => {
          cue.text = words.value;
        });
        pace();
      });
      words.addEventListener("keydown", (event) => {
        const [a, b] = [words.selectionStart, words.selectionEnd];
        if (event.key === "Escape") {
          words.blur();
          event.stopPropagation();
        } else if (event.ctrlKey && event.key === "b" && b > a) {
          event.preventDefault();
          change(() => {
            cue.text =
              words.value = `${words.value.slice(0, a)}{${words.value.slice(a, b).replace(/[{}]/g, "")}}${words.value.slice(b)}`;
          }, "Neither heard nor read.");
        } else if (event.ctrlKey && event.key === "Enter") {
          event.preventDefault();
          change(() => split(cue, time(), a));
          drawList();
        } else if (event.ctrlKey && event.key === " ") {
          event.preventDefault();
          ACTS[" "]();
        }
      });
      const remove = document.createElement("button");
      remove.type = "button";
      remove.className = "button button-small button-secondary no";
      remove.textContent = "×";
      remove.setAttribute("aria-label", `Remove subtitle ${n + 1}`);
      remove.addEventListener("click", () => {
        at = cues.indexOf(cue);
        ACTS.x();
      });
      row.append(input("begins", "Begin of subtitle"), input("ends", "End of subtitle"), rate, remove, words);
      row.addEventListener("click", (event) => {
        if (event.target === row || event.target === rate) go(cues.indexOf(cue));
      });
      return row;
    }),
  );
  mark();
}
function mark() {
  if (!list) return;
  for (const [n, row] of [...list.children].entries())
    n === at ? row.setAttribute("aria-current", "true") : row.removeAttribute("aria-current");
  const row = list.children[at];
  if (row && list.scrollHeight > list.clientHeight)
    list.scrollTop = row.offsetTop - list.offsetTop - list.clientHeight / 3;
}
function draw() {
  const width = canvas.clientWidth,
    height = canvas.clientHeight,
    ratio = devicePixelRatio || 1;
  if (!width) return;
  canvas.width = width * ratio;
  canvas.height = height * ratio;
  const pen = canvas.getContext("2d");
  pen.scale(ratio, ratio);
  const style = getComputedStyle(canvas),
    ink = style.color;
  const x = (moment) => ((moment - shown.begins) / shown.seconds) * width;
  pen.fillStyle = ink;
  pen.globalAlpha = 0.55;
  for (let n = 0; n < width; n += 2) {
    const first = Math.floor(((shown.begins + (n / width) * shown.seconds) / length) * peaks.length);
    const last = Math.max(
      first + 1,
      Math.floor(((shown.begins + ((n + 2) / width) * shown.seconds) / length) * peaks.length),
    );
    const loud = (Math.max(0, ...peaks.slice(first, last)) / 100) * (height - 34);
    pen.fillRect(n, (height - 30) / 2 - loud / 2, 1.5, Math.max(1, loud));
  }
  for (const [n, cue] of cues.entries()) {
    pen.globalAlpha = n === at ? 0.9 : 0.45;
    pen.fillStyle = "#b4552d";
    pen.fillRect(x(cue.begins), height - 26, Math.max(2, x(cue.ends) - x(cue.begins) - 1), 22);
    pen.globalAlpha = 1;
    pen.fillStyle = "#fff";
    pen.font = "12px sans-serif";
    pen.save();
    pen.beginPath();
    pen.rect(x(cue.begins), height - 26, x(cue.ends) - x(cue.begins), 22);
    pen.clip();
    pen.fillText(cue.text.replace(/\n/g, " "), x(cue.begins) + 4, height - 11);
    pen.restore();
  }
  pen.globalAlpha = 0.35;
  pen.fillStyle = "#c22";
  for (const [begins, ends] of spans()) pen.fillRect(x(begins), 0, x(ends) - x(begins), height - 30);
  pen.globalAlpha = 0.3;
  pen.fillStyle = "#888";
  const begins = seconds(field("begins").value),
    ends = seconds(field("ends").value);
  if (begins !== null) pen.fillRect(0, 0, x(begins), height);
  if (ends !== null) pen.fillRect(x(ends), 0, width, height);
  pen.globalAlpha = 1;
  pen.fillStyle = "#1d7792";
  pen.fillRect(x(time()) - 1, 0, 2, height);
  pen.fillStyle = ink;
  pen.font = "11px sans-serif";
  pen.fillText(clock(shown.begins).replace(/\.\d+$/, ""), 4, 11);
  const end = clock(shown.begins + shown.seconds).replace(/\.\d+$/, "");
  pen.fillText(end, width - pen.measureText(end).width - 4, 11);
}

// --- hands on the shape ------------------------------------------------------------------------

const momentOf = (event) =>
  shown.begins + ((event.clientX - canvas.getBoundingClientRect().left) / canvas.clientWidth) * shown.seconds;
let held = null;
canvas.addEventListener("pointerdown", (event) => {
  const moment = momentOf(event),
    near = (shown.seconds * 6) / canvas.clientWidth;
  const cue = cues.find((c) => Math.abs(c.begins - moment) < near || Math.abs(c.ends - moment) < near);
  const isLow = event.clientY - canvas.getBoundingClientRect().top > canvas.clientHeight - 30;
  if (cue && isLow) {
    held = { cue, edge: Math.abs(cue.begins - moment) < near ? "begins" : "ends", before: { ...now(), at } };
    canvas.setPointerCapture(event.pointerId);
  } else {
    seek(moment);
    const n = cueAt(moment);
    if (n >= 0) {
      at = n;
      mark();
    }
    draw();
  }
});
canvas.addEventListener("pointermove", (event) => {
  if (!held) return;
  const moment = Math.max(0, momentOf(event));
  held.cue[held.edge] =
    held.edge === "begins"
      ? Math.min(moment, held.cue.ends - SHORT)
      : Math.max(moment, held.cue.begins + SHORT);
  draw();
});
canvas.addEventListener("pointerup", () => {
  if (!held) return;
  past.push(held.before);
  held = null;
  cues.sort((a, b) => a.begins - b.begins);
  field("subtitles").value = write();
  isSaved = false;
  drawList();
  draw();
});

// --- beginning ---------------------------------------------------------------------------------

const isText = (element) =>
  element.matches("input:not([type=checkbox]), textarea, select, [contenteditable]");
document.addEventListener(
  "keydown",
  (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "s") {
      event.preventDefault();
      form.requestSubmit();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || keys.open || isText(event.target)) return;
    if (event.target.matches("button, a, summary, video, audio") && [" ", "Enter"].includes(event.key))
      return;
    const act = ACTS[event.key];
    if (!act || (!player && [" ", "n", "i", "o", "s", "b", "[", "]", "p", "c"].includes(event.key))) return;
    event.preventDefault();
    event.stopPropagation();
    act(event);
  },
  true,
);
for (const button of document.querySelectorAll("[data-act]"))
  button.addEventListener("click", (event) => ACTS[button.dataset.act](event));
for (const name of NAMES)
  field(name).addEventListener("change", () => {
    isSaved = false;
    draw();
  });
document.getElementById("undo").addEventListener("click", undo);
document.getElementById("keys-open").addEventListener("click", () => keys.showModal());
document.getElementById("take-in")?.addEventListener("change", async (event) => {
  const [file] = event.target.files;
  if (!file) return;
  const found = file.size < 512 * 1024 ? parse(await file.text()) : [];
  event.target.value = "";
  if (!found.length) return say("No subtitles could be read in that file: WebVTT or SRT is expected.");
  change(() => {
    cues = found;
    at = 0;
  }, `${found.length} subtitles taken in. Undo brings back what was there.`);
  drawList();
});
document.getElementById("give-out")?.addEventListener("click", (event) => {
  event.currentTarget.href = URL.createObjectURL(new Blob([write()], { type: "text/vtt" }));
});
player?.addEventListener("timeupdate", () => {
  const moment = time(),
    n = cueAt(moment);
  said.textContent = n >= 0 ? cues[n].text : "";
  if (n >= 0 && n !== at && !player.paused) {
    at = n;
    mark();
  }
  if (moment < shown.begins || moment > shown.begins + shown.seconds * 0.9)
    shown.begins = Math.max(0, Math.min(length - shown.seconds, moment - shown.seconds * 0.1));
  draw();
});
player?.addEventListener("seeked", draw);
player?.addEventListener("loadedmetadata", () => {
  if (Number.isFinite(player.duration)) {
    length = Math.max(length, player.duration);
    draw();
  }
});
form.addEventListener("submit", () => {
  isSaved = true;
});
addEventListener("beforeunload", (event) => {
  if (!isSaved) event.preventDefault();
});
addEventListener("resize", draw);

cues = list ? parse(field("subtitles").value) : [];
const isReadable = !list || !field("subtitles").value.trim() || cues.length > 0; // otherwise the text itself has to be mended
form.classList.toggle(
  "is-live",
  isReadable && !document.querySelector(".cut-subtitles .errorlist, .cut-subtitles .error-message"),
);
for (const hidden of form.querySelectorAll(".cut-tools, #undo, #keys-open")) hidden.hidden = false;
canvas.hidden = false;
drawList();
draw();
if (form.dataset.shape) {
  const answer = await fetch(form.dataset.shape);
  if (answer.ok) {
    const found = await answer.json();
    peaks = found.peaks;
    length = Math.max(length, found.seconds);
    draw();
  }
}
