/* Where things stand on a timeline: pure functions, no page.
   A segment is [from, until, width] in minutes; a folded one is drawn at another width than its length. */

/** Share of the axis, in percent, at which a minute lies; inside a folded segment in proportion. */
export function percentAt(segments, minute) {
  const total = segments.reduce((sum, [, , width]) => sum + width, 0);
  let before = 0;
  for (const [from, until, width] of segments) {
    if (minute < until) {
      const share = Math.max(0, minute - from) / (until - from);
      return ((before + share * width) / total) * 100;
    }
    before += width;
  }
  return 100;
}

/** Whether a minute lies where no time is drawn at its true width. */
export function isFoldedAt(segments, minute) {
  return segments.some(([from, until, width]) => width !== until - from && from <= minute && minute < until);
}

/** The same segments with those between two minutes drawn at full width. */
export function unfolded(segments, fromMinute, untilMinute) {
  return segments.map(([from, until, width]) =>
    from >= fromMinute && until <= untilMinute ? [from, until, until - from] : [from, until, width],
  );
}

/** The first of the labels, the longest first, that fits into `room` pixels; empty if none does. */
export function longestThatFits(labels, room, measure) {
  return labels.find((label) => measure(label) <= room) ?? "";
}

/** Which of the positions (pixels, rising) keep `least` pixels from the one kept before; null is left out. */
export function spaced(positions, least) {
  let last = -Infinity;
  return positions.map((position) => {
    if (position === null || position - last < least) return false;
    last = position;
    return true;
  });
}
