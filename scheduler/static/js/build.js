/* Follows a build: server-sent events, or a question every 2 s where they do not come through. */
import { path, range, steps, ticks } from "./curve-geometry.js";

const SVG = "http://www.w3.org/2000/svg";
const WORDS = { queued: "Waiting for a worker", running: "Improving", done: "Built", failed: "The build failed", cancelled: "Called off" };
const POLL_MS = 2000;
const number = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

const box = document.querySelector("[data-build]");
const find = (name) => box.querySelector(`[data-${name}]`);
let facts = JSON.parse(box.dataset.build);
let heardAt = performance.now();

function show(next) {
  const wasOver = facts.is_over;
  const wasState = facts.state;
  facts = next;
  heardAt = performance.now();
  setText(find("state"), WORDS[facts.state] + (facts.stop_requested && !facts.is_over ? ", stopping" : ""));
  setText(find("placed"), facts.placed ?? "·");
  setText(find("solutions"), number.format(facts.solutions));
  setText(find("gap"), gapWords());
  find("stop").hidden = facts.is_over || facts.stop_requested;
  find("stop").querySelector("button").lastChild.textContent = facts.state === "running" ? "Stop, keep the best" : "Call it off";
  find("done").hidden = facts.state !== "done";
  box.querySelector(".mk-pulse").hidden = facts.is_over;
  const alone = document.querySelector("[data-alone]");
  if (facts.state !== "queued") alone.hidden = true;
  else if ("is_waiting_alone" in facts) alone.hidden = !facts.is_waiting_alone;
  showSeconds();
  draw();
  // What failed is explained by the server, with its remedy.
  if (facts.is_over && !wasOver && facts.state !== "done") location.reload();
  if (facts.state !== wasState && facts.state === "done") find("done").querySelector("a").focus();
}

function setText(node, text) {
  if (node.textContent !== String(text)) node.textContent = text;
}

function gapWords() {
  if (facts.gap === null) return "·";
  return facts.gap < 0.0005 ? "proven best" : `${(facts.gap * 100).toFixed(1)} %`;
}

function secondsNow() {
  return facts.state === "running" ? facts.seconds + (performance.now() - heardAt) / 1000 : facts.seconds;
}

function showSeconds() {
  setText(find("seconds"), Math.round(Math.min(secondsNow(), Math.max(facts.time_limit_seconds, facts.seconds))));
}

function draw() {
  const svg = find("curve");
  const width = svg.clientWidth || 600;
  const height = svg.clientHeight || 150;
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.replaceChildren();
  const history = facts.history;
  if (!history.length) {
    svg.setAttribute("aria-label", "No plan yet");
    return text(svg, width / 2, height / 2, "The first plan shows here", "middle", "mk-c-tick");
  }
  const mirrored = getComputedStyle(svg).direction === "rtl";
  const [low, high] = range(history);
  const end = facts.is_over ? Math.max(facts.seconds, 1) : Math.max(secondsNow(), 1);
  const whole = facts.is_over ? end : Math.max(facts.time_limit_seconds, end);
  const area = { left: 52, right: width - 108, top: 8, bottom: height - 22 };
  const along = (seconds) => area.left + (Math.min(seconds, whole) / whole) * (area.right - area.left);
  const x = (seconds) => (mirrored ? width - along(seconds) : along(seconds));
  const y = (value) => area.bottom - ((Math.min(Math.max(value, low), high) - low) / (high - low)) * (area.bottom - area.top);
  const place = ([seconds, value]) => [x(seconds), y(value)];
  for (const value of ticks(low, high)) {
    add(svg, "line", { class: "mk-c-grid", x1: x(0), x2: x(whole), y1: y(value), y2: y(value) });
    text(svg, mirrored ? x(0) + 6 : x(0) - 6, y(value) + 3.5, number.format(value), mirrored ? "start" : "end", "mk-c-tick");
  }
  for (const share of [0, 0.5, 1]) text(svg, x(whole * share), height - 6, `${whole < 4 ? (whole * share).toFixed(1) : Math.round(whole * share)} s`, "middle", "mk-c-tick");
  const best = steps(history.map(([seconds, value]) => [seconds, value]), end);
  const bounds = history.filter(([, , bound]) => bound !== null).map(([seconds, , bound]) => [seconds, bound]);
  const bound = steps(bounds, end);
  if (bound.length) {
    const from = Math.max(best[0][0], bound[0][0]);
    const under = best.filter(([seconds]) => seconds >= from);
    add(svg, "path", { class: "mk-c-gap", d: `${path([...bound, ...under.reverse()], place)}Z` });
    add(svg, "path", { class: "mk-c-bound", d: path(bound, place) });
  }
  add(svg, "path", { class: "mk-c-best", d: path(best, place) });
  label(svg, best, bound, place, mirrored);
  const words = bound.length ? ` and proven bound ${number.format(bound.at(-1)[1])}` : "";
  svg.setAttribute("aria-label", `Best plan ${number.format(best.at(-1)[1])}${words} after ${Math.round(end)} s`);
  showRows(history);
}

