"""Variables of the parts of activities in the CP-SAT model, and what they are in a solution."""

from dataclasses import dataclass, field
from typing import Protocol

from ortools.sat.python import cp_model

from solver.problem import Activity, Mode
from solver.state.index import length
from solver.state.masks import first, last
from solver.state.work import Shape


class Values(Protocol):
    """What the variables of a model are in a solution."""

    def value(self, expression: cp_model.IntVar, /) -> int:
        """Value of a variable."""
        ...

    def boolean_value(self, literal: cp_model.IntVar, /) -> bool:
        """Value of a literal."""
        ...


@dataclass(slots=True, eq=False)
class Choice:
    """One mode of a part: chosen if `literal` is true; `starts` are then the possible starts.

    A mode whose run may pause is several choices.

    Attributes
    ----------
    ticks
        Length of the run, None where it is to be chosen.
    shape
        When there is work, where that is more than one stretch, or is shared by people.
    """

    mode: Mode
    literal: cp_model.IntVar
    starts: int
    ticks: int | None
    shape: Shape | None = None


@dataclass(slots=True, eq=False)
class Part:
    """Variables of one part.

    Attributes
    ----------
    start, size, run_end
        First tick of the setup, ticks of the run, end of the run. The size is a number where it is
        fixed, and the end then an expression.
    starts
        All possible starts, over all modes.
    people
        For each need those who could meet it, duty by duty, with literals that they do.
    duties
        All of these, each with the least ticks of duty.
    """

    activity: Activity
    number: int
    present: cp_model.IntVar
    start: cp_model.IntVar
    size: cp_model.IntVar | int
    run_end: cp_model.LinearExprT
    starts: int
    shortest: int
    longest: int
    choices: list[Choice] = field(default_factory=list)
    people: list[list[tuple[str, cp_model.IntVar]]] = field(default_factory=list)
    duties: list[tuple[str, int, cp_model.IntVar]] = field(default_factory=list)

    @property
    def end(self) -> cp_model.LinearExprT:
        """End of the teardown."""
        return self.run_end + self.activity.teardown

    def earliest(self) -> int:
        """First tick at which it can start."""
        return first(self.starts)

    def latest_end(self) -> int:
        """Last tick at which it can end."""
        return last(self.starts) + length(self.activity, self.longest)
