"""For one qualification and length of duty: who could begin one when."""

from collections.abc import Iterable

from solver.state.masks import Tally


class Able:
    """For one qualification and length of duty the starts that each person has left.

    Attributes
    ----------
    starts
        For each person with the qualification the mask of the possible starts.
    tally
        How many of them could start at each tick.
    seen
        How much of the changes of the crew is taken in.
    """

    def __init__(self, people: Iterable[str]) -> None:
        self.starts = dict.fromkeys(people, 0)
        self.tally = Tally()
        self.seen = 0

    def update(self, person: str, starts: int) -> None:
        """Take in what a person has left."""
        before = self.starts[person]
        if starts != before:
            self.tally.remove(before & ~starts)
            self.tally.add(starts & ~before)
            self.starts[person] = starts
