"""Passwords: which are too weak to take, and how they are kept."""

import os
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from scheduler.errors import UserError

LEAST_LETTERS = 8
MOST_LETTERS = 256
LEAST_WORD = 5
_AROUND = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_DRESS = str.maketrans("@4031!5$7", "aaoeiisst")
COMMON = Path(__file__).with_name("common_passwords.txt")


def hash_password(password: str, known: Iterable[str] = ()) -> str:
    """What is stored of a password; a weak one is refused, and so is one of the words `known` of its user."""
    refuse_weak(password, known)
    return _hasher().hash(password)


def check_password(stored: str | None, password: str) -> bool:
    """Whether `password` is the one stored; takes as long when there is nothing to compare with."""
    try:
        return _hasher().verify(stored or _hash_of_nobody(), password) and bool(stored)
    except (VerificationError, InvalidHashError):
        return False


def refuse_weak(password: str, known: Iterable[str] = ()) -> None:
    """At least eight signs, and none of those that everybody tries first: common ones, the own name."""
    fault = None
    own = {part.casefold() for word in known for part in (word, word.partition("@")[0])}
    if len(password) < LEAST_LETTERS:
        fault = f"The password has {len(password)} signs. Choose one of at least {LEAST_LETTERS}."
    elif len(password) > MOST_LETTERS:
        fault = f"The password has {len(password)} signs. Choose one of at most {MOST_LETTERS}."
    elif password.casefold() in _commonest() | own or _word(password) in _common_words():
        fault = "This password is one of the first that a stranger would try. Choose another one."
    if fault:
        raise UserError(fault, {"password": fault})


@cache
def _commonest() -> frozenset[str]:
    return frozenset(COMMON.read_text(encoding="utf-8").split())


@cache
def _common_words() -> frozenset[str]:
    """What is left of the common ones without the figures before and after: the list, many times over."""
    return frozenset(word for word in map(_word, _commonest()) if len(word) >= LEAST_WORD)


def _word(password: str) -> str:
    """The word that somebody dressed up with figures and signs: P@ssw0rd2024! is password."""
    return _AROUND.sub("", password.casefold()).translate(_DRESS)


@cache
def _hasher() -> PasswordHasher:
    if os.environ.get("MARKAZ_TEST_CHEAP_PASSWORDS") == "1":
        return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    return PasswordHasher()


@cache
def _hash_of_nobody() -> str:
    return _hasher().hash("nobody has this password")
