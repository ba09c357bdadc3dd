"""Users: making them, signing them in, giving and taking roles."""

from sqlalchemy import select

from scheduler.accounts.models import ROLES, Role, User
from scheduler.accounts.rules import ANYWHERE, Grant, Place, allows
from scheduler.database import normal_code, session
from scheduler.errors import Forbidden, UserError


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


def set_password(user: User, password: str) -> None:
    from scheduler.accounts.passwords import hash_password

    user.password_hash = hash_password(password)
