/* Places what the server wrote as minutes, writes the longest label that fits, folds and unfolds.
   Positions go through style.setProperty: the style-src of the pages refuses style attributes. */
import { isFoldedAt, longestThatFits, percentAt, spaced, unfolded } from "./timeline-geometry.js";

const LETTER = 13;        // width of the block with the kind's letter
const SPINE = 5;          // pattern beside it, for training and application
const PADDING = 5;
const MARK = 14;
const LEAST_FOR_LABEL = 26;
const LEAST_FOR_MARKS = 52;
const LEAST_FOR_WARNING = 28;
const LEAST_BETWEEN_HOURS = 24;

const pen = document.createElement("canvas").getContext("2d");

class Timeline {
  constructor(root) {
    this.root = root;
    this.folded = JSON.parse(root.dataset.segments);
    this.segments = this.folded;
    // The server's clock rules; this browser's may be wrong.
    this.ahead = root.dataset.now ? Date.parse(root.dataset.now) - Date.now() : 0;
    this.hours = [...root.querySelectorAll(".tl-hour")];
    for (const node of root.querySelectorAll("[data-lanes]")) node.style.setProperty("--lanes", node.dataset.lanes);
    for (const node of root.querySelectorAll("[data-lane]")) node.style.setProperty("--lane", node.dataset.lane);
    for (const node of root.querySelectorAll("[data-share]")) node.style.setProperty("--w", node.dataset.share);
    this.place();
    root.classList.add("is-placed");
    this.listen();
  }

  listen() {
    this.root.addEventListener("click", (event) => {
      const fold = event.target.closest(".tl-fold");
      const group = event.target.closest(".tl-group__name");
      if (fold) this.unfold(Number(fold.dataset.s), Number(fold.dataset.e));
      if (group) this.toggleGroup(group);
    });
    this.nights = document.querySelector(`[data-nights-of="${this.root.id}"]`);
    this.nights?.addEventListener("click", () => this.toggleNights());
    const list = document.querySelector(`[data-list-of="${this.root.id}"]`);
    list?.addEventListener("click", () => this.toggleList(list));
    new ResizeObserver(() => this.label()).observe(this.root);
    // A line that stood still would say that the day does.
    setInterval(() => this.moveNow(), 60_000);
  }

  place() {
    for (const node of this.root.querySelectorAll("[data-s]")) {
      const start = percentAt(this.segments, Number(node.dataset.s));
      node.style.setProperty("--s", start.toFixed(4));
      if (node.dataset.e) node.style.setProperty("--e", percentAt(this.segments, Number(node.dataset.e)).toFixed(4));
    }
    for (const line of this.root.querySelectorAll(".tl-line-hour")) {
      line.hidden = isFoldedAt(this.segments, Number(line.dataset.s));
    }
    const flag = this.root.querySelector(".tl-nowflag");
    flag?.classList.toggle("is-at-end", parseFloat(flag.style.getPropertyValue("--s")) > 98);
    for (const fold of this.root.querySelectorAll(".tl-fold, .tl-rule")) {
      fold.hidden = !isFoldedAt(this.segments, Number(fold.dataset.s));
    }
    for (const day of this.root.querySelectorAll(".tl-day.is-narrow, .tl-day.was-narrow")) {
      const narrow = isFoldedAt(this.segments, Number(day.dataset.s));
      day.classList.toggle("is-narrow", narrow);
      day.classList.toggle("was-narrow", !narrow);
    }
    this.label();
  }

