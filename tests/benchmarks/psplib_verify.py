"""Second opinion on answers of format `rcpsp-schedule/1`: from the plain definition, nothing of ours used.

P1 one whole start, not before 0, for each activity. P2 an activity starts when those before it have
ended. P3 at no moment is more of a resource taken than there is. P4 the makespan is the last end.
"""

from typing import Any


def verify(project: dict[str, Any], answer: Any) -> list[str]:
    """What is wrong with an answer, one line each; empty if nothing is."""
    if not isinstance(answer, dict) or answer.get("format") != "rcpsp-schedule/1":
        return ["P1 the answer is not in format rcpsp-schedule/1"]
    starts, durations = answer.get("starts"), project["durations"]
    if not isinstance(starts, list) or len(starts) != len(durations):
        return [f"P1 {len(durations)} starts are wanted, not {starts!r:.40}"]
    wrong = [
        f"P1 activity {i}: {s!r} is no start" for i, s in enumerate(starts) if type(s) is not int or s < 0
    ]
    if wrong:
        return wrong
    ends = [start + duration for start, duration in zip(starts, durations, strict=True)]
    for i, after in enumerate(project["successors"]):
        wrong += [f"P2 activity {j} starts before {i} has ended" for j in after if starts[j] < ends[i]]
    # What is taken only rises when something starts: to look at those moments is enough.
    for moment in sorted(set(starts)):
        for k, capacity in enumerate(project["capacities"]):
            taken = sum(project["demands"][i][k] for i in range(len(starts)) if starts[i] <= moment < ends[i])
            if taken > capacity:
                wrong.append(f"P3 resource {k}: {taken} of {capacity} taken at {moment}")
    if answer.get("makespan") != max(ends):
        wrong.append(f"P4 the makespan is {max(ends)}, not {answer.get('makespan')!r}")
    return wrong
