"""What counts in the objective, and how much: data that stands in the problem."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each term of the objective counts; none is negative.

    Parameters
    ----------
    value
        For each unit of value of what is placed, less the penalties of the modes used.
    lateness
        Units of value for each tick after `Activity.due`.
    changeover
        Units of value for each tick of changeover needed between neighbours on a resource.
    preference
        Units of value for each part that lies in none of the preferred windows of its activity.
    makespan
        Units of value for each tick of the end of the last part of all (teardown included).
    fairness
        Units of value times the sum over programmes of ``u ** 2``, u in [0, 1] being the share of
        the ticks of run asked for by the activities of the programme that is not placed.
    balance
        Units of value times the sum over people of ``load ** 2``, load being ticks of duty over
        ticks on shift (the horizon for those without shifts).
    kept
        For each unit of value placed of activities with `Activity.previous`, besides `value`.
    moved
        Units of value for each activity with `Activity.previous` that is not placed just so, or not
        at all; times its `Activity.move_cost`.
    distance
        Units of value for each tick between the start of a part and its previous start.
    reassigned
        Units of value for each person who was named in `Activity.previous` of an activity that is
        placed, and is not on it any more.
    """

    value: float = 1.0
    lateness: float = 0.0
    changeover: float = 0.0
    preference: float = 0.0
    makespan: float = 0.0
    fairness: float = 0.0
    balance: float = 0.0
    kept: float = 0.0
    moved: float = 0.0
    distance: float = 0.0
    reassigned: float = 0.0
