"""Lists of users for pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil

from sqlalchemy import func, or_, select
from sqlalchemy.orm import selectinload

from scheduler.accounts.models import Role, SignIn, User
from scheduler.database import session
from scheduler.errors import NotFound

PAGE_ROWS = 50
STATES = {"enabled": "Can sign in", "disabled": "Disabled"}


@dataclass(frozen=True)
class UserPage:
    """One page of the list; `seen_at` by user id, without those who never signed in."""

    rows: Sequence[User]
    seen_at: dict[int, datetime]
    number: int
    pages: int
    total: int


def list_users(text: str = "", role: str | None = None, state: str | None = None, page: int = 1) -> UserPage:
    """Users by name; `text` is looked for in name and e-mail."""
    query = select(User)
    if words := text.strip():
        query = query.where(
            or_(*(column.icontains(words, autoescape=True) for column in (User.name, User.email)))
        )
    if role:
        query = query.where(User.id.in_(select(Role.user_id).where(Role.role == role)))
    if state:
        query = query.where(
            User.disabled_at.is_(None) if state == "enabled" else User.disabled_at.is_not(None)
        )
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    pages = max(1, ceil(total / PAGE_ROWS))
    number = min(max(1, page), pages)
    query = query.order_by(func.lower(User.name), User.id).limit(PAGE_ROWS).offset((number - 1) * PAGE_ROWS)
    rows = list(session.scalars(query.options(selectinload(User.roles))))
    return UserPage(rows, _seen_at([row.id for row in rows]), number, pages, total)


def counts_by_state() -> dict[str, int]:
    """How many users can sign in, and how many cannot."""
    disabled = session.scalar(select(func.count(User.id)).where(User.disabled_at.is_not(None))) or 0
    return {"enabled": (session.scalar(select(func.count(User.id))) or 0) - disabled, "disabled": disabled}


def get_user(user_id: int) -> User:
    user = session.get(User, user_id)
    if user is None:
        raise NotFound("There is no such user. Look in the list of users.")
    return user


def _seen_at(user_ids: list[int]) -> dict[int, datetime]:
    query = (
        select(SignIn.user_id, func.max(SignIn.seen_at))
        .where(SignIn.user_id.in_(user_ids))
        .group_by(SignIn.user_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}
