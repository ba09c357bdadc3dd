"""requests: templates, comments, attachments, preferred times, series, the waiting list"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from scheduler.database import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

REQUEST: tuple[sa.Column[Any], ...] = (
    sa.Column("preferred", sa.String(length=100), nullable=False, server_default=""),
    sa.Column("preferred_from", UtcDateTime(), nullable=True),
    sa.Column("preferred_until", UtcDateTime(), nullable=True),
    sa.Column("hazards", sa.String(length=200), nullable=False, server_default=""),
    sa.Column("series", sa.String(length=60), nullable=True),
    sa.Column("asked_back_at", UtcDateTime(), nullable=True),
    sa.Column("waiting_since", UtcDateTime(), nullable=True),
)


def upgrade() -> None:
    for column in REQUEST:
        op.add_column("activity_request", column._copy())
    op.create_index("ix_activity_request_series", "activity_request", ["series"], unique=False)
    op.create_index("ix_activity_request_waiting_since", "activity_request", ["waiting_since"], unique=False)
    op.create_table(
        "request_comment",
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("text", sa.String(length=2000), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        _to("request_comment", "request_id", "activity_request"),
        _to("request_comment", "user_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_comment")),
    )
    op.create_index("ix_request_comment_request_id", "request_comment", ["request_id"], unique=False)
    op.create_table(
        "request_attachment",
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("stored_name", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        _to("request_attachment", "request_id", "activity_request"),
        _to("request_attachment", "user_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_attachment")),
        sa.UniqueConstraint("stored_name", name=op.f("uq_request_attachment_stored_name")),
    )
    op.create_index("ix_request_attachment_request_id", "request_attachment", ["request_id"], unique=False)
    op.create_table(
        "request_template",
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("name_key", sa.String(length=120), nullable=False),
        sa.Column("project_kind", sa.String(length=20), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("wish_minutes", sa.Integer(), nullable=True),
        sa.Column("asks", sa.JSON(), nullable=False),
        sa.Column("retired_at", UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("updated_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        _to("request_template", "site_id", "site"),
        _to("request_template", "created_by_id", "user_account"),
        _to("request_template", "updated_by_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_template")),
        sa.UniqueConstraint("site_id", "name_key", name=op.f("uq_request_template_site_id_name_key")),
    )
    op.create_index("ix_request_template_site_id", "request_template", ["site_id"], unique=False)
    op.create_table(
        "booking_offer",
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("proposal", sa.JSON(), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("until_at", UtcDateTime(), nullable=False),
        sa.Column("offered_at", UtcDateTime(), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_booking_offer_order")),
        _to("booking_offer", "request_id", "activity_request"),
        _to("booking_offer", "booking_id", "booking"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking_offer")),
    )
    op.create_index("ix_booking_offer_request_id", "booking_offer", ["request_id"], unique=False)
    op.create_index("ix_booking_offer_state_until_at", "booking_offer", ["state", "until_at"], unique=False)
    op.create_table(
        "freed_slot",
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        _to("freed_slot", "site_id", "site"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_freed_slot")),
    )


def downgrade() -> None:
    raise NotImplementedError("Markaz goes back by restoring a backup")


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}"))
