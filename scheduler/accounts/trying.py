"""Trying a password: three steps, because the middle one is slow on purpose and must hold no lock.

For views: opens its own transactions.
"""

from scheduler.accounts import service
from scheduler.accounts.models import User
from scheduler.database import transaction, utc_now
from scheduler.errors import UserError


def sign_in(email: str, password: str, address: str) -> str:
    """The token of a new session; refused beside the password where it does not fit."""
    now = utc_now()
    attempt_id = _begin(email, address, "password")
    user = service.find_by_password(email, password)
    with transaction(actor=user):
        token = service.finish_try(attempt_id, user, now)
    if token is None:
        left = service.tries_left(email, address, now)
        fault = f"E-mail and password do not match. {_left_words(left)}"
        raise UserError(fault, {"password": fault})
    return token


def confirm(user: User, password: str, address: str) -> None:
    """Refuse whoever does not know the password of `user`: a page left open is not its owner."""
    email, now = user.email, utc_now()
    attempt_id = _begin(email, address, "old")
    is_right = service.find_by_password(email, password) is not None
    with transaction(actor=user):
        if is_right:
            service.forget_try(attempt_id)
        else:
            service.note_refusal(attempt_id)
    if not is_right:
        fault = f"This is not your password. {_left_words(service.tries_left(email, address, now))}"
        raise UserError(fault, {"old": fault})


def _begin(email: str, address: str, field: str) -> int:
    try:
        with transaction():
            return service.begin_try(email, address, utc_now()).id
    except UserError as error:
        raise UserError(error.message, {field: error.message}) from None


def _left_words(left: int) -> str:
    if left == 0:
        return "No try is left: wait 15 min, or ask an administrator for a new password."
    return f"{left} {'try is' if left == 1 else 'tries are'} left before a pause of 15 min."
