"""Words that a request ticks: hazards, and times that are liked. Stored as text, one after the other."""

from collections.abc import Iterable

from scheduler.calendars.words import DAYS

HAZARDS = (
    "laser",
    "high voltage",
    "high pressure",
    "cryogenics",
    "toxic substances",
    "ionising radiation",
    "lifting",
    "pyrotechnics",
)
PARTS_OF_DAY = {"morning": (6, 12), "afternoon": (12, 18), "evening": (18, 24)}
"""Local hours in which a run begins."""
PREFERRED = (*PARTS_OF_DAY, *DAYS)
BETWEEN = "; "


def joined(words: Iterable[str]) -> str:
    return BETWEEN.join(dict.fromkeys(words))


def listed(text: str) -> list[str]:
    """The words of a stored text; a workbook may have spelled them with other blanks."""
    return [" ".join(word.split()) for word in text.split(";") if word.strip()]


def known(text: str, words: Iterable[str]) -> list[str]:
    """Those of a stored text that are among `words`, however they are capitalised, in their order."""
    there = {word.casefold() for word in listed(text)}
    return [word for word in words if word.casefold() in there]
