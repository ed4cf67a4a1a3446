// The editor's desk. The server draws everything; this moves between stories, sends what the editor
// does, shows it at once and takes it back with the server's words when it is refused.

const desk = document.getElementById("desk");
const list = document.getElementById("desk-stories");
const storyPane = document.getElementById("story-pane");
const issuePane = document.getElementById("issue-pane");
const toast = document.getElementById("desk-toast");
const pill = document.getElementById("desk-pill");
const keys = document.getElementById("desk-keys");
const token = desk.querySelector("[name=csrfmiddlewaretoken]").value;
const asked = new URLSearchParams(location.search);
asked.set("state", desk.dataset.state);
asked.delete("story");
const narrow = matchMedia("(max-width: 60rem)");
const SECTIONS = ["press_review", "trending", "opinion"];

let current = list.querySelector(".desk-row");
let opened = storyPane.querySelector(".desk-story")?.dataset.story ?? null;
let loading = null; // the story that is on its way
let ended = list.children.length < Number(desk.dataset.page);
let offset = list.children.length;
let since = desk.dataset.now;
let fresh = [];
let toastTimer;

const rowOf = (story) => document.getElementById(`row-${story}`);
const address = (name, pk) => desk.dataset[`${name}Url`].replace("/0/", `/${pk}/`);
const fragment = (html) => document.createRange().createContextualFragment(html);

function say(words, canUndo = false, isError = false) {
  document.getElementById("desk-said").textContent = words;
  toast.hidden = false;
  toast.classList.toggle("is-error", isError);
  toast.firstElementChild.textContent = words;
  toast.querySelector("[data-undo]").hidden = !canUndo;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(
    () => {
      toast.hidden = true;
    },
    isError ? 12000 : 6000,
  );
}

// --- moving through the list ---------------------------------------------------------------

function select(row, { focus = true, open = true } = {}) {
  if (!row) return;
  current?.classList.remove("is-current");
  current?.querySelector(".desk-open").removeAttribute("aria-current");
  current = row;
  row.classList.add("is-current");
  const link = row.querySelector(".desk-open");
  link.setAttribute("aria-current", "true");
  if (focus) link.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
  if (open) openSoon(row.dataset.story);
  if (!ended && rowsAfter(row) < 10) more();
}

function rowsAfter(row) {
  let n = 0;
  for (let next = row.nextElementSibling; next && n < 10; next = next.nextElementSibling) n += 1;
  return n;
}

function beside(row, step) {
  let next = row;
  do {
    next = step > 0 ? next?.nextElementSibling : next?.previousElementSibling;
  } while (next?.hidden);
  return next;
}

async function down() {
  if (!beside(current, 1) && !ended) await more();
  select(beside(current, 1));
}

let openTimer;
function openSoon(story) {
  // a held-down key passes by stories without asking for each
  clearTimeout(openTimer);
  loading = story;
  openTimer = setTimeout(() => open(story), 90);
}

async function open(story) {
  clearTimeout(openTimer);
  if (!story) return;
  loading = story;
  try {
    if (opened === story) return;
    storyPane.setAttribute("aria-busy", "true");
    const answer = await fetch(address("story", story));
    if (loading !== story || opened === story) return;
    if (answer.redirected) say("You are no longer signed in. Sign in again in another tab.", false, true);
    else if (answer.ok) draw(await answer.text(), story);
    else say(await answer.text(), false, true);
  } catch {
    say("The newsroom can’t be reached; what you see may be old.", false, true);
  } finally {
    if (loading === story) {
      loading = null;
      storyPane.removeAttribute("aria-busy");
    }
  }
}

// Forms in which words stand that are not saved, with the version they began from, by story: whatever
// is drawn meanwhile, they stay as they are.
const unsaved = new Map();

function draw(html, story) {
  const before = storyPane.querySelector(".desk-story")?.dataset;
  const form = storyPane.querySelector(".desk-edit:not([hidden])");
  const focused = form?.contains(document.activeElement) ? document.activeElement : null;
  if (form) unsaved.set(before.story, { form, version: before.version });
  else unsaved.delete(before?.story);
  storyPane.replaceChildren(fragment(html));
  storyPane.scrollTop = 0;
  opened = String(story);
  const kept = unsaved.get(opened);
  const drawn = storyPane.querySelector(".desk-edit");
  if (!kept || !drawn) return;
  drawn.replaceWith(kept.form);
  storyPane.querySelector(".desk-story").dataset.version = kept.version;
  storyPane.querySelector(".desk-text").hidden = true;
  if (kept.form === form) focused?.focus();
}

