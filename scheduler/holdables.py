"""Whatever can be held for a time - a resource, a person, an exclusion group - by one integer id."""

from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from scheduler.database import Base, Row


class Holdable(Row, Base):
    """What the guard on `hold` stands on: `seats` things that one interval each can take."""

    __tablename__ = "holdable"
    __table_args__ = (CheckConstraint("seats >= 1", name="seats"),)
    is_audited = False

    kind: Mapped[str] = mapped_column(String(20))
    seats: Mapped[int] = mapped_column(default=1)


class Held:
    """A row that owns a holdable."""

    holdable_kind: ClassVar[str]

    @declared_attr
    def holdable_id(cls) -> Mapped[int]:
        return mapped_column(ForeignKey("holdable.id"), unique=True)

    @declared_attr
    def holdable(cls) -> Mapped[Holdable]:
        return relationship(Holdable, lazy="joined", innerjoin=True)

    def __init__(self, **values: Any) -> None:
        values.setdefault("holdable", Holdable(kind=self.holdable_kind, seats=1))
        super().__init__(**values)
