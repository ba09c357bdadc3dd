"""Users, their roles, and their sessions."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduler.database import Base, Editable, Row, utc_now

ROLES = ("viewer", "staff", "researcher", "manager", "administrator")
"""Least to most: an administrator may do what a manager may, and so on down."""


class User(Editable, Base):
    """Somebody who can sign in. A person of the centre may or may not have one."""

    __tablename__ = "user_account"

    email: Mapped[str] = mapped_column(String(254))
    email_key: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    disabled_at: Mapped[datetime | None]
    language: Mapped[str] = mapped_column(String(12), default="en")

    roles: Mapped[list["Role"]] = relationship(back_populates="user", cascade="all, delete-orphan")

    @property
    def is_authenticated(self) -> bool:
        """True for every user, false for flask-login's anonymous one."""
        return True


class Role(Row, Base):
    """What a user may do, and where.

    `scope_kind` is centre, site, resource or project; `scope_id` the id there, None for the centre.
    """

    __tablename__ = "role"
    __table_args__ = (UniqueConstraint("user_id", "role", "scope_kind", "scope_id"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    role: Mapped[str] = mapped_column(String(20))
    scope_kind: Mapped[str] = mapped_column(String(20), default="centre")
    scope_id: Mapped[int | None]

    user: Mapped[User] = relationship(back_populates="roles")


class SignIn(Row, Base):
    """One session in one browser; ended here, it is ended everywhere."""

    __tablename__ = "sign_in"
    is_audited = False

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    seen_at: Mapped[datetime] = mapped_column(default=utc_now)
    ended_at: Mapped[datetime | None]


class SignInAttempt(Row, Base):
    """A wrong try, counted against an account and an address."""

    __tablename__ = "sign_in_attempt"
    is_audited = False

    email_key: Mapped[str] = mapped_column(String(254), index=True)
    address: Mapped[str] = mapped_column(String(64), default="")
    at: Mapped[datetime] = mapped_column(default=utc_now)