let waiting = null;
function more() {
  // one page at a time; who asks meanwhile waits for the same
  if (!ended)
    waiting ??= load().finally(() => {
      waiting = null;
    });
  return waiting;
}

async function load() {
  const here = new URLSearchParams(asked);
  here.set("from", offset);
  let answer;
  try {
    answer = await fetch(`${desk.dataset.rowsUrl}?${here}`);
  } catch {
    say("The newsroom can’t be reached: no more stories came. The next key asks again.", false, true);
    return;
  }
  if (answer.redirected) {
    say("You are no longer signed in. Sign in again in another tab.", false, true);
    return;
  }
  if (!answer.ok) {
    say("No more stories came, for an error of ours. The next key asks again.", false, true);
    return;
  }
  const found = fragment(await answer.text()).querySelectorAll(".desk-row");
  offset += found.length;
  ended = found.length < Number(desk.dataset.page);
  for (const row of found) if (!rowOf(row.dataset.story)) list.append(row);
}
new IntersectionObserver(
  (seen) => {
    if (seen[0].isIntersecting) more();
  },
  { rootMargin: "600px" },
).observe(document.getElementById("desk-empty").parentElement.appendChild(document.createElement("div")));

function showPane(name) {
  const isIssue = name === "issue";
  issuePane.hidden = !isIssue;
  storyPane.hidden = isIssue;
  desk.classList.toggle("shows-issue", isIssue);
  desk.querySelector("[data-open-issue]").setAttribute("aria-expanded", String(isIssue));
}

function toStory() {
  showPane("story");
  desk.classList.add("shows-story");
  if (narrow.matches) storyPane.querySelector("h2")?.focus();
}

function toList() {
  desk.classList.remove("shows-story");
  showPane("story");
  current?.querySelector(".desk-open").focus();
}

// --- acting --------------------------------------------------------------------------------

// Acts go to the server one after the other, as they were done; `underway` is the last of them. An undo
// that was meant for an act that is refused undoes nothing.
let underway = null;
function send(data) {
  const before = underway;
  const sent = (async () => {
    const last = await before;
    return data.kind === "undo" && last && !last.ok ? last : post(data);
  })();
  underway = sent;
  sent.finally(() => {
    if (underway === sent) underway = null;
  });
  return sent;
}

async function post(data) {
  let answer;
  try {
    answer = await fetch(desk.dataset.actUrl, {
      method: "POST",
      body: JSON.stringify(data),
      headers: { "Content-Type": "application/json", "X-CSRFToken": token },
    });
  } catch {
    return { ok: false, body: { message: "The newsroom can’t be reached. Nothing was changed; try again." } };
  }
  if (answer.redirected)
    return {
      ok: false,
      body: { message: "You are no longer signed in. Sign in again in another tab; nothing is lost here." },
    };
  let body;
  try {
    body = await answer.json();
  } catch {
    body = { message: `The newsroom answered with an error (${answer.status}). Nothing was changed.` };
  }
  return { ok: answer.ok, status: answer.status, body };
}

function redraw(body, { pane = true } = {}) {
  if (body.issue) issuePane.replaceChildren(fragment(body.issue));
  const placed = issuePane.querySelectorAll(".desk-placed [data-story]").length;
  for (const n of desk.querySelectorAll("[data-placed]")) n.textContent = placed;
  if (body.totals) count(body.totals);
  for (const gone of body.gone ?? []) rowOf(gone)?.remove();
  if (!body.story) return;
  const row = rowOf(body.story);
  const drawn = fragment(body.row).querySelector(".desk-row");
  if (row && drawn) {
    const isCurrent = row === current;
    const isMarked = row.querySelector(".desk-mark").checked;
    const hadFocus = row.contains(document.activeElement);
    drawn.hidden = !belongs(drawn);
    row.replaceWith(drawn);
    drawn.querySelector(".desk-mark").checked = isMarked;
    if (isCurrent) select(drawn, { focus: hadFocus, open: false });
  }
  if (pane && String(body.story) === opened) draw(body.pane, body.story);
}

