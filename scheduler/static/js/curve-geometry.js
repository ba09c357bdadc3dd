/* The curve of a build: pure functions. A point of the history is [seconds, best, bound or null]. */

/** Steps as [x, y] corners: each value holds from its moment to the next one's, the last until `end`. */
export function steps(points, end) {
  const corners = [];
  points.forEach(([seconds, value], index) => {
    if (index) corners.push([seconds, points[index - 1][1]]);
    corners.push([seconds, value]);
  });
  if (points.length) corners.push([Math.max(end, points.at(-1)[0]), points.at(-1)[1]]);
  return corners;
}

/** Lowest and highest value of the picture: from the first plan, not from 0; a wild first bound is cut. */
export function range(history) {
  const first = history[0][1];
  const last = history.at(-1)[1];
  const bounds = history.map(([, , bound]) => bound).filter((bound) => bound !== null);
  const final = bounds.at(-1) ?? last;
  const span = Math.max(final - first, last - first, Math.abs(last) * 0.01, 1);
  const high = Math.min(Math.max(last, ...bounds), first + span * 1.6);
  return [first - span * 0.08, Math.max(high, last) + span * 0.08];
}

/** Two or three round numbers between `low` and `high`. */
export function ticks(low, high) {
  const rough = (high - low) / 3;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough);
  const found = [];
  for (let value = Math.ceil(low / step) * step; value <= high; value += step) found.push(value);
  return found;
}

/** "M x y L x y ..." through corners, mapped by `place`. */
export function path(corners, place) {
  return corners.map((corner, index) => `${index ? "L" : "M"}${place(corner).map((part) => part.toFixed(1)).join(" ")}`).join("");
}
