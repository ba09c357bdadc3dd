"""Faults of single activities: for `solver.check`."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from solver.problem import Activity, Mode, Problem, Resource, Window
from solver.solution import Fault


def activity_faults(problem: Problem) -> Iterator[Fault]:
    """Ids that an activity names and are nowhere, numbers and windows that contradict each other."""
    resources = {each.id: each for each in problem.resources}
    known = {
        "person": {each.id for each in problem.people},
        "utility": {each.id for each in problem.utilities},
        "group": {each.id for each in problem.groups},
    }
    for activity in problem.activities:
        yield from _numbers(activity)
        yield from _windows(activity.id, activity.id, activity.windows)
        if (
            activity.release is not None
            and activity.deadline is not None
            and activity.deadline <= activity.release
        ):
            yield Fault(
                "window",
                activity.id,
                f"{activity.id}: deadline {activity.deadline} is not after release {activity.release}.",
            )
        yield from _modes(activity, resources)
        yield from _pausing(activity)
        yield from _people_and_draws(activity)
        for kind, ids in (
            ("person", activity.participants),
            ("utility", tuple(draw.utility for draw in activity.draws)),
            ("group", activity.groups),
        ):
            for each in sorted(set(ids) - known[kind]):
                yield Fault(f"unknown-{kind}", activity.id, f"{activity.id}: there is no {kind} {each!r}.")
        yield from _pin(activity, known["person"])
        yield from _windows(activity.id, f"{activity.id}, preferred", activity.preferred)
        for pin in activity.previous:
            if pin.duration < 1:
                yield Fault(
                    "not-positive",
                    activity.id,
                    f"{activity.id}: it stood before for {pin.duration} ticks; it must be at least 1.",
                )


def _numbers(activity: Activity) -> Iterator[Fault]:
    for what, number, at_least in (
        ("wish", activity.wish, 1),
        ("least", activity.least, 1),
        ("setup", activity.setup, 0),
        ("teardown", activity.teardown, 0),
        ("most parts", activity.most_parts, 1),
        ("least part", activity.least_part, 1),
        ("value", activity.value, 0),
        ("move cost", activity.move_cost, 0),
    ):
        if number < at_least:
            code = "negative" if number < 0 else "not-positive"
            yield Fault(
                code, activity.id, f"{activity.id}: {what} is {number}; it must be at least {at_least}."
            )


def _modes(activity: Activity, resources: dict[str, Resource]) -> Iterator[Fault]:
    if not activity.modes:
        yield Fault("no-mode", activity.id, f"{activity.id}: there is no mode to place it in.")
    for mode_id, times in Counter(mode.id for mode in activity.modes).items():
        if times > 1:
            yield Fault(
                "duplicate-id", activity.id, f"{activity.id}: there are {times} modes with id {mode_id!r}."
            )
    for mode in activity.modes:
        where = f"{activity.id}, mode {mode.id}"
        yield from _mode_resources(activity, mode, where, resources)
        yield from _mode_length(activity, mode, where)
        yield from _windows(activity.id, where, mode.windows)
        if mode.penalty < 0:
            yield Fault("negative", activity.id, f"{where}: the penalty is {mode.penalty}.")


def _mode_resources(
    activity: Activity, mode: Mode, where: str, resources: dict[str, Resource]
) -> Iterator[Fault]:
    for resource_id, times in Counter(mode.resources).items():
        if times > 1:
            yield Fault("duplicate-id", activity.id, f"{where}: {resource_id} is named {times} times.")
        if resource_id not in resources:
            yield Fault("unknown-resource", activity.id, f"{where}: there is no resource {resource_id!r}.")
    if mode.demands and len(mode.demands) != len(mode.resources):
        yield Fault(
            "demands",
            activity.id,
            f"{where}: {len(mode.demands)} demands for {len(mode.resources)} resources.",
        )
        return
    for resource_id, demand in zip(mode.resources, mode.demands, strict=False):
        if demand < 1:
            yield Fault("not-positive", activity.id, f"{where}: it demands {demand} of {resource_id}.")
        elif resource_id in resources and demand > resources[resource_id].capacity >= 1:
            yield Fault(
                "demand-above-capacity",
                activity.id,
                f"{where}: it demands {demand} of {resource_id}, capacity {resources[resource_id].capacity}.",
            )


def _mode_length(activity: Activity, mode: Mode, where: str) -> Iterator[Fault]:
    for what, own in (("wish", mode.wish), ("least", mode.least)):
        if own is not None and own < 1:
            yield Fault("not-positive", activity.id, f"{where}: {what} is {own}; it must be at least 1.")
    wish = activity.wish if mode.wish is None else mode.wish
    least = activity.least if mode.least is None else mode.least
    if least > wish:
        yield Fault("least-above-wish", activity.id, f"{where}: least {least} is more than wish {wish}.")


def _pausing(activity: Activity) -> Iterator[Fault]:
    """What a run that pauses cannot be besides: its end hangs on its start alone."""
    if activity.closed != "pause":
        return
    if activity.most_parts > 1:
        yield Fault(
            "pause",
            activity.id,
            f"{activity.id}: it may be in {activity.most_parts} parts and pauses while closed. "
            'Set most_parts to 1, or closed to "avoid".',
        )
    for mode in activity.modes:
        wish = activity.wish if mode.wish is None else mode.wish
        least = min(activity.least, wish) if mode.least is None else mode.least
        if least < wish:
            yield Fault(
                "pause",
                activity.id,
                f"{activity.id}, mode {mode.id}: its run takes {least} to {wish} ticks and pauses while "
                f'closed. Give it one length (least {wish}), or set closed to "avoid".',
            )


def _people_and_draws(activity: Activity) -> Iterator[Fault]:
    for need in activity.needs:
        if need.longest is not None and need.longest < 1:
            yield Fault(
                "not-positive",
                activity.id,
                f"{activity.id}: the longest duty with {need.qualification} is {need.longest} ticks; "
                "it must be at least 1.",
            )
        if need.count < 1:
            yield Fault(
                "not-positive",
                activity.id,
                f"{activity.id}: it needs {need.count} with {need.qualification}.",
            )
    for draw in activity.draws:
        if draw.amount < 1:
            yield Fault(
                "not-positive", activity.id, f"{activity.id}: it draws {draw.amount} of {draw.utility}."
            )
    for name in _repeated(activity.participants):
        yield Fault("duplicate-id", activity.id, f"{activity.id}: {name} is named twice as participant.")
    for group in _repeated(activity.groups):
        yield Fault("duplicate-id", activity.id, f"{activity.id}: group {group} is named twice.")


def _pin(activity: Activity, people: set[str]) -> Iterator[Fault]:
    pin = activity.pin
    if pin is None:
        return
    if pin.mode not in {mode.id for mode in activity.modes}:
        yield Fault(
            "unknown-mode", activity.id, f"{activity.id}: it is pinned in mode {pin.mode!r}, not its own."
        )
    if pin.duration < 1:
        yield Fault("not-positive", activity.id, f"{activity.id}: it is pinned for {pin.duration} ticks.")
    if pin.people is None:
        return
    if len(pin.people) != len(activity.needs):
        yield Fault(
            "pin-people",
            activity.id,
            f"{activity.id}: it is pinned with people for {len(pin.people)} of {len(activity.needs)} needs.",
        )
    for number, names in enumerate(pin.people):
        for name in sorted(set(names) - people):
            yield Fault("unknown-person", activity.id, f"{activity.id}: there is no person {name!r}.")
        if number < len(activity.needs) and activity.needs[number].longest is not None:
            continue  # whoever is relieved may come again
        for name in _repeated(names):
            yield Fault("duplicate-id", activity.id, f"{activity.id}: {name} is pinned twice on one need.")


def _windows(subject: str, where: str, windows: Iterable[Window]) -> Iterator[Fault]:
    for window in windows:
        if window.end <= window.start:
            yield Fault(
                "window",
                subject,
                f"{where}: a window from {window.start} to {window.end} is no time; it must end later.",
            )


def _repeated(names: Sequence[str]) -> list[str]:
    return [name for name, times in Counter(names).items() if times > 1]
