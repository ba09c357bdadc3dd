"""What a project may say of itself: values in, faults out."""

import math
from dataclasses import dataclass

KINDS = ("R&D", "training", "application")
MOST_QUOTA_MINUTES = 100_000 * 60
NAME_LETTERS = 200
CODE_LETTERS = 60


@dataclass(frozen=True)
class ProjectValues:
    """A project as it is to be.

    `kind`, `priority` and `quota_minutes` are what the centre grants: whoever manages the project
    alone does not set them.
    """

    name: str
    kind: str
    programme: str = ""
    partner_id: int | None = None
    priority: int = 3
    quota_minutes: int | None = None
    cost_code: str = ""
    is_confidential: bool = False


def faults(values: ProjectValues) -> dict[str, str]:
    """Field -> what is wrong with it and what to do."""
    found = {}
    if not values.name.strip():
        found["name"] = "Write a name: requests and the week show it."
    for field, text, most in (
        ("name", values.name, NAME_LETTERS),
        ("programme", values.programme, NAME_LETTERS),
        ("cost_code", values.cost_code, CODE_LETTERS),
    ):
        if len(text) > most:
            found[field] = f"This has {len(text)} signs. Shorten it to {most}."
    if values.kind not in KINDS:
        found["kind"] = f"Choose one of {', '.join(KINDS)}."
    if not 1 <= values.priority <= 5:
        found["priority"] = "Choose a priority from 1, the highest, to 5."
    if values.quota_minutes is not None and not 0 <= values.quota_minutes <= MOST_QUOTA_MINUTES:
        found["quota"] = f"Write 0 to {MOST_QUOTA_MINUTES // 60:,} hours, or nothing for no limit."
    return found


def code_fault(code: str) -> str | None:
    """What is wrong with the code of a new project."""
    if not code.strip():
        return "Write a code: bars in the week and workbooks show it. Two to four signs are best."
    if len(code.strip()) > CODE_LETTERS:
        return f"This has {len(code.strip())} signs. Shorten it to {CODE_LETTERS}."
    if ";" in code or not code.strip().isprintable():
        return "A code is letters and figures without ; between: workbooks part codes with it."
    return None


def quota_minutes(text: str) -> int | None:
    """Minutes of hours like 120 or 4.5; None for a blank. Raises ValueError for what is no number."""
    text = text.strip().replace(",", ".")
    if not text:
        return None
    hours = float(text) if len(text) < 20 else math.nan
    if not math.isfinite(hours):
        raise ValueError(f"{text!r} is no number of hours")
    return round(hours * 60)


def quota_text(minutes: int | None) -> str:
    """How the form shows it."""
    return (
        ""
        if minutes is None
        else f"{round(minutes / 60, 2):g}"
        if minutes < 6_000_000
        else f"{minutes / 60:.0f}"
    )
