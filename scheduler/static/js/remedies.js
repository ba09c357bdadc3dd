/* Follows the search for what would place what a plan leaves out: its part of the page is fetched again. */
const POLL_MS = 3000;
const PLACE = "[data-not-placed]";

function isInUse(box) {
  // Nothing may move under the pointer or the focus: neither here, nor below where it would shift.
  const below = [box, ...document.querySelectorAll(`${PLACE} ~ *`)];
  return below.some((node) => node.matches(":hover") || node.contains(document.activeElement));
}

function swap(box, next) {
  const opened = new Set([...box.querySelectorAll("details[open]")].map((node) => node.dataset.more));
  for (const node of next.querySelectorAll("details")) node.open ||= opened.has(node.dataset.more);
  box.replaceWith(next);
}

function show(html) {
  const box = document.querySelector(PLACE);
  const made = document.createElement("template");
  made.innerHTML = html;
  const next = made.content.querySelector(PLACE);
  if (!next || next.dataset.mark === box.dataset.mark) return;
  if (!isInUse(box)) return swap(box, next);
  const news = box.querySelector("[data-news]");
  if (!news) return;
  news.hidden = false;
  news.onclick = () => swap(box, next);
}

async function look() {
  const box = document.querySelector(PLACE);
  if (!("looking" in box.dataset)) return;
  try {
    const answer = await fetch(box.dataset.notPlaced, { headers: { Accept: "text/html" } });
    if (answer.ok) show(await answer.text());
  } catch {
    // No connection: what stands there is the last that is known, and it is asked again.
  }
  setTimeout(look, POLL_MS);
}

setTimeout(look, POLL_MS);