const belongs = (row) =>
  ["told", "all"].includes(asked.get("state")) || asked.get("state") === (row.dataset.decision || "open");

function count(totals) {
  for (const [state, n] of Object.entries(totals)) {
    const tab = desk.querySelector(`[data-total="${state}"] span`);
    if (tab) tab.textContent = n;
  }
  document.getElementById("desk-empty").hidden = [...list.children].some((row) => !row.hidden);
}

// Shown before the server has answered; taken back where it refuses.
const DECIDED = { accept: "accepted", discard: "discarded", later: "later", reopen: "" };
async function decide(kind, extra = {}) {
  const row = current;
  const story = narrow.matches || !row ? opened : row.dataset.story;
  if (!story) return;
  const mine = rowOf(story);
  const seen = mine?.dataset.decision ?? storyPane.querySelector(".desk-story")?.dataset.decision ?? "";
  const next = mine && (beside(mine, 1) ?? beside(mine, -1));
  if (mine) {
    mine.dataset.decision = DECIDED[kind];
    mine.hidden = !belongs(mine);
    if (mine.hidden && next) select(next, { open: !narrow.matches });
  }
  const { ok, body } = await send({ kind, story: Number(story), seen, ...extra });
  if (ok) {
    redraw(body);
    say(body.message, true);
    if (narrow.matches && desk.classList.contains("shows-story")) toList();
  } else {
    if (mine) {
      mine.dataset.decision = seen;
      mine.hidden = !belongs(mine);
    }
    redraw(body);
    if (mine) select(rowOf(story), { open: true });
    say(body.message, false, true);
  }
}

async function simple(data) {
  const { ok, body } = await send(data);
  redraw(body);
  say(body.message, ok && data.kind !== "undo", !ok);
  return ok;
}

async function undo() {
  const { ok, body } = await send({ kind: "undo" });
  redraw(body);
  say(body.message, false, !ok);
  if (ok && body.story) {
    if (!rowOf(body.story)) list.prepend(fragment(body.row));
    const row = rowOf(body.story);
    row.hidden = false;
    if (opened !== String(body.story)) draw(body.pane, body.story);
    select(row, { open: false });
  }
}

function marked() {
  return [...list.querySelectorAll(".desk-mark:checked")].map((box) =>
    Number(box.closest(".desk-row").dataset.story),
  );
}

async function merge() {
  const others = marked().filter((story) => String(story) !== current?.dataset.story);
  if (!current) return;
  for (const story of others) rowOf(story).hidden = true;
  const isDone = await simple({ kind: "merge", story: Number(current.dataset.story), with: others });
  for (const story of others) {
    const row = rowOf(story);
    if (row) row.hidden = !belongs(row);
  }
  if (isDone) {
    for (const box of list.querySelectorAll(".desk-mark:checked")) box.checked = false;
  }
}

function splitting(isOn) {
  for (const label of storyPane.querySelectorAll(".desk-split")) label.hidden = !isOn;
  const how = document.getElementById("desk-split-how");
  if (how) how.hidden = !isOn;
  if (isOn) storyPane.querySelector(".desk-split input")?.focus();
}

async function split() {
  const boxes = [...storyPane.querySelectorAll(".desk-split input")];
  if (boxes.length < 2) {
    say("A split needs a story with at least two articles.", false, true);
    return;
  }
  if (boxes[0].closest("label").hidden) {
    splitting(true);
    return;
  }
  const articles = boxes.filter((box) => box.checked).map((box) => Number(box.value));
  await simple({ kind: "split", story: Number(opened), articles });
}

// --- editing -------------------------------------------------------------------------------

async function edit() {
  if (loading) await open(loading); // its neighbour still stands there
  const form = storyPane.querySelector(".desk-edit");
  if (!form) return;
  form.hidden = false;
  storyPane.querySelector(".desk-text").hidden = true;
  const box = form.elements.body;
  box.focus();
  box.setSelectionRange(box.value.length, box.value.length);
}

