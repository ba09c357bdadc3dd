"""What an administrator does with the users of others, and everybody with the own one.

Each function is called inside `transaction()`; nothing here takes the last administrator away.
"""

from datetime import datetime

from sqlalchemy import select, update

from scheduler import audit
from scheduler.accounts import service
from scheduler.accounts.models import ROLES, Role, SignIn, User
from scheduler.accounts.rules import LANGUAGES, is_last_administrator, scope_fault
from scheduler.database import normal_code, session
from scheduler.errors import NotFound, Stale, UserError

NAME_LETTERS = 200
LAST = (
    "{name} is the last administrator who can sign in. Make somebody else an administrator first, "
    "for the whole centre."
)


def add(
    email: str, name: str, language: str, role: str, scope: tuple[str, int | None], password: str
) -> User:
    """A new user with one role, and a first password that is random."""
    _refuse_role(role, scope)
    if faults := email_faults(email):
        raise UserError(next(iter(faults.values())), faults)
    user = service.add_user(email, name, password, role)
    user.roles[0].scope_kind, user.roles[0].scope_id = scope
    _set_language(user, language)
    return user


def edit(user: User, version: int, email: str, name: str, language: str) -> None:
    """Change who somebody is; refused when somebody else did so since `version` was shown."""
    if user.version != version:
        raise Stale(
            f"{user.name} was changed while you wrote. What you typed stands below and is not saved: "
            "compare it with the list, and save again."
        )
    faults = email_faults(email, user)
    if faults:
        raise UserError(next(iter(faults.values())), faults)
    user.email, user.email_key = email.strip(), normal_code(email)
    rename(user, name, language)


def rename(user: User, name: str, language: str) -> None:
    """Change name and language: everybody may do so with the own ones."""
    name = " ".join(name.split())
    if not name:
        raise UserError("Write a name: others see it beside what was done.", {"name": "Write a name."})
    if len(name) > NAME_LETTERS:
        fault = f"The name has {len(name)} signs. Shorten it to {NAME_LETTERS}."
        raise UserError(fault, {"name": fault})
    user.name = name
    _set_language(user, language)


def email_faults(email: str, user: User | None = None) -> dict[str, str]:
    """What is wrong with an address as the one of `user`, or of a new one."""
    head, at, tail = email.strip().partition("@")
    if not (head and at and tail) or any(sign.isspace() or not sign.isprintable() for sign in email.strip()):
        shown = email.strip()[:60]
        return {"email": f'"{shown}" is no e-mail address. Write it like name@centre.example.'}
    other = service.find_user(email)
    if other is not None and (user is None or other.id != user.id):
        return {"email": f"{other.name} has this address already. Change that account, or write another one."}
    return {}


def disable(user: User, actor: User, now: datetime) -> None:
    """Cut off at once: no sign-in, and every session ends."""
    if user.disabled_at is not None:
        raise UserError(f"{user.name} is disabled already.")
    if user.id == actor.id:
        raise UserError("You cannot disable your own account. Ask another administrator.")
    if _is_administrator(user):
        _refuse_last(user)
    user.disabled_at = now
    service.end_all_sessions(user, now)


def enable(user: User) -> None:
    """Let somebody sign in again, with the password of before."""
    if user.disabled_at is None:
        raise UserError(f"{user.name} is not disabled.")
    user.disabled_at = None


def replace_password(user: User, password: str, now: datetime) -> None:
    """A new password for somebody who forgot it; whoever is signed in with the old one is out."""
    service.set_password(user, password)
    service.end_all_sessions(user, now)


def refuse_careless(old: str, new: str, again: str) -> None:
    """Refuse a new password that was mistyped, or is the old one."""
    if new != again:
        fault = "The two are not the same. Write the new password twice."
        raise UserError(fault, {"again": fault})
    if new == old:
        fault = "This is the password that you have now. Choose another one."
        raise UserError(fault, {"password": fault})


def end_sessions(user: User, now: datetime) -> int:
    """Sign somebody out everywhere; how many sessions that ended."""
    count = len(service.sessions_of(user, now))
    service.end_all_sessions(user, now)
    audit.record("ended sessions", "user_account", user.id, {"sessions": count})
    return count


def end_session(user: User, sign_in_id: int, now: datetime) -> None:
    """End one session of `user`."""
    sign_in = session.get(SignIn, sign_in_id)
    if sign_in is None or sign_in.user_id != user.id:
        raise NotFound("There is no such session of yours. It may have ended already.")
    session.execute(
        update(SignIn).where(SignIn.id == sign_in_id, SignIn.ended_at.is_(None)).values(ended_at=now)
    )
    audit.record("ended sessions", "user_account", user.id, {"sessions": 1})


def give_role(user: User, role: str, scope: tuple[str, int | None]) -> Role:
    """Let a user do more."""
    _refuse_role(role, scope)
    if any((each.role, each.scope_kind, each.scope_id) == (role, *scope) for each in user.roles):
        raise UserError(f"{user.name} has this role there already. Choose another role or place.")
    added = Role(role=role, scope_kind=scope[0], scope_id=scope[1])
    user.roles.append(added)
    session.flush()
    return added


def take_role(user: User, role_id: int) -> Role:
    """Let a user do less."""
    role = next((each for each in user.roles if each.id == role_id), None)
    if role is None:
        raise NotFound(f"{user.name} has no such role any more. Load the page again.")
    if role.role == "administrator" and user.disabled_at is None:
        _refuse_last(user)
    user.roles.remove(role)
    session.flush()
    return role


def _refuse_role(role: str, scope: tuple[str, int | None]) -> None:
    if role not in ROLES:
        fault = f'"{role}" is no role. Choose one of {", ".join(ROLES)}.'
        raise UserError(fault, {"role": fault})
    if wrong := scope_fault(role, scope[0]):
        raise UserError(wrong, {"scope": wrong})


def _set_language(user: User, language: str) -> None:
    if language not in LANGUAGES:
        fault = f"Choose one of {', '.join(LANGUAGES.values())}."
        raise UserError(fault, {"language": fault})
    user.language = language


def _is_administrator(user: User) -> bool:
    return any(role.role == "administrator" for role in user.roles)


def _refuse_last(user: User) -> None:
    # Locked, or two administrators who take each other's role at once would both succeed.
    administrators = session.scalars(
        select(Role.user_id)
        .join(User, User.id == Role.user_id)
        .where(Role.role == "administrator", Role.scope_kind == "centre", User.disabled_at.is_(None))
        .order_by(Role.id)
        .with_for_update()
    )
    if is_last_administrator(administrators, user.id):
        raise UserError(LAST.format(name=user.name))
