"""What activities could hold and when they could run: whoever has both in common competes."""

from solver.state.index import Index, Span, length


def things(index: Index, name: str, *, utilities: bool = False) -> frozenset[str]:
    """What the activity could hold, each marked by its kind in the first letter.

    Resources (r), qualifications (q), groups (g), participants (p), and with `utilities` these (u).
    """
    activity = index.activities[name]
    found = {f"r{resource}" for mode in activity.modes for resource in mode.resources}
    found |= {f"q{need.qualification}" for need in activity.needs}
    found |= {f"g{group}" for group in activity.groups}
    if utilities:
        found |= {f"u{draw.utility}" for draw in activity.draws}
    return frozenset(found | {f"p{person}" for person in activity.participants})


def span(index: Index, name: str) -> Span:
    """From the first tick at which the activity could start to the last at which it could end."""
    activity = index.activities[name]
    start = max(0, activity.release or 0)
    end = index.horizon if activity.deadline is None else min(index.horizon, activity.deadline)
    if activity.windows:
        start = max(start, min(window.start for window in activity.windows) - activity.setup)
        end = min(end, max(window.end for window in activity.windows) + activity.teardown)
    least = min((index.least(activity, mode) for mode in activity.modes), default=1)
    return start, max(end, start + length(activity, least))