async function wordings(n) {
  // the first press shows them, the next takes one
  if (loading) await open(loading);
  const place = storyPane.querySelector(".desk-wordings");
  if (!place) return;
  if (place.childElementCount) {
    const chosen = place.querySelectorAll("[data-wording]")[n];
    if (chosen) await take(chosen);
    else say("There is no such wording.", false, true);
    return;
  }
  place.textContent = "Looking for other wordings …";
  const story = opened;
  try {
    const answer = await fetch(address("wordings", story));
    if (opened !== story) return;
    if (answer.ok && !answer.redirected) place.replaceChildren(fragment(await answer.text()));
    else place.textContent = "No other wordings came. Try again.";
  } catch {
    place.textContent = "The newsroom can’t be reached. Try again.";
  }
}

function take(button) {
  const { story, version } = storyPane.querySelector(".desk-story").dataset;
  return simple({
    kind: "edit",
    story: Number(story),
    version: Number(version),
    body: button.dataset.wording,
    outlets: button.dataset.outlets.split(" ").filter(Boolean),
  });
}

// The line drafted anew as another kind of piece; what was written is behind the undo.
async function tellAs(form) {
  const { story, version } = form.closest(".desk-story").dataset;
  const piece = form.elements.piece.value;
  const { ok, body } = await send({ kind: "tell_as", story: Number(story), version: Number(version), piece });
  if (ok) form.hidden = true; // drafted over: nothing unsaved is kept of it
  redraw(body);
  say(body.message, ok, !ok);
}

function leaveEdit() {
  const form = storyPane.querySelector(".desk-edit");
  if (!form || form.hidden) return false;
  form.reset();
  form.hidden = true;
  storyPane.querySelector(".desk-text").hidden = false;
  current?.querySelector(".desk-open").focus();
  return true;
}

async function save(form) {
  const story = form.closest(".desk-story");
  const written = {
    body: form.elements.body.value,
    mention: form.elements.mention.value,
    piece: form.elements.piece.value,
  };
  const shown = story.querySelector(".desk-text");
  shown.dataset.saving = `${[...form.querySelectorAll(".desk-chips li span")].map((s) => s.textContent).join(", ")} ${written.body} ${written.mention}`;
  form.hidden = true; // the words stand there at once; the check follows
  shown.hidden = false;
  const { ok, status, body } = await send({
    kind: "edit",
    story: Number(story.dataset.story),
    version: Number(story.dataset.version),
    ...written,
    outlets: [...form.querySelectorAll(".desk-chips li")].map((chip) => chip.dataset.url),
  });
  if (ok) {
    redraw(body);
    say(body.message, true);
    current?.querySelector(".desk-open").focus();
    return;
  }
  const { story: pk, version } = story.dataset;
  if (opened !== pk) {
    // the editor went on meanwhile: the words wait there
    form.hidden = false;
    unsaved.set(pk, { form, version });
  } else if (status === 409 && body.pane) {
    // theirs above, ours in the box, and the version that we now have seen
    redraw(body);
    const again = storyPane.querySelector(".desk-edit");
    again.hidden = false;
    again.elements.body.value = written.body;
    again.elements.mention.value = written.mention;
    again.elements.piece.value = written.piece;
    const conflict = again.querySelector(".desk-conflict");
    conflict.hidden = false;
    conflict.textContent = body.message;
    again.elements.body.focus();
  } else {
    delete shown.dataset.saving;
    form.hidden = false;
    shown.hidden = true;
    form.elements.body.focus();
  }
  say(body.message, false, true);
}

function chip(button) {
  const item = button.closest("li");
  const step = button.dataset.chip;
  if (step === "x") {
    item.parentElement.children.length > 1
      ? item.remove()
      : say("A line names at least one outlet.", false, true);
    return;
  }
  const other = step === "-1" ? item.previousElementSibling : item.nextElementSibling;
  if (other) {
    step === "-1" ? other.before(item) : other.after(item);
    button.focus();
  }
}

function addChip(choice) {
  if (!choice.value) return;
  const chips = choice.closest("form").querySelector(".desk-chips");
  const item = chips.querySelector("li").cloneNode(true);
  const name = choice.selectedOptions[0].textContent.replace(" (copy)", "");
  item.dataset.url = choice.value;
  item.querySelector("span").textContent = name;
  item.querySelectorAll("button").forEach((b) => b.setAttribute("aria-label", `${b.textContent} ${name}`));
  chips.append(item);
  choice.selectedOptions[0].remove();
  choice.value = "";
}