function label(svg, best, bound, place, mirrored) {
  const [bx, by] = place(best.at(-1));
  const side = mirrored ? "end" : "start";
  const away = mirrored ? -9 : 9;
  let boundAt = null;
  if (bound.length) {
    const [dx, dy] = place(bound.at(-1));
    boundAt = Math.min(dy + 3.5, by - 9);
    add(svg, "path", { class: "mk-c-diamond", d: `M${dx} ${dy - 4}l4 4-4 4-4-4z` });
    text(svg, dx + away, Math.max(boundAt, 12), `bound ${number.format(bound.at(-1)[1])}`, side, "mk-c-label");
  }
  add(svg, "circle", { class: "mk-c-ring", cx: bx, cy: by, r: 3.5 });
  const bestAt = boundAt === null ? by + 3.5 : Math.max(by + 3.5, Math.max(boundAt, 12) + 13);
  text(svg, bx + away, bestAt, `best ${number.format(best.at(-1)[1])}`, side, "mk-c-label");
}

function showRows(history) {
  const rows = document.querySelector("[data-rows]");
  for (const [seconds, best, bound] of history.slice(rows.rows.length)) {
    const row = rows.insertRow();
    for (const words of [`${seconds.toFixed(1)} s`, number.format(best), bound === null ? "·" : number.format(bound)]) {
      const cell = row.insertCell();
      cell.className = "mk-num";
      cell.textContent = words;
    }
  }
}

function add(svg, name, attributes) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  svg.append(node);
  return node;
}

function text(svg, x, y, words, anchor, look) {
  add(svg, "text", { x, y, "text-anchor": anchor, class: look }).textContent = words;
}

function follow() {
  const stream = new EventSource(box.dataset.events);
  let misses = 0;
  stream.addEventListener("progress", (event) => {
    misses = 0;
    show(JSON.parse(event.data));
    if (facts.is_over) stream.close();
  });
  stream.addEventListener("error", () => {
    misses += 1;
    // A stream ends itself after a minute and is opened again; one that never opens is given up.
    if (misses < 3 && stream.readyState !== EventSource.CLOSED) return;
    stream.close();
    if (!facts.is_over) ask();
  });
}

async function ask() {
  try {
    const answer = await fetch(box.dataset.json, { headers: { Accept: "application/json" } });
    if (answer.ok) show(await answer.json());
  } catch {
    // No connection: what stands there is the last that is known, and it is asked again.
  }
  if (!facts.is_over) setTimeout(ask, POLL_MS);
}

async function lookForWorker() {
  if (facts.state !== "queued") return;
  const answer = await fetch(box.dataset.json, { headers: { Accept: "application/json" } });
  if (answer.ok) show(await answer.json());
}

new ResizeObserver(draw).observe(find("curve"));
draw();
if (!facts.is_over) {
  follow();
  setInterval(showSeconds, 500);
  setInterval(() => { if (facts.state === "running") draw(); }, 1000);
  setInterval(lookForWorker, 5000);
}