  label() {
    const track = this.root.querySelector(".tl-days");
    const width = track.clientWidth;
    if (!width) return;
    pen.font = getComputedStyle(this.root).getPropertyValue("--tl-label-font");
    const measure = (text) => pen.measureText(text).width;
    for (const bar of this.root.querySelectorAll(".tl-bar")) this.labelBar(bar, this.room(bar, width), measure);
    for (const plate of this.root.querySelectorAll(".tl-plate")) {
      const room = this.room(plate.parentElement, width) - (plate.classList.contains("has-icon") ? 36 : 8);
      const text = longestThatFits(JSON.parse(plate.dataset.labels), room, measure);
      plate.lastElementChild.textContent = text;
      plate.hidden = !text;
    }
    for (const share of this.root.querySelectorAll(".tl-share")) {
      const day = share.parentElement;
      share.hidden = this.room(day, width) < day.querySelector("b").offsetWidth + 50;
    }
    for (const note of this.root.querySelectorAll(".tl-note")) {
      const day = note.parentElement;
      const room = this.room(day, width) - day.querySelector("b").offsetWidth - 40;
      const words = note.querySelector("[data-labels]");
      words.textContent = longestThatFits(JSON.parse(words.dataset.labels), room, measure);
    }
    const places = this.hours.map((hour) =>
      isFoldedAt(this.segments, Number(hour.dataset.s)) ? null : (percentAt(this.segments, Number(hour.dataset.s)) / 100) * width,
    );
    const kept = spaced(places.map((place) => (place === null || place > width - 8 ? null : place)), LEAST_BETWEEN_HOURS);
    this.hours.forEach((hour, index) => { hour.hidden = !kept[index]; });
  }

  labelBar(bar, room, measure) {
    const labels = JSON.parse(bar.dataset.labels);
    const spine = bar.classList.contains("is-t") || bar.classList.contains("is-a") ? SPINE : 0;
    const forText = room - LETTER - spine - PADDING;
    const marks = [...bar.querySelectorAll(".tl-mark")];
    // What needs repair says so down to the width of its letter.
    const broken = room < LEAST_FOR_WARNING ? [] : marks.filter((mark) => mark.matches(".is-broken .is-warn"));
    let shown = room < LEAST_FOR_MARKS ? broken : marks;
    let text = longestThatFits(labels, forText - shown.length * MARK, measure);
    if (!text) {
      // That it is frozen says less than what it is.
      shown = shown.filter((mark) => !mark.classList.contains("is-lock"));
      text = longestThatFits(labels, forText - shown.length * MARK, measure);
    }
    for (const mark of marks) mark.hidden = !shown.includes(mark);
    bar.querySelector(".tl-label > bdi").textContent = room < LEAST_FOR_LABEL ? "" : text;
  }

  room(node, width) {
    const share = parseFloat(node.style.getPropertyValue("--e")) - parseFloat(node.style.getPropertyValue("--s"));
    return (share / 100) * width;
  }

  unfold(from, until) {
    this.segments = unfolded(this.segments, from, until);
    this.place();
    this.tellNights();
  }

  toggleNights() {
    const all = this.segments.some(([from, until, width]) => width !== until - from);
    this.segments = all ? unfolded(this.folded, -Infinity, Infinity) : this.folded;
    this.place();
    this.tellNights();
  }

  tellNights() {
    const all = !this.segments.some(([from, until, width]) => width !== until - from);
    this.nights?.setAttribute("aria-pressed", String(all));
  }

  toggleList(button) {
    const shown = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(shown));
    this.root.hidden = shown;
    if (this.nights) this.nights.disabled = shown;
    document.getElementById(button.getAttribute("aria-controls")).classList.toggle("is-shown", shown);
  }

  toggleGroup(button) {
    const open = button.getAttribute("aria-expanded") !== "true";
    button.setAttribute("aria-expanded", String(open));
    document.getElementById(button.getAttribute("aria-controls")).hidden = !open;
  }

  moveNow() {
    const line = this.root.querySelector(".tl-now");
    if (!line) return;
    const now = Date.now() + this.ahead;
    const minute = Math.floor((now - Date.parse(this.root.dataset.began)) / 60_000);
    const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: this.root.dataset.zone });
    for (const node of this.root.querySelectorAll(".tl-now, .tl-nowflag")) {
      node.dataset.s = String(minute);
      node.style.setProperty("--s", percentAt(this.segments, minute).toFixed(4));
    }
    this.root.querySelector(".tl-nowflag b").textContent = clock.format(new Date(now));
  }
}

for (const root of document.querySelectorAll("[data-timeline]")) new Timeline(root);
