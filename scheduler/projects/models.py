"""Projects of research, training and application, their members and their quota."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduler.accounts.models import User
from scheduler.database import Base, Coded, Row
from scheduler.people.models import Organisation

PROJECT_KINDS = ("R&D", "training", "application")


class Project(Coded, Base):
    """Work that asks for time.

    Parameters
    ----------
    priority
        1 (highest) to 5.
    quota_minutes
        Most minutes of run that may be booked for it in all; None is no limit.
    is_confidential
        Only members, managers and administrators see more of it than "Busy".
    """

    __tablename__ = "project"

    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(20))
    programme: Mapped[str] = mapped_column(String(200), default="")
    partner_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    priority: Mapped[int] = mapped_column(default=3)
    quota_minutes: Mapped[int | None]
    cost_code: Mapped[str] = mapped_column(String(60), default="")
    is_confidential: Mapped[bool] = mapped_column(default=False)
    closed_at: Mapped[datetime | None]

    partner: Mapped[Organisation | None] = relationship()
    members: Mapped[list["ProjectMember"]] = relationship(
        back_populates="project", cascade="all, delete-orphan"
    )


class ProjectMember(Row, Base):
    """A user who may ask for time in the name of a project."""

    __tablename__ = "project_member"
    __table_args__ = (UniqueConstraint("project_id", "user_id"),)

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)

    project: Mapped[Project] = relationship(back_populates="members")
    user: Mapped[User] = relationship()
