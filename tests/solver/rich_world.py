"""A rich plan that keeps every rule, drawn by a seed, and ways to change one thing in it."""

from dataclasses import dataclass, replace
from random import Random

from solver.problem import (
    Activity,
    Changeover,
    Draw,
    Group,
    Level,
    Mode,
    Need,
    Person,
    Pin,
    PrecedenceLag,
    Problem,
    Qualification,
    Resource,
    Utility,
    Window,
)
from solver.solution import Assignment

DAY, HORIZON = 48, 240


@dataclass(frozen=True)
class World:
    """A problem, a plan of it, and the numbers by which the seed made it differ from others.

    All but the activities on the chamber ``tvac`` lie on a floor with room for 60, so that what is
    changed breaks the rule it is meant to break.
    """

    problem: Problem
    plan: tuple[Assignment, ...]
    shift: int
    length: int

    def part(self, name: str, number: int = 1) -> Assignment:
        return next(each for each in self.plan if (each.activity, each.part) == (name, number))

    def end(self, name: str) -> int:
        activity = next(each for each in self.problem.activities if each.id == name)
        last = max((each for each in self.plan if each.activity == name), key=lambda each: each.start)
        return last.start + activity.setup + last.duration + activity.teardown

    def change(self, name: str, number: int = 1, **fields: object) -> tuple[Assignment, ...]:
        """The plan with one part changed."""
        changed = self.part(name, number)
        return tuple(replace(each, **fields) if each == changed else each for each in self.plan)

    def move(self, name: str, ticks: int, number: int = 1) -> tuple[Assignment, ...]:
        return self.change(name, number, start=self.part(name, number).start + ticks)

    def drop(self, *names: str) -> tuple[Assignment, ...]:
        return tuple(each for each in self.plan if each.activity not in names)


def rich_world(seed: int) -> World:
    """A valid plan; another seed moves it, and makes its activities longer or shorter."""
    random = Random(seed)
    shift, length = random.randrange(0, 5), random.randrange(4, 8)
    people = _people()
    rows = [*_in_the_chamber(shift, length), *_on_the_floor(shift, length), *_in_the_shop(shift, length)]
    plan = [part for _, parts in rows for part in parts]
    random.shuffle(plan)
    problem = Problem(
        horizon=HORIZON,
        activities=tuple(activity for activity, _ in rows),
        resources=(
            Resource(
                "tvac",
                open=(Window(8, 100), Window(100, 230)),
                outages=(Window(150, 156),),
                changeovers=(Changeover("hot", "cold", 3), Changeover("cold", "hot", 4)),
                configuration="cold",
            ),
            Resource("lab"),
            Resource("floor", 60),
            Resource("bench", 3),
            # By day only, and out of service in the third night.
            Resource(
                "shop",
                open=tuple(Window(day + 10, day + 40) for day in range(0, HORIZON, DAY)),
                outages=(Window(140, 144),),
            ),
        ),
        people=people,
        utilities=(
            Utility("power", (Level(0, 120, 10), Level(120, HORIZON, 6))),
            Utility("LN2", (Level(0, HORIZON, 5),), per="day"),
        ),
        groups=(Group("crew"), Group("kiln")),
        precedences=(
            PrecedenceLag("bake", "cool", 3, 10, same_resource=True),
            PrecedenceLag("train 1", "train 2", 2, 12),
        ),
        chains=(("train 1", "train 2"),),
        days=tuple(Window(start, start + DAY) for start in range(0, HORIZON, DAY)),
        weeks=(Window(0, HORIZON),),
    )
    return World(problem, tuple(plan), shift, length)


def _people() -> tuple[Person, ...]:
    always = (Qualification("operator", 0, HORIZON), Qualification("inspector", 0, HORIZON))
    return (
        Person("Amna", always, shifts=(Window(0, 48), Window(48, 192))),
        Person("Bilal", always, max_day=20, max_week=35, min_rest=12),
        Person("Chen", always),
        Person("novice"),
        Person("expired", (Qualification("operator", 0, 3), Qualification("inspector", 0, 3))),
        Person("off shift", always, shifts=(Window(0, 3),)),
        Person("absent", always, absences=(Window(3, HORIZON),)),
        Person("Dara", absences=(Window(200, HORIZON),)),
        # At work by day, or in the first night.
        Person("Esra", always, shifts=(Window(0, 40), Window(58, 136))),
        Person("Farid", absences=(Window(41, 57), Window(106, 112))),
        Person("Gul", always, max_day=6),
        Person("Hana", always, shifts=(Window(58, 72),)),
    )


_Row = tuple[Activity, list[Assignment]]


