"""Users: making them, signing them in and out, giving and taking roles."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, inspect, select, update
from sqlalchemy.orm import contains_eager, joinedload

from scheduler import audit
from scheduler.accounts.models import ROLES, Role, SignIn, SignInAttempt, User
from scheduler.accounts.rules import (
    ANYWHERE,
    MOST_TRIES,
    NOTED_EVERY,
    TRIES_WITHIN,
    Grant,
    Place,
    allows,
    is_over,
    pause_until,
)
from scheduler.database import normal_code, session
from scheduler.errors import Forbidden, UserError

# Without the signs that are taken for each other when read aloud or from paper.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"

# Asked with every page: put together once, here.
_SIGNED_IN = (
    select(SignIn, User)
    .join(User, User.id == SignIn.user_id)
    .outerjoin(User.roles)
    .options(contains_eager(User.roles))
    .where(
        SignIn.token_hash == bindparam("token_hash"),
        SignIn.ended_at.is_(None),
        User.disabled_at.is_(None),
    )
)
_USER = select(User).where(User.id == bindparam("user_id")).options(joinedload(User.roles))


def grants_of(user: User) -> list[Grant]:
    return [Grant(role.role, role.scope_kind, role.scope_id) for role in user.roles]


def can(user: User | None, role: str, place: Place = ANYWHERE) -> bool:
    """Whether `user` is enabled and has at least `role` there; None is the system, which may."""
    if user is None:
        return True
    return user.disabled_at is None and allows(grants_of(user), role, place)


def require(user: User | None, role: str, place: Place = ANYWHERE) -> None:
    """Refuse whoever is less than `role`."""
    if not can(user, role, place):
        raise Forbidden(f"This needs the role {role}. Ask an administrator for it.")


def find_user(email: str) -> User | None:
    return session.scalar(select(User).where(User.email_key == normal_code(email)))


def add_user(email: str, name: str, password: str | None, role: str) -> User:
    """A new user with one role for the whole centre."""
    if role not in ROLES:
        raise UserError(f'"{role}" is no role. Choose one of {", ".join(ROLES)}.', {"role": "no such role"})
    if "@" not in email.strip():
        raise UserError(f'"{email}" is no e-mail address. Write it like name@centre.example.', {"email": ""})
    if find_user(email):
        raise UserError(f"{email} already has an account. Change that one.", {"email": "has an account"})
    user = User(email=email.strip(), email_key=normal_code(email), name=name.strip() or email.strip())
    user.roles.append(Role(role=role))
    session.add(user)
    session.flush()
    if password is not None:
        set_password(user, password)
    return user


def random_password() -> str:
    """Four groups of four: about 79 bits, and still to be typed from paper."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))


def set_password(user: User, password: str) -> None:
    from scheduler.accounts.passwords import hash_password

    user.password_hash = hash_password(password, (user.email, user.name))


def is_any_user() -> bool:
    return session.scalar(select(User.id).limit(1)) is not None


# The steps of signing in, put together in `trying`: begin_try and finish_try each in a transaction,
# find_by_password in none.


