"""What a column and a sheet of the centre workbook are."""

from dataclasses import dataclass
from typing import Any, Literal

QUALIFICATIONS = "Qualification codes"
GROUPS = "Exclusive groups"
PRIORITIES = ("1", "2", "3", "4", "5")

Kind = Literal[
    "code",  # what names the row
    "ref",  # a code of another sheet
    "refs",  # several of them, "A; B"
    "user",  # the e-mail of an account
    "users",
    "configuration",  # a word of the Changeovers sheet
    "text",
    "whole",
    "flag",
    "choice",
    "date",
    "moment",
    "hours",
    "zone",
]


@dataclass(frozen=True)
class Column:
    """One column: what may stand in it, and what it means.

    Parameters
    ----------
    field
        Name of the value in a record; that of the attribute of the row, where there is one.
    required
        A cell of it may not be blank.
    may_be_absent
        A workbook without this column is in order; it then leaves what is stored.
    refers_to
        Title of the sheet whose codes these are.
    makes
        A code that is named here need not be known: naming it makes it.
    least, most
        Of a whole number.
    blank
        What a blank cell means.
    blank_keeps
        A blank cell leaves what is stored.
    """

    title: str
    field: str
    kind: Kind
    hint: str
    example: str = ""
    required: bool = False
    may_be_absent: bool = False
    choices: tuple[str, ...] = ()
    refers_to: str = ""
    makes: bool = False
    least: int = 0
    most: int = 10_000_000
    longest: int = 200
    blank: Any = None
    blank_keeps: bool = False

    @property
    def is_code(self) -> bool:
        """Whether codes stand in it: shown as text, never as a number."""
        return self.kind in ("code", "ref", "refs", "configuration")


@dataclass(frozen=True)
class Sheet:
    """One sheet.

    Parameters
    ----------
    parent
        Of a child sheet the sheet whose rows own its rows; they are named by `parent_field`.
    key
        Fields that tell the rows of one parent apart; empty where nothing does.
    spans
        (from, until) pairs of fields that must be in order; dates may be equal, moments not.
    """

    title: str
    hint: str
    columns: tuple[Column, ...]
    required: bool = False
    parent: str = ""
    parent_field: str = ""
    key: tuple[str, ...] = ()
    spans: tuple[tuple[str, str], ...] = ()

    @property
    def is_child(self) -> bool:
        return bool(self.parent)

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(column.field for column in self.columns)

    def column(self, field: str) -> Column:
        return next(column for column in self.columns if column.field == field)


def code(hint: str, example: str) -> Column:
    return Column("Code", "code", "code", hint, example, required=True, longest=60)


def name(hint: str, example: str) -> Column:
    return Column("Name", "name", "text", hint, example, required=True)


def text(title: str, field: str, hint: str, example: str = "", **more: Any) -> Column:
    return Column(title, field, "text", hint, example, blank=more.pop("blank", ""), **more)


def whole(title: str, field: str, hint: str, example: str = "", **more: Any) -> Column:
    return Column(title, field, "whole", hint, example, **more)


def choice(
    title: str, field: str, choices: tuple[str, ...], hint: str, example: str = "", **more: Any
) -> Column:
    return Column(title, field, "choice", hint, example or choices[0], choices=choices, **more)


def flag(title: str, field: str, hint: str, blank: bool = False, **more: Any) -> Column:
    return Column(title, field, "flag", hint, "yes" if blank else "no", blank=blank, **more)


def ref(title: str, field: str, refers_to: str, hint: str, example: str = "", **more: Any) -> Column:
    return Column(title, field, "ref", hint, example, refers_to=refers_to, longest=60, **more)


def moment(title: str, field: str, hint: str, example: str = "2026-11-30 08:00", **more: Any) -> Column:
    return Column(title, field, "moment", hint, example, **more)


def day(title: str, field: str, hint: str, example: str = "2026-11-30", **more: Any) -> Column:
    return Column(title, field, "date", hint, example, **more)


def retired(what: str) -> Column:
    return flag(
        "Retired",
        "retired",
        f"yes: {what} is kept for old bookings but takes no new ones.",
        may_be_absent=True,
    )
