"""Second opinion on answers of format `mspsp-schedule/1`: from the plain definition, nothing of ours used.

M1 one whole start, not before 0, for each activity. M2 an activity starts when those before it have
ended. M3 each activity gets as many people for each skill as it requires. M4 whoever gives a skill has
it. M5 nobody gives two skills to one activity. M6 nobody is in two activities at a time. M7 the
makespan is the last end.
"""

from typing import Any


def verify(project: dict[str, Any], answer: Any) -> list[str]:
    """What is wrong with an answer, one line each; empty if nothing is."""
    if not isinstance(answer, dict) or answer.get("format") != "mspsp-schedule/1":
        return ["M1 the answer is not in format mspsp-schedule/1"]
    durations = project["durations"]
    starts, assigned = answer.get("starts"), answer.get("assigned")
    if not isinstance(starts, list) or len(starts) != len(durations):
        return [f"M1 {len(durations)} starts are wanted, not {starts!r:.40}"]
    wrong = [
        f"M1 activity {i}: {s!r} is no start" for i, s in enumerate(starts) if type(s) is not int or s < 0
    ]
    if wrong:
        return wrong
    if not isinstance(assigned, list) or len(assigned) != len(durations):
        return [f"M3 people of {len(durations)} activities are wanted, not {assigned!r:.40}"]
    wrong = [
        f"M3 activity {i}: {pairs!r:.40} are no [skill, person]"
        for i, pairs in enumerate(assigned)
        if not _pairs(pairs)
    ]
    if wrong:
        return wrong
    ends = [start + duration for start, duration in zip(starts, durations, strict=True)]
    for before, after in project["precedences"]:
        if starts[after] < ends[before]:
            wrong.append(f"M2 activity {after} starts before {before} has ended")
    spans: dict[int, list[tuple[int, int, int]]] = {}
    for i, pairs in enumerate(assigned):
        wrong += _crew_faults(project, i, pairs)
        for person in {pair[1] for pair in pairs}:
            spans.setdefault(person, []).append((starts[i], ends[i], i))
    for person, work in spans.items():
        for n, (start, end, i) in enumerate(work):
            for other_start, other_end, j in work[n + 1 :]:
                if start < other_end and other_start < end:
                    wrong.append(f"M6 person {person} is in {i} and {j} at a time")
    if answer.get("makespan") != max(ends):
        wrong.append(f"M7 the makespan is {max(ends)}, not {answer.get('makespan')!r}")
    return wrong


def _pairs(pairs: Any) -> bool:
    return isinstance(pairs, list) and all(
        isinstance(pair, list) and len(pair) == 2 and all(type(number) is int for number in pair)
        for pair in pairs
    )


def _crew_faults(project: dict[str, Any], i: int, pairs: list[list[int]]) -> list[str]:
    wrong = []
    given = [skill for skill, _ in pairs]
    for skill, required in enumerate(project["skill_requirements"][i]):
        if given.count(skill) != required:
            wrong.append(f"M3 activity {i}: {given.count(skill)} people for skill {skill}, not {required}")
    for skill, person in pairs:
        if not 0 <= person < len(project["staff_skills"]) or skill not in project["staff_skills"][person]:
            wrong.append(f"M4 activity {i}: person {person} does not have skill {skill}")
    people = [person for _, person in pairs]
    wrong += [
        f"M5 activity {i}: person {p} is there twice" for p in sorted(set(people)) if people.count(p) > 1
    ]
    return wrong