// --- the issue -----------------------------------------------------------------------------

function move(story, data) {
  return simple({ kind: "move", story: Number(story), ...data });
}

async function moveBy(line, step) {
  const item = line.closest("[data-story]");
  if (!item) return;
  const story = item.dataset.story;
  const beside = step < 0 ? item.previousElementSibling : item.nextElementSibling;
  if (!beside) return;
  step < 0 ? beside.before(item) : beside.after(item); // at once; a refusal draws it back
  if (await move(story, { by: step }))
    issuePane.querySelector(`[data-story="${story}"] .desk-placed-line`)?.focus();
}

let dragged = null;
issuePane.addEventListener("dragstart", (event) => {
  dragged = event.target.closest?.("[data-story]");
  event.dataTransfer.effectAllowed = "move";
});
issuePane.addEventListener("dragover", (event) => {
  const over = event.target.closest(".desk-placed li");
  if (!dragged || !over) return;
  event.preventDefault();
  const half = over.getBoundingClientRect();
  event.clientY < half.top + half.height / 2 ? over.before(dragged) : over.after(dragged);
});
issuePane.addEventListener("drop", (event) => {
  if (!dragged) return;
  event.preventDefault();
  const lines = dragged.closest(".desk-placed");
  const index = [...lines.querySelectorAll("[data-story], [data-index]")]
    .filter((li) => li.matches("li"))
    .indexOf(dragged);
  move(dragged.dataset.story, { section: lines.dataset.section, index });
  dragged = null;
});

// --- what others do ------------------------------------------------------------------------

async function beat() {
  if (document.hidden) return;
  const here = new URLSearchParams(asked);
  here.set("since", since);
  if (opened) here.set("story", opened);
  try {
    const answer = await fetch(`${desk.dataset.pulseUrl}?${here}`);
    if (!answer.ok || answer.redirected) return;
    const found = await answer.json();
    since = found.now;
    count(found.totals);
    fresh = [...new Set([...fresh, ...found.fresh.filter((story) => !rowOf(story) || rowOf(story).hidden)])];
    pill.hidden = fresh.length === 0;
    pill.textContent = `${fresh.length} new`;
    const known = [...found.changed, ...found.fresh].filter((story) => rowOf(story) && !rowOf(story).hidden);
    if (known.length) await refresh(known);
    for (const mark of list.querySelectorAll(".desk-here")) mark.remove();
    desk.querySelector("[data-here]").textContent = found.here.length
      ? `At the desk: ${found.here.map(({ name }) => name).join(", ")}.`
      : "";
    for (const { name, story } of found.here) {
      const facts = rowOf(story)?.querySelector(".desk-facts");
      if (facts) {
        const mark = document.createElement("em");
        mark.className = "desk-here";
        mark.textContent = `${name} is here`;
        facts.append(mark);
      }
    }
  } catch {
    /* the next beat tries again */
  }
}

async function refresh(stories) {
  const answer = await fetch(
    `${desk.dataset.rowsUrl}?${new URLSearchParams({ ...Object.fromEntries(asked), only: stories.join(",") })}`,
  );
  if (!answer.ok) return;
  for (const drawn of fragment(await answer.text()).querySelectorAll(".desk-row")) {
    const row = rowOf(drawn.dataset.story);
    if (!row) continue;
    drawn.querySelector(".desk-mark").checked = row.querySelector(".desk-mark").checked;
    if (row === current) {
      // one's place is not taken away
      const hadFocus = row.contains(document.activeElement);
      row.replaceWith(drawn);
      select(drawn, { focus: hadFocus, open: false });
    } else {
      drawn.hidden = !belongs(drawn);
      row.replaceWith(drawn);
    }
  }
  const isEditing = storyPane.querySelector(".desk-edit:not([hidden])");
  if (stories.map(String).includes(opened) && !isEditing) {
    const story = opened;
    opened = null;
    open(story);
  }
}

