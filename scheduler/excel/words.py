"""Text of a cell: cleaned, with all the world's digits as 0 to 9."""

import re
import unicodedata
from typing import Any

_SIGNS = {
    "\u2212": "-",  # minus
    "\uff0d": "-",  # full-width
    "\u2010": "-",
    "\u2011": "-",
    "\u2013": "-",
    "\uff1a": ":",
    "\uff0f": "/",
    "\uff0e": ".",
    "\u066b": ".",  # Arabic decimal sign
    "\uff1b": ";",
    "\u061b": ";",
}
_INVISIBLE = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\u00ad]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def clean(text: Any) -> str:
    """NFC, no control signs, one kind of line end, no space at the ends."""
    plain = _CONTROL.sub("", str(text).replace("\r\n", "\n").replace("\r", "\n"))
    return unicodedata.normalize("NFC", plain).strip()


def one_line(text: Any) -> str:
    """`clean`, and inner space as one: how codes and list values are compared."""
    return " ".join(clean(text).split())


def western(text: Any) -> str:
    """Text that ought to be a number or a time, in plain ASCII signs: ۱۲ and １２ are 12.

    Marks of writing direction, which stand unseen in Urdu and Arabic cells, are dropped.
    """
    plain = _INVISIBLE.sub("", one_line(text))
    return "".join(_western_sign(sign) for sign in plain)


def _western_sign(sign: str) -> str:
    if sign.isascii():
        return sign
    digit = unicodedata.decimal(sign, None)
    return str(digit) if digit is not None else _SIGNS.get(sign, sign)


def listed(text: str) -> list[str]:
    """The parts of "A; B", without empty ones."""
    return [part for piece in re.split("[;；؛\n]", text) if (part := one_line(piece))]
