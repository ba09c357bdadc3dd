"""Where an activity could stand in a plan, by loops over intervals: no masks, and no code of the engine.

Knows the rules of the made-up weeks and what comes with them; duty limits and rest are not among them.
"""

from collections.abc import Iterator

from solver.problem import Activity, Mode, Person, Problem
from solver.solution import Assignment

ALL = (
    "window",
    "calendar",
    "outage",
    "changeover",
    "busy",
    "group",
    "participant",
    "precedence",
    "utility",
    "people",
)


class Plain:
    """A plan, and what each rule says about one more part in it."""

    def __init__(self, problem, parts):
        self.problem = problem
        self.activities = {a.id: a for a in problem.activities}
        self.resources = {r.id: r for r in problem.resources}
        self.people = {p.id: p for p in problem.people}
        self.utilities = {u.id: u for u in problem.utilities}
        self.parts = []
        self.held = {r.id: [] for r in problem.resources}
        self.duties = {p.id: [] for p in problem.people}
        self.taking = {p.id: [] for p in problem.people}
        self.drawn = {u.id: [0] * problem.horizon for u in problem.utilities}
        self.on_day = {}
        self.running = {g.id: [] for g in problem.groups}
        for part in parts:
            self.add(part)

    def add(self, part):
        a = self.activities[part.activity]
        mode = next(m for m in a.modes if m.id == part.mode)
        self.parts.append(part)
        whole, run = phase(a, "all", part.start, part.duration), phase(a, "run", part.start, part.duration)
        for i, name in enumerate(mode.resources):
            units = mode.demands[i] if mode.demands else 1
            self.held[name].append((*whole, a.configuration, units))
        for need, names in zip(a.needs, part.people, strict=False):
            for person in names:
                self.duties[person].append(phase(a, need.phase, part.start, part.duration))
        for person in a.participants:
            self.taking[person].append(run)
        for draw in a.draws:
            begin, end = phase(a, draw.phase, part.start, part.duration)
            for tick in range(max(0, begin), min(end, self.problem.horizon)):
                self.drawn[draw.utility][tick] += draw.amount
            key = (draw.utility, day_of(self.problem, begin))
            self.on_day[key] = self.on_day.get(key, 0) + (draw.amount if begin < end else 0)
        for group in a.groups:
            self.running[group].append(run)

    def places(self, activity: Activity, rules=ALL, runs=None) -> Iterator[Assignment]:
        """Every place of one part that the rules allow, with the first people that can do it."""
        for mode in activity.modes:
            least = mode.least or min(activity.least, mode.wish or activity.wish)
            for run in runs or range(least, (mode.wish or activity.wish) + 1):
                total = activity.setup + run + activity.teardown
                for start in range(self.problem.horizon - total + 1):
                    if all(self.allows(rule, activity, mode, start, run) for rule in ALL if rule in rules):
                        names = self.names(activity, start, run) if "people" in rules else ()
                        yield Assignment(activity.id, 1, mode.id, start, run, names)

    def first(self, activity: Activity, rules=ALL, runs=None) -> Assignment | None:
        return next(self.places(activity, rules, runs), None)

    def allows(self, rule, a: Activity, mode: Mode, start, run) -> bool:
        return getattr(self, "_" + rule)(a, mode, start, run)

    def _window(self, a, mode, start, run):
        whole, inner = phase(a, "all", start, run), phase(a, "run", start, run)
        if a.release is not None and whole[0] < a.release:
            return False
        if a.deadline is not None and whole[1] > a.deadline:
            return False
        for windows in (a.windows, mode.windows):
            for binds, span in (("run", inner), ("whole", whole)):
                those = [w for w in windows if w.binds == binds]
                if those and not any(w.start <= span[0] and span[1] <= w.end for w in those):
                    return False
        return True

    def _calendar(self, a, mode, start, run):
        whole = range(*phase(a, "all", start, run))
        for name in mode.resources:
            hours = self.resources[name].open
            if hours is not None and not all(any(w.start <= t < w.end for w in hours) for t in whole):
                return False
        return True

    def _outage(self, a, mode, start, run):
        whole = phase(a, "all", start, run)
        return not any(
            meet(whole, (w.start, w.end)) for name in mode.resources for w in self.resources[name].outages
        )

    def _busy(self, a, mode, start, run):
        whole = phase(a, "all", start, run)
        for i, name in enumerate(mode.resources):
            capacity, units = self.resources[name].capacity, mode.demands[i] if mode.demands else 1
            near = [held for held in self.held[name] if meet(held[:2], whole)]
            if capacity == 1 and near:
                return False
            for tick in range(*whole) if near else ():
                if units + sum(held[3] for held in near if held[0] <= tick < held[1]) > capacity:
                    return False
        return True

    def _changeover(self, a, mode, start, run):
        begin, end = phase(a, "all", start, run)
        for name in mode.resources:
            resource = self.resources[name]
            if resource.capacity != 1:
                continue
            gaps = {(c.before, c.after): c.ticks for c in resource.changeovers}
            if begin < gaps.get((resource.configuration, a.configuration), 0):
                return False
            for other_begin, other_end, configuration, _ in self.held[name]:
                after = other_end + gaps.get((configuration, a.configuration), 0)
                if not (begin >= after or end + gaps.get((a.configuration, configuration), 0) <= other_begin):
                    return False
        return True

    def _group(self, a, mode, start, run):
        inner = phase(a, "run", start, run)
        return not any(meet(inner, other) for group in a.groups for other in self.running[group])

    def _participant(self, a, mode, start, run):
        inner = phase(a, "run", start, run)
        for name in a.participants:
            away = [(w.start, w.end) for w in self.people[name].absences]
            if any(meet(inner, other) for other in (*away, *self.duties[name], *self.taking[name])):
                return False
        return True

    def _precedence(self, a, mode, start, run):
        begin, end = phase(a, "all", start, run)
        for lag in self.problem.precedences:
            if lag.after == a.id:
                ends = [self._span(part)[1] for part in self.parts if part.activity == lag.before]
                if not ends or not lag.min_lag <= begin - max(ends) <= most(lag):
                    return False
            if lag.before == a.id:
                starts = [part.start for part in self.parts if part.activity == lag.after]
                if starts and not lag.min_lag <= min(starts) - end <= most(lag):
                    return False
        return True

    def _span(self, part):
        return phase(self.activities[part.activity], "all", part.start, part.duration)

    def _utility(self, a, mode, start, run):
        for draw in a.draws:
            begin, end = phase(a, draw.phase, start, run)
            levels = self.utilities[draw.utility].levels
            if self.utilities[draw.utility].per == "day" and begin < end:
                day = day_of(self.problem, begin)
                used = self.on_day.get((draw.utility, day), 0)
                if used + draw.amount > max(
                    (x.amount for x in levels if x.start <= begin < x.end), default=0
                ):
                    return False
            elif self.utilities[draw.utility].per == "moment":
                drawn = self.drawn[draw.utility]
                for x in levels:
                    for tick in range(max(begin, x.start), min(end, x.end)):
                        if drawn[tick] + draw.amount > x.amount:
                            return False
        return True

    def _people(self, a, mode, start, run):
        return self.names(a, start, run) is not None

    def names(self, a, start, run):
        """People for each need by trying all; None if there are not enough."""
        slots = []
        inner = phase(a, "run", start, run)
        for number, need in enumerate(a.needs):
            span = phase(a, need.phase, start, run)
            if span[0] == span[1]:
                continue
            able = [
                p.id
                for p in self.problem.people
                if self._can(p, need.qualification, span)
                and not (p.id in a.participants and meet(inner, span))
            ]
            if len(able) < need.count:
                return None
            slots += [(number, span, able)] * need.count
        chosen = self._match(sorted(slots, key=lambda slot: len(slot[2])), [])
        if chosen is None:
            return None
        return tuple(tuple(p for n, _, p in chosen if n == number) for number in range(len(a.needs)))

    def _match(self, slots, chosen):
        if not slots:
            return chosen
        number, span, able = slots[0]
        for person in able:
            if not any(person == other and meet(span, taken) for _, taken, other in chosen):
                found = self._match(slots[1:], [*chosen, (number, span, person)])
                if found is not None:
                    return found
        return None

    def _can(self, person: Person, qualification, span):
        if not any(q.id == qualification and q.start <= span[0] < q.end for q in person.qualifications):
            return False
        held = [(q.start, q.end) for q in person.qualifications if q.id == qualification]
        shifts = None if person.shifts is None else [(w.start, w.end) for w in person.shifts]
        ticks = range(*span)
        if not all(any(a <= t < b for a, b in held) for t in ticks):
            return False
        if shifts is not None and not all(any(a <= t < b for a, b in shifts) for t in ticks):
            return False
        away = [(w.start, w.end) for w in person.absences]
        return not any(meet(span, x) for x in (*away, *self.duties[person.id], *self.taking[person.id]))


def phase(a: Activity, name, start, run):
    marks = {
        "setup": (start, start + a.setup),
        "run": (start + a.setup, start + a.setup + run),
        "teardown": (start + a.setup + run, start + a.setup + run + a.teardown),
    }
    return marks.get(name, (start, start + a.setup + run + a.teardown))


def meet(one, other) -> bool:
    return max(one[0], other[0]) < min(one[1], other[1])


def most(lag):
    return float("inf") if lag.max_lag is None else lag.max_lag


def day_of(problem: Problem, tick):
    return next((i for i, d in enumerate(problem.days) if d.start <= tick < d.end), 0)
