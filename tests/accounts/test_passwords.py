"""Which passwords are taken, and that what is stored does not tell them."""

import pytest

from scheduler.accounts.passwords import check_password, hash_password
from scheduler.errors import UserError


def test_the_right_password_fits_and_every_other_does_not():
    stored = hash_password("vacuum chamber 7")
    assert check_password(stored, "vacuum chamber 7")
    assert not check_password(stored, "vacuum chamber 8")
    assert not check_password(stored, "Vacuum chamber 7")


@pytest.mark.asvs("11.4.2")
def test_what_is_stored_does_not_hold_the_password_and_differs_each_time():
    first, second = hash_password("vacuum chamber 7"), hash_password("vacuum chamber 7")
    assert first != second
    assert "vacuum" not in first
    assert first.startswith("$argon2id$")


@pytest.mark.parametrize("stored", [None, "", "plain text", "$argon2id$broken"])
def test_nothing_fits_what_is_no_hash(stored):
    assert not check_password(stored, "nobody has this password")


@pytest.mark.asvs("6.2.1", "6.2.8", "6.2.9")
@pytest.mark.parametrize("password", ["eightlet", "a" * 256, "chamber-seven", "خلائی مرکز کراچی", "        "])
def test_eight_signs_or_more_are_taken_as_they_are(password):
    assert check_password(hash_password(password), password)


@pytest.mark.asvs("6.2.1", "6.2.4")
@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("", "has 0 signs"),
        ("seven77", "has 7 signs"),
        ("a" * 257, "at most 256"),
        ("password", "first that a stranger would try"),
        ("PassWord123", "first that a stranger would try"),
        ("pakistan786", "first that a stranger would try"),
    ],
)
def test_weak_passwords_are_refused_with_what_to_do(password, words):
    with pytest.raises(UserError, match=words) as refused:
        hash_password(password)
    assert "password" in refused.value.faults
