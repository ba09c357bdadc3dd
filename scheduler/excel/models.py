"""What was sent in, what it would have done, and what became of it."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from scheduler.database import Base, Row, utc_now

IMPORT_STATES = ("refused", "previewed", "accepted", "dropped")


class ImportRun(Row, Base):
    """One workbook: `content` is kept from preview to acceptance, then let go."""

    __tablename__ = "import_run"
    is_audited = False

    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    at: Mapped[datetime] = mapped_column(default=utc_now)
    file_name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(20))
    content: Mapped[bytes | None] = mapped_column(LargeBinary)
    summary: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    faults: Mapped[list[Any] | None] = mapped_column(JSON)
