"""What is said about a request: comments, a question back, its answer."""

from datetime import datetime

from scheduler import outbox
from scheduler.accounts.models import User
from scheduler.database import session, utc_now
from scheduler.errors import Forbidden, UserError
from scheduler.requests import service
from scheduler.requests.models import ActivityRequest, RequestComment

MOST_LETTERS = 2000
MOST_COMMENTS = 300


def comment(
    row: ActivityRequest, user: User | None, text: str, now: datetime | None = None
) -> RequestComment:
    """Say something that all who see the request read; from who asked it answers a question."""
    is_answer = row.asked_back_at is not None and service.is_owner(row, user)
    if is_answer:
        row.asked_back_at = None
    return _say(row, user, text, "answer" if is_answer else "comment", now)


def ask_back(
    row: ActivityRequest, user: User | None, text: str, now: datetime | None = None
) -> RequestComment:
    """A question to who asked: the request waits for the answer, a change or a comment."""
    if not service.may_decide(row, user):
        raise Forbidden(f"{row.code} is decided by managers, and they ask back. Write a comment instead.")
    if row.state != "submitted":
        raise UserError(f"{row.code} is {row.state}: nothing waits for an answer. Write a comment instead.")
    row.asked_back_at = now or utc_now()
    return _say(row, user, text, "question", now)


def _say(
    row: ActivityRequest, user: User | None, text: str, kind: str, now: datetime | None
) -> RequestComment:
    text = text.strip()
    if not text:
        message = "Write what you want to ask." if kind == "question" else "Write what you want to say."
        raise UserError(message, {"text": message})
    if len(text) > MOST_LETTERS:
        message = f"That has {len(text):,} signs. Shorten it to {MOST_LETTERS:,}."
        raise UserError(message, {"text": message})
    if len(row.comments) >= MOST_COMMENTS:
        raise UserError(f"{row.code} has {MOST_COMMENTS} comments. Go on in a new request.")
    said = RequestComment(user_id=user.id if user else None, kind=kind, text=text, at=now or utc_now())
    row.comments.append(said)
    session.flush()
    told = {"request_id": row.id, "code": row.code, "kind": kind, "comment_id": said.id}
    outbox.post("request.said", told)
    return said