async function showFresh() {
  if (!fresh.length) return;
  const answer = await fetch(
    `${desk.dataset.rowsUrl}?${new URLSearchParams({ ...Object.fromEntries(asked), only: fresh.join(",") })}`,
  );
  if (!answer.ok) return;
  const rows = fragment(await answer.text());
  const first = rows.querySelector(".desk-row");
  for (const row of rows.querySelectorAll(".desk-row")) rowOf(row.dataset.story)?.remove();
  list.prepend(rows);
  fresh = [];
  pill.hidden = true;
  count({});
  select(first);
}
setInterval(beat, 8000);
document.addEventListener("visibilitychange", beat);

// --- keys and clicks -----------------------------------------------------------------------

// A claim's article, opened at the passage that bears it out.
async function read(claim) {
  const { article, passage } = claim.dataset;
  const place = storyPane.querySelector(`.desk-article[data-pk="${article}"]`);
  if (!place) {
    say("This article stands further down than the desk shows: open it at its outlet.", false, true);
    return;
  }
  for (const mark of storyPane.querySelectorAll(".desk-article.is-read")) mark.classList.remove("is-read");
  place.classList.add("is-read");
  place.scrollIntoView({ block: "nearest" });
  const title = place.querySelector("h3");
  const bare = (words) => words.replace(/\s+/g, " ").trim();
  if (bare(title.textContent) === bare(passage)) {
    title.tabIndex = -1;
    title.focus();
    return;
  }
  try {
    const answer = await fetch(`${address("article", article)}?${new URLSearchParams({ passage })}`);
    if (!answer.ok || answer.redirected) throw new Error();
    const words = place.querySelector(".desk-words");
    words.replaceChildren(fragment(await answer.text()));
    const mark = words.querySelector("mark");
    (mark ?? place).scrollIntoView({ block: "center" });
    mark?.focus({ preventScroll: true });
  } catch {
    say("The article could not be opened; try again.", false, true);
  }
}

// Be on the story that is open, or no longer.
async function toggleMine() {
  if (loading) await open(loading);
  const choice = storyPane.querySelector("[data-assign]");
  if (!choice) return;
  const me = choice.querySelector("[data-me]").value;
  assign(choice.value === me ? "" : me);
}

async function assign(to) {
  const hadFocus = document.activeElement?.matches("[data-assign]");
  await simple({ kind: "assign", story: Number(opened), to });
  if (hadFocus) storyPane.querySelector("[data-assign]")?.focus();
}

// By keys, a choice passes by colleagues: what counts is where it stays.
let isPassing = false;
function settle(choice) {
  if (!isPassing) return;
  isPassing = false;
  if (choice.value !== choice.dataset.was) assign(choice.value);
}
storyPane.addEventListener("focusout", (event) => {
  if (event.target.matches("[data-assign]")) settle(event.target);
});

const KEYS = {
  j: down,
  k: () => select(beside(current, -1)),
  a: () => decide("accept"),
  d: () => decide("discard"),
  l: () => decide("later"),
  e: edit,
  o: () => wordings(0),
  p: () => wordings(1),
  m: merge,
  t: toggleMine,
  s: split,
  u: undo,
  n: showFresh,
  x: () => {
    const box = current?.querySelector(".desk-mark");
    if (box) {
      box.checked = !box.checked;
      say(box.checked ? "Marked" : "Not marked");
    }
  },
  i: () => {
    showPane(issuePane.hidden ? "issue" : "story");
    desk.classList.add("shows-story");
    (issuePane.hidden ? storyPane : issuePane).querySelector("h2")?.focus();
  },
  "/": () => document.getElementById("desk-q").focus(),
  "?": () => keys.showModal(),
  1: () => toSection(0),
  2: () => toSection(1),
  3: () => toSection(2),
  Enter: () => toStory(),
};

function toSection(n) {
  const line = document.activeElement.closest?.("#issue-pane [data-story]");
  const story = line?.dataset.story ?? current?.dataset.story;
  if (!story) return;
  if (!issuePane.querySelector(`[data-story="${story}"]`)) decide("accept", { section: SECTIONS[n] });
  else move(story, { section: SECTIONS[n] });
}

