"""Where one activity could stand in one mode: masks of its possible starts, rule by rule."""

from collections.abc import Collection, Container, Sequence
from functools import reduce
from operator import and_
from typing import TYPE_CHECKING

from solver.problem import Activity, Mode, Window
from solver.solution import Assignment, Rule
from solver.state.index import length, phase_span
from solver.state.masks import EVERY, interval, runs, shifted

if TYPE_CHECKING:
    from solver.state.state import State

NO_RULES: frozenset[Rule] = frozenset()


class Frame:
    """The ticks that a mode leaves to an activity, against all that a state holds.

    Parameters
    ----------
    skip
        Rules that are not asked, to find out which of them stand in the way.
    first, last
        Whether the part is the first and the last of its activity: a maximum lag binds only these.
    besides
        Other parts of the activity that are thought of, and not in the state.
    free
        Activities that are to be placed together with this one: lags to them are not asked.
    as_paused
        Whether a run that pauses does so as things stand even where the calendar is not asked; else
        only a run without pauses is possible there.

    Attributes
    ----------
    setup, run, teardown
        Masks of the ticks that each phase may use.
    earliest, latest_end
        The whole lies in ``[earliest, latest_end)``.
    latest_start, earliest_end
        It starts no later, and ends no earlier.
    """

    def __init__(
        self,
        state: "State",
        activity: Activity,
        mode: Mode,
        skip: Collection[Rule] = NO_RULES,
        *,
        first: bool = True,
        last: bool = True,
        besides: Sequence[Assignment] = (),
        free: Container[str] = (),
        as_paused: bool = False,
    ) -> None:
        self.state = state
        self.activity = activity
        self.mode = mode
        self.skip = skip
        self.earliest, self.latest_end = 0, state.index.horizon
        self.latest_start = state.index.horizon
        self.earliest_end = 0
        self.possible = True
        self.setup = self.run = self.teardown = self._resources()
        # Of a run that pauses the opening hours are in its possible starts, see `starts`.
        self._pauses = 0
        self._as_paused = as_paused
        if activity.closed == "pause" and (as_paused or "calendar" not in skip):
            self._pauses = state.index.calendar.closed_mask(mode)
            if "calendar" not in skip:
                self.setup = self.teardown = self.run & ~self._pauses
        if "window" not in skip:
            if activity.release is not None:
                self.earliest = max(self.earliest, activity.release)
            if activity.deadline is not None:
                self.latest_end = min(self.latest_end, activity.deadline)
        if "precedence" not in skip:
            self._precedences(first, last, free)
        if activity.draws and "utility" not in skip:
            for utility, amount in state.index.draws(activity, "setup").items():
                self.setup &= state.power[utility].mask(amount)
            for utility, amount in state.index.draws(activity, "run").items():
                self.run &= state.power[utility].mask(amount) | self._pauses
            for utility, amount in state.index.draws(activity, "teardown").items():
                self.teardown &= state.power[utility].mask(amount)
        if "group" not in skip:
            for group in activity.groups:
                self.run &= ~state.groups[group]
        for part in state.placed.get(activity.id, ()):
            self.run &= ~interval(*phase_span(activity, "run", part.start, part.duration))
        for part in besides:
            self._keep_off(part)
        if activity.participants and "participant" not in skip:
            self.run &= state.crew.takes_part(activity) | self._pauses

    def _resources(self) -> int:
        state, skip = self.state, self.skip
        index = state.index
        mask = index.full
        for resource, units in index.demands(self.mode):
            if "calendar" not in skip and self.activity.closed == "avoid":
                mask &= index.open[resource]
            if "outage" not in skip:
                mask &= ~index.outage[resource]
            line = state.lines.get(resource)
            if units > index.resources[resource].capacity:
                self.possible = False
            elif line is None:
                if "busy" not in skip:
                    mask &= state.pools[resource].mask(units)
            elif "changeover" not in skip:
                mask &= ~line.blocked(self.activity.configuration)
            elif "busy" not in skip:
                mask &= ~line.busy
        return mask

    def _keep_off(self, part: Assignment) -> None:
        """Leave room for another part; on a resource that both use it is as if it held it alone."""
        shared = set(self.mode.resources) & set(self.state.index.modes[self.activity.id][part.mode].resources)
        self.run &= ~interval(*phase_span(self.activity, "run", part.start, part.duration))
        if shared:
            whole = ~interval(*phase_span(self.activity, "all", part.start, part.duration))
            self.setup, self.run, self.teardown = self.setup & whole, self.run & whole, self.teardown & whole

    def _precedences(self, first: bool, last: bool, free: Container[str]) -> None:
        state, name = self.state, self.activity.id
        own = frozenset(self.mode.resources)
        for lag in state.index.before[name]:
            if lag.before in free:
                continue
            if lag.before not in state.placed:
                self.possible = False
                return
            end = state.end(lag.before)
            self.earliest = max(self.earliest, end + lag.min_lag)
            if first and lag.max_lag is not None:
                self.latest_start = min(self.latest_start, end + lag.max_lag)
            if lag.same_resource and state.resources(lag.before) != own:
                self.possible = False
        for lag in state.index.after[name]:
            if lag.after not in state.placed:
                continue
            start = state.start(lag.after)
            self.latest_end = min(self.latest_end, start - lag.min_lag)
            if last and lag.max_lag is not None:
                self.earliest_end = max(self.earliest_end, start - lag.max_lag)
            if lag.same_resource and state.resources(lag.after) != own:
                self.possible = False

    def starts(self, duration: int) -> int:
        """Ticks at which a part with a run of `duration` ticks could start.

        Each need is looked at alone: whether the needs together find enough people is for
        `Crew.choose` to say. See `as_paused` for runs that pause.
        """
        if not self.possible or duration <= 0:
            return 0
        activity = self.activity
        total = length(activity, duration)
        mask = interval(
            max(self.earliest, self.earliest_end - total),
            min(self.latest_end - total, self.latest_start) + 1,
        )
        if mask and activity.closed == "pause":
            mask &= self._pausing_starts(duration)
        if not mask:
            return 0
        mask &= shifted(runs(self.run, duration), -activity.setup)
        if not mask:
            return 0
        if activity.setup:
            mask &= runs(self.setup, activity.setup)
        if activity.teardown:
            mask &= shifted(runs(self.teardown, activity.teardown), -(activity.setup + duration))
        if mask and "window" not in self.skip:
            for windows in (activity.windows, self.mode.windows):
                mask &= window_starts(activity, windows, duration)
        if mask and "utility" not in self.skip:
            mask &= self._budget_starts(duration)
        if mask and activity.needs and "people" not in self.skip:
            mask &= self.state.crew.enough(activity, self.mode, duration)
        return mask

    def _pausing_starts(self, duration: int) -> int:
        """Starts at which a run that may pause is so long."""
        index = self.state.index
        wish = index.wish(self.activity, self.mode)
        if "calendar" in self.skip:
            return EVERY if self._as_paused or duration == wish else 0
        return shifted(index.calendar.run_starts(self.mode, wish).get(duration, 0), -self.activity.setup)

    def _budget_starts(self, duration: int) -> int:
        draws = self.state.index.budget_draws(self.activity)
        if not draws:
            return EVERY
        masks = []
        for one in draws:
            offset = phase_span(self.activity, one.phase, 0, duration)[0]
            # Draws of one utility whose phases start at different ticks may fall on one day or on
            # two: taking their sum is safe, and exact for the usual single draw.
            amount = sum(other.amount for other in draws if other.utility == one.utility)
            masks.append(shifted(self.state.budgets[one.utility].mask(amount), -offset))
        return reduce(and_, masks)


def window_starts(activity: Activity, windows: tuple[Window, ...], duration: int) -> int:
    """Starts at which run and whole each lie inside one of the windows that bind them."""
    if not windows:
        return EVERY
    run, whole = EVERY, EVERY
    for window in windows:
        if window.binds == "run":
            run = 0 if run == EVERY else run
            start = window.start - activity.setup
            run |= interval(start, window.end - duration - activity.setup + 1)
        else:
            whole = 0 if whole == EVERY else whole
            whole |= interval(window.start, window.end - length(activity, duration) + 1)
    return run & whole
