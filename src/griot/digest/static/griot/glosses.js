// What foreign words say, asked for as they come into view: a few at a time, one question after the other.

const desk = document.getElementById("desk");
const hint = document.getElementById("desk-gloss-why");
const token = desk.querySelector("[name=csrfmiddlewaretoken]").value;
const AT_ONCE = 12;
const wanted = new Set();
let isAsking = false;

const places = (mark) => desk.querySelectorAll(`[data-gloss="${mark}"]`);

function tell(mark, words) {
  wanted.delete(mark);
  for (const place of places(mark)) {
    place.removeAttribute("data-gloss");
    if (words) place.querySelector("[data-words]").textContent = words;
    else place.remove();
  }
}

async function post(marks) {
  const answer = await fetch(desk.dataset.glossesUrl, {
    method: "POST",
    body: JSON.stringify(marks),
    headers: { "Content-Type": "application/json", "X-CSRFToken": token },
  });
  if (answer.redirected || !answer.ok) throw new Error("no glosses came");
  return answer.json();
}

async function ask() {
  if (isAsking) return;
  isAsking = true;
  try {
    while (wanted.size) {
      const marks = [...wanted].slice(0, AT_ONCE);
      const { said, left, why } = await post(marks);
      for (const mark of marks) if (!left.includes(mark)) tell(mark, said[mark]);
      if (why.length) hint.textContent = why.join(" ");
      if (why.length) hint.hidden = false;
    }
  } catch {
    for (const mark of wanted) tell(mark, ""); // the words stand as they are; the next page asks again
  } finally {
    isAsking = false;
  }
}

const seen = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    seen.unobserve(target);
    if (target.dataset.gloss) wanted.add(target.dataset.gloss);
  }
  ask();
});

function watch() {
  for (const place of desk.querySelectorAll("[data-gloss]")) seen.observe(place);
}
new MutationObserver(watch).observe(desk, { childList: true, subtree: true });
watch();