addEventListener(
  "keydown",
  (event) => {
    const target = event.target;
    const isTyping = target.matches("input:not([type=checkbox]), textarea, select");
    if (event.key === "Escape") {
      if (keys.open) return;
      if (leaveEdit()) {
        event.preventDefault();
        return;
      }
      splitting(false);
      if (isTyping) target.blur();
      else if (narrow.matches) toList();
      return;
    }
    if (isTyping) {
      if (target.matches("[data-assign]")) {
        if (event.key === "Enter") settle(target);
        else if (event.key !== "Tab") isPassing = true;
      }
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && target.form?.matches(".desk-edit")) {
        event.preventDefault();
        target.form.requestSubmit();
      }
      return;
    }
    if (
      event.altKey &&
      (event.key === "ArrowUp" || event.key === "ArrowDown") &&
      target.matches(".desk-placed-line")
    ) {
      event.preventDefault();
      moveBy(target, event.key === "ArrowUp" ? -1 : 1);
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || keys.open || document.querySelector("dialog[open]"))
      return;
    if ((event.key === "Enter" || event.key === " ") && target.matches(".claim[data-article]")) {
      event.preventDefault();
      read(target);
      return;
    }
    if (event.key === "Enter" && !target.matches(".desk-open")) return;
    const act = KEYS[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopImmediatePropagation(); // the frame around us has shortcuts of its own
    act();
  },
  true,
);

desk.addEventListener("click", (event) => {
  const found = (selector) => event.target.closest(selector);
  let hit;
  if ((hit = found(".desk-open"))) {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    select(hit.closest(".desk-row"), { open: false });
    open(current.dataset.story);
    toStory();
  } else if ((hit = found("[data-act]"))) decide(hit.dataset.act);
  else if (found("[data-edit]")) edit();
  else if (found("[data-wordings]")) wordings(0);
  else if ((hit = found("[data-wording]"))) take(hit);
  else if ((hit = found("[data-tell]"))) tellAs(hit.form);
  else if (found("[data-cancel]")) leaveEdit();
  else if (found("[data-undo]")) undo();
  else if (found("[data-keys]")) keys.showModal();
  else if (found("[data-open-issue]")) KEYS.i();
  else if (found("[data-back]")) {
    event.preventDefault();
    toList();
  } else if ((hit = found("[data-chip]"))) chip(hit);
  else if (found("[data-split]")) split();
  else if (found("[data-split-cancel]")) splitting(false);
  else if ((hit = found("[data-move]"))) moveBy(hit, Number(hit.dataset.move));
  else if ((hit = found("[data-translate]"))) translate(hit);
  else if ((hit = found("[data-article]"))) read(hit);
});
pill.addEventListener("click", showFresh);
desk.addEventListener("change", (event) => {
  if (event.target.matches(".desk-add")) addChip(event.target);
  if (event.target.matches("[data-assign]") && !isPassing) assign(event.target.value);
});
desk.addEventListener("submit", (event) => {
  if (event.target.matches(".desk-edit")) {
    event.preventDefault();
    save(event.target);
  } else if (event.target.matches("[data-vouch]")) {
    event.preventDefault();
    simple({
      kind: "vouch",
      story: Number(opened),
      claim: event.target.dataset.vouch,
      why: event.target.elements.why.value,
    });
  } else if (event.target.matches(".desk-articles")) event.preventDefault();
});

async function translate(button) {
  button.disabled = true;
  const words = button.nextElementSibling;
  const lead = button.previousElementSibling;
  const answer = await fetch(address("translate", button.dataset.translate), {
    method: "POST",
    headers: { "X-CSRFToken": token },
  });
  words.hidden = false;
  words.textContent = answer.ok ? `${await answer.text()} (translated by machine)` : await answer.text();
  if (answer.ok) lead.remove(); // the whole begins with it
  button.remove();
}

const fold = () => (desk.querySelector(".desk-filters details").open = !narrow.matches);
if (narrow.matches) fold();
narrow.addEventListener("change", fold);
if (current) select(current, { focus: !narrow.matches, open: false });
else if (opened && rowOf(opened)) select(rowOf(opened), { open: false });
if (opened && rowOf(opened)) select(rowOf(opened), { focus: !narrow.matches, open: false });

// The desk has its own list of keys; Wagtail's would open over it.
window.addEventListener("keypress", (event) => event.key === "?" && event.stopPropagation(), true);
