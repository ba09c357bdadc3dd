"""Wished activities: what they need, when they may run, and where they stand."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduler.accounts.models import User
from scheduler.database import Base, Coded, Editable, Row, utc_now
from scheduler.people.models import ExclusionGroup, Person, Qualification
from scheduler.projects.models import Project
from scheduler.resources.models import Resource, Utility

STATES = ("draft", "submitted", "approved", "booked", "done", "declined", "withdrawn")
PHASES = ("setup", "run", "teardown", "all")
BINDS = ("run", "whole")
COMMENT_KINDS = ("comment", "question", "answer")


class ActivityRequest(Coded, Base):
    """Somebody wishes to do something for a while, in one of several ways.

    Parameters
    ----------
    wish_minutes, least_minutes
        Length of the run that is asked for, and the least that is of use.
    setup_minutes, teardown_minutes
        None takes that of the resources.
    most_parts, least_part_minutes
        At most so many bookings, each with a run of at least so many minutes.
    value
        What a full booking is worth to the centre; the plan makes the sum large.
    earliest_at, latest_at, due_at
        Nothing of it lies before, nothing after; late after `due_at`, which costs but does not refuse.
    chain
        Requests with the same word here are placed all together or not at all.
    revision
        Counts the edits after it was first approved.
    preferred
        Words like `morning; Wed`: liked, not demanded.
    preferred_from, preferred_until
        The run at the time that was chosen among the free ones: liked above all.
    hazards
        Words of `choices.HAZARDS`, for those who approve.
    series
        Requests with the same word here were asked for in one go, and can be changed together.
    asked_back_at
        Since when it waits for an answer of who asked; None where it does not.
    waiting_since
        Since when it waits for a slot to come free; None where it does not.
    """

    __tablename__ = "activity_request"

    title: Mapped[str] = mapped_column(String(200))
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    requester_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    state: Mapped[str] = mapped_column(String(20), default="draft", index=True)
    revision: Mapped[int] = mapped_column(default=1)
    wish_minutes: Mapped[int]
    least_minutes: Mapped[int]
    setup_minutes: Mapped[int | None]
    teardown_minutes: Mapped[int | None]
    most_parts: Mapped[int] = mapped_column(default=1)
    least_part_minutes: Mapped[int | None]
    value: Mapped[int] = mapped_column(default=0)
    priority: Mapped[int] = mapped_column(default=3)
    is_mandatory: Mapped[bool] = mapped_column(default=False)
    earliest_at: Mapped[datetime | None] = mapped_column(index=True)
    latest_at: Mapped[datetime | None] = mapped_column(index=True)
    due_at: Mapped[datetime | None]
    configuration: Mapped[str | None] = mapped_column(String(60))
    chain: Mapped[str | None] = mapped_column(String(60))
    exclusion_group_id: Mapped[int | None] = mapped_column(ForeignKey("exclusion_group.id"))
    note: Mapped[str] = mapped_column(String(2000), default="")
    preferred: Mapped[str] = mapped_column(String(100), default="", server_default="")
    preferred_from: Mapped[datetime | None]
    preferred_until: Mapped[datetime | None]
    hazards: Mapped[str] = mapped_column(String(200), default="", server_default="")
    series: Mapped[str | None] = mapped_column(String(60), index=True)
    asked_back_at: Mapped[datetime | None]
    waiting_since: Mapped[datetime | None] = mapped_column(index=True)

    project: Mapped[Project] = relationship()
    requester: Mapped[User | None] = relationship(foreign_keys=[requester_id])
    exclusion_group: Mapped[ExclusionGroup | None] = relationship()
    alternatives: Mapped[list["Alternative"]] = relationship(
        back_populates="activity_request", cascade="all, delete-orphan", order_by="Alternative.number"
    )
    windows: Mapped[list["RequestWindow"]] = relationship(
        back_populates="activity_request", cascade="all, delete-orphan", order_by="RequestWindow.starts_at"
    )
    needs: Mapped[list["RequestNeed"]] = relationship(
        back_populates="activity_request", cascade="all, delete-orphan", order_by="RequestNeed.id"
    )
    draws: Mapped[list["RequestDraw"]] = relationship(
        back_populates="activity_request", cascade="all, delete-orphan", order_by="RequestDraw.id"
    )
    participants: Mapped[list["Participant"]] = relationship(
        back_populates="activity_request", cascade="all, delete-orphan", order_by="Participant.id"
    )
    approvals: Mapped[list["Approval"]] = relationship(
        back_populates="activity_request", cascade="all, delete-orphan", order_by="Approval.id"
    )
    comments: Mapped[list["RequestComment"]] = relationship(
        back_populates="activity_request", cascade="all, delete-orphan", order_by="RequestComment.id"
    )
    attachments: Mapped[list["RequestAttachment"]] = relationship(
        back_populates="activity_request", cascade="all, delete-orphan", order_by="RequestAttachment.id"
    )


class Alternative(Row, Base):
    """One way to do it: all of its resources at once."""

    __tablename__ = "alternative"
    __table_args__ = (UniqueConstraint("request_id", "number"),)

    request_id: Mapped[int] = mapped_column(ForeignKey("activity_request.id"), index=True)
    number: Mapped[int]
    penalty: Mapped[int] = mapped_column(default=0)

    activity_request: Mapped[ActivityRequest] = relationship(back_populates="alternatives")
    uses: Mapped[list["AlternativeResource"]] = relationship(
        back_populates="alternative", cascade="all, delete-orphan", order_by="AlternativeResource.id"
    )

    @property
    def resources(self) -> list[Resource]:
        return [use.resource for use in self.uses]


class AlternativeResource(Row, Base):
    """A resource of an alternative."""

    __tablename__ = "alternative_resource"
    __table_args__ = (UniqueConstraint("alternative_id", "resource_id"),)

    alternative_id: Mapped[int] = mapped_column(ForeignKey("alternative.id"), index=True)
    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id"), index=True)

    alternative: Mapped[Alternative] = relationship(back_populates="uses")
    resource: Mapped[Resource] = relationship()


class RequestWindow(Row, Base):
    """The run (or the whole) lies inside one of the windows; `alternative` None: whichever is used.

    The windows for all alternatives and those of the alternative used hold both.
    """

    __tablename__ = "request_window"
    __table_args__ = (CheckConstraint("ends_at > starts_at", name="order"),)

    request_id: Mapped[int] = mapped_column(ForeignKey("activity_request.id"), index=True)
    alternative_id: Mapped[int | None] = mapped_column(ForeignKey("alternative.id"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    binds: Mapped[str] = mapped_column(String(10), default="run")

    activity_request: Mapped[ActivityRequest] = relationship(back_populates="windows")
    alternative: Mapped[Alternative | None] = relationship()


class RequestNeed(Row, Base):
    """So many different people with a qualification for a whole phase."""

    __tablename__ = "request_need"
    __table_args__ = (CheckConstraint("count >= 1", name="count"),)

    request_id: Mapped[int] = mapped_column(ForeignKey("activity_request.id"), index=True)
    qualification_id: Mapped[int] = mapped_column(ForeignKey("qualification.id"), index=True)
    count: Mapped[int] = mapped_column(default=1)
    phase: Mapped[str] = mapped_column(String(10), default="all")

    activity_request: Mapped[ActivityRequest] = relationship(back_populates="needs")
    qualification: Mapped[Qualification] = relationship()


class RequestDraw(Row, Base):
    """So many units of a utility during a phase."""

    __tablename__ = "request_draw"
    __table_args__ = (CheckConstraint("amount >= 1", name="amount"),)

    request_id: Mapped[int] = mapped_column(ForeignKey("activity_request.id"), index=True)
    utility_id: Mapped[int] = mapped_column(ForeignKey("utility.id"), index=True)
    amount: Mapped[int]
    phase: Mapped[str] = mapped_column(String(10), default="run")

    activity_request: Mapped[ActivityRequest] = relationship(back_populates="draws")
    utility: Mapped[Utility] = relationship()


class Participant(Row, Base):
    """Somebody who takes part in the run by name."""

    __tablename__ = "participant"
    __table_args__ = (UniqueConstraint("request_id", "person_id"),)

    request_id: Mapped[int] = mapped_column(ForeignKey("activity_request.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)

    activity_request: Mapped[ActivityRequest] = relationship(back_populates="participants")
    person: Mapped[Person] = relationship()


class Precedence(Row, Base):
    """`after` starts so many minutes after `before` ends (from end of teardown to start of setup)."""

    __tablename__ = "precedence"
    __table_args__ = (
        UniqueConstraint("before_id", "after_id"),
        CheckConstraint("min_lag_minutes >= 0", name="min_lag"),
        CheckConstraint("max_lag_minutes >= min_lag_minutes", name="max_lag"),
        CheckConstraint("before_id <> after_id", name="itself"),
    )

    before_id: Mapped[int] = mapped_column(ForeignKey("activity_request.id"), index=True)
    after_id: Mapped[int] = mapped_column(ForeignKey("activity_request.id"), index=True)
    min_lag_minutes: Mapped[int] = mapped_column(default=0)
    max_lag_minutes: Mapped[int | None]
    same_resource: Mapped[bool] = mapped_column(default=False)

    before: Mapped[ActivityRequest] = relationship(foreign_keys=[before_id])
    after: Mapped[ActivityRequest] = relationship(foreign_keys=[after_id])


class Approval(Row, Base):
    """Who decided what about a request; `resource` None speaks for the centre."""

    __tablename__ = "approval"

    request_id: Mapped[int] = mapped_column(ForeignKey("activity_request.id"), index=True)
    resource_id: Mapped[int | None] = mapped_column(ForeignKey("resource.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    decision: Mapped[str] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(String(500), default="")
    at: Mapped[datetime] = mapped_column(default=utc_now)

    activity_request: Mapped[ActivityRequest] = relationship(back_populates="approvals")
    resource: Mapped[Resource | None] = relationship()
    user: Mapped[User | None] = relationship()


class RequestComment(Row, Base):
    """What somebody said about a request. A question of a manager waits for an answer."""

    __tablename__ = "request_comment"

    request_id: Mapped[int] = mapped_column(ForeignKey("activity_request.id"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    kind: Mapped[str] = mapped_column(String(20), default="comment")
    text: Mapped[str] = mapped_column(String(2000))
    at: Mapped[datetime] = mapped_column(default=utc_now)

    activity_request: Mapped[ActivityRequest] = relationship(back_populates="comments")
    user: Mapped[User | None] = relationship()


class RequestAttachment(Row, Base):
    """A file that belongs to a request. `name` is for people; it lies under `stored_name`."""

    __tablename__ = "request_attachment"

    request_id: Mapped[int] = mapped_column(ForeignKey("activity_request.id"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    name: Mapped[str] = mapped_column(String(120))
    stored_name: Mapped[str] = mapped_column(String(60), unique=True)
    kind: Mapped[str] = mapped_column(String(10))
    size_bytes: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(default=utc_now)

    activity_request: Mapped[ActivityRequest] = relationship(back_populates="attachments")
    user: Mapped[User | None] = relationship()


class RequestTemplate(Editable, Base):
    """What a kind of work needs, so that nobody has to say it again.

    Parameters
    ----------
    project_kind
        Offered for projects of that kind; None for all.
    asks
        The rest of `RequestValues` that a template knows, as JSON: ways, needs, draws with ids.
    """

    __tablename__ = "request_template"
    __table_args__ = (UniqueConstraint("site_id", "name_key"),)

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    name_key: Mapped[str] = mapped_column(String(120))
    project_kind: Mapped[str | None] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(200), default="")
    wish_minutes: Mapped[int | None]
    asks: Mapped[dict[str, Any]] = mapped_column(JSON)
    retired_at: Mapped[datetime | None]