def begin_try(email: str, address: str, now: datetime) -> SignInAttempt:
    """Count a try as wrong until it is known to be right; refuse after too many wrong ones."""
    key = normal_code(email)[:254]
    session.execute(delete(SignInAttempt).where(SignInAttempt.at < now - timedelta(days=1)))
    until = pause_until(_tries(key, address), now)
    if until is not None:
        minutes = max(1, -(-int((until - now).total_seconds()) // 60))
        raise UserError(
            f"Too many wrong tries. Try again in {minutes} min, or ask an administrator for a new password."
        )
    attempt = SignInAttempt(email_key=key, address=address[:64], at=now)
    session.add(attempt)
    session.flush()
    return attempt


def find_by_password(email: str, password: str) -> User | None:
    """The enabled user with that e-mail and password. Takes as long when there is none."""
    from scheduler.accounts.passwords import check_password

    user = find_user(email)
    is_right = check_password(user.password_hash if user else None, password)
    return user if user is not None and is_right and user.disabled_at is None else None


def finish_try(attempt_id: int, user: User | None, now: datetime) -> str | None:
    """The token of a new session; None when nobody signs in. The try stays counted then."""
    if user is None:
        note_refusal(attempt_id)
        return None
    forget_try(attempt_id)
    session.execute(
        delete(SignIn).where(SignIn.user_id == user.id, SignIn.created_at < now - timedelta(days=30))
    )
    token = secrets.token_urlsafe(32)
    session.add(SignIn(user_id=user.id, token_hash=_token_hash(token), created_at=now, seen_at=now))
    audit.record("signed in", "user_account", user.id)
    return token


def note_refusal(attempt_id: int) -> None:
    """Write down a wrong password; the try stays counted."""
    attempt = session.get_one(SignInAttempt, attempt_id)
    said = {"email": attempt.email_key, "address": attempt.address}
    audit.record("refused sign-in", "sign_in_attempt", attempt_id, after=said)


def forget_try(attempt_id: int) -> None:
    """A try that was right after all counts no more."""
    session.execute(delete(SignInAttempt).where(SignInAttempt.id == attempt_id))


def tries_left(email: str, address: str, now: datetime) -> int:
    counted = [moment for moment in _tries(normal_code(email)[:254], address) if moment > now - TRIES_WITHIN]
    return max(0, MOST_TRIES - len(counted))


def find_sign_in(token: str, now: datetime) -> SignIn | None:
    """The session of a token while it lasts and its user is enabled."""
    found = find_signed_in(token, now)
    return found[0] if found else None


def find_signed_in(token: str, now: datetime) -> tuple[SignIn, User] | None:
    """That session with its user and what the user may do, in one statement: every page asks for it."""
    found = session.execute(_SIGNED_IN, {"token_hash": _token_hash(token)}).unique().one_or_none()
    if found is None or is_over(found[0].created_at, found[0].seen_at, now):
        return None
    return found[0], found[1]


def read_again(user: User) -> None:
    """The user as the database has it by now, with all roles, in one statement."""
    # Its id without a look at its row, which may be forgotten by now: that would be a statement of its own.
    identity = inspect(user).identity
    session.execute(_USER, {"user_id": identity and identity[0]}).unique().one()


def sessions_of(user: User, now: datetime) -> list[SignIn]:
    """The sessions of a user that last, the one used last first."""
    rows = session.scalars(
        select(SignIn)
        .where(SignIn.user_id == user.id, SignIn.ended_at.is_(None))
        .order_by(SignIn.seen_at.desc())
    )
    return [row for row in rows if not is_over(row.created_at, row.seen_at, now)]


def is_use_due(sign_in: SignIn, now: datetime) -> bool:
    """Whether the last use that is written down is too long ago."""
    return now >= sign_in.seen_at + NOTED_EVERY


def note_use(sign_in_id: int, now: datetime) -> None:
    session.execute(update(SignIn).where(SignIn.id == sign_in_id).values(seen_at=now))


def sign_out(token: str, now: datetime) -> None:
    """End a session; its cookie is worth nothing from then on, also where it was copied to."""
    session.execute(
        update(SignIn)
        .where(SignIn.token_hash == _token_hash(token), SignIn.ended_at.is_(None))
        .values(ended_at=now)
    )


def end_all_sessions(user: User, now: datetime, but_token: str | None = None) -> None:
    """Sign a user out everywhere, or everywhere but where that token is."""
    kept = _token_hash(but_token) if but_token else ""
    session.execute(
        update(SignIn)
        .where(SignIn.user_id == user.id, SignIn.ended_at.is_(None), SignIn.token_hash != kept)
        .values(ended_at=now)
    )


def _tries(email_key: str, address: str) -> list[datetime]:
    return list(
        session.scalars(
            select(SignInAttempt.at).where(
                SignInAttempt.email_key == email_key, SignInAttempt.address == address[:64]
            )
        )
    )


def is_of_token(sign_in: SignIn, token: str | None) -> bool:
    return token is not None and sign_in.token_hash == _token_hash(token)


def _token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