def _in_the_chamber(shift: int, length: int) -> list[_Row]:
    both = (Mode("m", ("tvac",)), Mode("lab", ("lab",), windows=(Window(0, 100, "run"), Window(0, 110))))
    # Open from 8, cold at tick 0: the changeover to hot is over by then.
    bake = Activity("bake", both, 12, 8, setup=2, teardown=1, release=8, deadline=60, configuration="hot")
    start = 8 + shift
    cool_start = start + 2 + 10 + 1 + 4
    cool = Activity("cool", both[:1], length, length, setup=1, deadline=120, configuration="cold")
    late = Activity("late", both[:1], length, length, setup=1, teardown=1, value=9)
    return [
        (bake, [Assignment("bake", 1, "m", start, 10)]),
        (cool, [Assignment("cool", 1, "m", cool_start, length)]),
        (late, [Assignment("late", 1, "m", 165 + shift, length)]),
    ]


def _in_the_shop(shift: int, length: int) -> list[_Row]:
    """A run that waits over a night, one that goes on, and a watch on which two relieve each other."""
    shop = (Mode("m", ("shop",)),)
    cure = Activity(
        "cure",
        shop,
        12,
        12,
        setup=1,
        teardown=1,
        closed="pause",
        needs=(Need("operator", 1, "run"),),
        participants=("Farid",),
        groups=("kiln",),
    )
    guarded = (Need("operator", 1, "run", longest=3),)
    return [
        # Works [31, 40) and, after 18 ticks, [58, 61), both later by the shift of the seed.
        (cure, [Assignment("cure", 1, "m", 30 + shift, 30, (("Esra",),))]),
        (
            Activity("overnight", shop, length, length, closed="run"),
            [Assignment("overnight", 1, "m", 84 + shift, length)],
        ),
        (
            Activity("fire", (Mode("m", ("floor",)),), length, length, groups=("kiln",)),
            [Assignment("fire", 1, "m", 100, length)],
        ),
        (
            Activity("guard", (Mode("m", ("floor",)),), 9, 9, needs=guarded),
            [Assignment("guard", 1, "m", 58 + shift, 9, (("Gul", "Hana", "Gul"),))],
        ),
    ]


def _on_the_floor(shift: int, length: int) -> list[_Row]:
    floor = (Mode("m", ("floor",)),)
    bench = (Mode("m", ("bench",), demands=(2,)),)
    team = (Need("operator", 2, "run"), Need("inspector", 1, "setup"))
    one = (Need("operator", 1, "all"),)
    windows = (Window(60, 90, "run"), Window(50, 100))
    at = 60 + shift
    return [
        (
            Activity("split", floor, 18, 9, most_parts=3, least_part=3),
            [Assignment("split", i, "m", 8 * i + shift, 6 - i) for i in (1, 2, 3)],
        ),
        (
            Activity("windowed", floor, length, length, setup=3, teardown=3, windows=windows),
            [Assignment("windowed", 1, "m", at, length)],
        ),
        (
            Activity("team", floor, length, length, setup=2, needs=team),
            [Assignment("team", 1, "m", at, length, (("Amna", "Bilal"), ("Chen",)))],
        ),
        (
            Activity("watch", floor, 6, 6, needs=one),
            [Assignment("watch", 1, "m", at + 10, 6, (("Bilal",),))],
        ),
        (
            Activity("next day", floor, 6, 6, needs=one),
            [Assignment("next day", 1, "m", 106 + shift, 6, (("Bilal",),))],
        ),
        (
            Activity("another day", floor, 20, 10, needs=one),
            [Assignment("another day", 1, "m", 150, 12, (("Bilal",),))],
        ),
        (
            Activity("train 1", floor, length, length, setup=1, groups=("crew",), participants=("Dara",)),
            [Assignment("train 1", 1, "m", at, length)],
        ),
        (
            Activity("train 2", floor, length, length, groups=("crew",), participants=("Dara",)),
            [Assignment("train 2", 1, "m", at + 1 + length + 4, length)],
        ),
        (
            Activity("visit", floor, length, length, participants=("Chen",)),
            [Assignment("visit", 1, "m", at + 2, length)],
        ),
        (
            Activity("mission", floor, length, length, groups=("crew",)),
            [Assignment("mission", 1, "m", 190, length)],
        ),
        (
            Activity("heat", floor, length, length, draws=(Draw("power", 6), Draw("LN2", 3, "all"))),
            [Assignment("heat", 1, "m", 100, length)],
        ),
        (
            Activity("pump", floor, length, length, draws=(Draw("power", 5), Draw("LN2", 3, "all"))),
            [Assignment("pump", 1, "m", 160, length)],
        ),
        (
            Activity("burn", floor, length, length, draws=(Draw("power", 7),)),
            [Assignment("burn", 1, "m", 20 + shift, length)],
        ),
        (Activity("weld", bench, length, length), [Assignment("weld", 1, "m", 20, length)]),
        (Activity("solder", bench, length, length), [Assignment("solder", 1, "m", 40, length)]),
        (
            Activity(
                "pinned", (*floor, Mode("n", ("lab",))), 5, 5, needs=one, pin=Pin(70, 5, "m", (("novice",),))
            ),
            [Assignment("pinned", 1, "m", 70, 5, (("novice",),))],
        ),
    ]
