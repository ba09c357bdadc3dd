"""Every table, for migrations and checks; nothing else imports this."""

from scheduler.accounts import models as accounts
from scheduler.audit import Audit
from scheduler.bookings import models as bookings
from scheduler.bookings import offer
from scheduler.calendars import models as calendars
from scheduler.database import Base
from scheduler.excel import models as excel
from scheduler.holdables import Holdable
from scheduler.outbox import IdempotencyKey, OutboxMessage
from scheduler.people import models as people
from scheduler.plans import models as plans
from scheduler.projects import models as projects
from scheduler.requests import models as requests
from scheduler.resources import models as resources

metadata = Base.metadata

__all__ = [
    "Audit", "Holdable", "IdempotencyKey", "OutboxMessage", "accounts", "bookings", "calendars", "excel",
    "metadata", "offer", "people", "plans", "projects", "requests", "resources",
]  # fmt: skip
