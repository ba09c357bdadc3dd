"""How people call what a problem names by id, and how names become part of a sentence."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

MOST_NAMES = 2
HIDDEN = "another booking"
"""What an activity is called for whoever may not see it."""


@dataclass(frozen=True)
class Names:
    """How people call what a problem names by id; what is not listed is called by its id.

    Parameters
    ----------
    activities
        Titles. What the reader may not see is called "another booking" (`HIDDEN`).
    units
        Of the utilities.
    unknown
        What an activity without a title is called, instead of its id.
    """

    activities: Mapping[str, str] = field(default_factory=dict)
    people: Mapping[str, str] = field(default_factory=dict)
    projects: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    unknown: str | None = None

    def title(self, name: str) -> str:
        return self.activities.get(name, self.unknown or name)

    def activity(self, name: str) -> str:
        """The title within a sentence: quoted where its own punctuation would blur the borders."""
        title = self.title(name)
        return f'"{title}"' if any(sign in title for sign in ",:;.") else title


def and_more(names: Sequence[str], of: int | None = None) -> str:
    """A, B and 3 more."""
    of = len(names) if of is None else of
    if of <= MOST_NAMES + 1 and len(names) == of:
        return f"{', '.join(names[:-1])} and {names[-1]}" if of > 1 else "".join(names)
    shown = list(names[:MOST_NAMES])
    return f"{', '.join(shown)} and {of - len(shown)} more" if of > len(shown) else " and ".join(shown)


def any_of(words: Iterable[str]) -> str:
    listed = list(words)
    return f"{', '.join(listed[:-1])} or {listed[-1]}" if len(listed) > 1 else "".join(listed)


def is_or_are(subjects: Sequence[str]) -> str:
    return "is" if len(subjects) == 1 else "are"


def sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."
