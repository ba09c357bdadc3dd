"""How large the next neighbourhood of a repair is, and of which kind there is nothing more to find."""

from typing import Literal, get_args

Kind = Literal["must", "value", "change"]
"""Places for what is mandatory, more of the value, less change."""

FEW = 10.0
_FIRST_SIZE = 20.0
_LEAP, _GROW, _SHRINK = 1.6, 1.25, 0.8
_LITTLE = 0.02


class Pace:
    """The sizes of the neighbourhoods of each kind, of at most `most` activities.

    Attributes
    ----------
    sizes
        About how many activities to place anew.
    done
        Of which kind none is better, whatever the size.
    any_number
        Whether mandatory activities have no place unless more is moved than is allowed.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self.sizes: dict[Kind, float] = dict.fromkeys(get_args(Kind), _FIRST_SIZE)
        self.done: dict[Kind, bool] = dict.fromkeys(self.sizes, False)
        self.any_number = False

    def better(self, kind: Kind, size: float) -> None:
        """Something better was found: what was found to be all done may not be any more."""
        self.done = dict.fromkeys(self.done, False)
        self._set(kind, size)

    def nothing(self, kind: Kind, size: float, effort: float, *, proven: bool) -> None:
        """Nothing was: larger ones while they are seen through to the end, smaller where time runs out."""
        if not proven:
            self._set(kind, min(self.sizes[kind], size * _SHRINK))
        elif size >= self.sizes[kind]:
            self._set(kind, self.sizes[kind] * (_LEAP if effort < _LITTLE else _GROW))

    def exhausted(self, kind: Kind, *, any_number: bool) -> None:
        """All of them together were seen through to the end, and nothing better was found."""
        if kind == "must" and not any_number:
            self.any_number = True
            self.sizes[kind] = FEW
        else:
            self.done[kind] = True

    def _set(self, kind: Kind, size: float) -> None:
        self.sizes[kind] = min(max(size, FEW), float(max(1, self._most)))
