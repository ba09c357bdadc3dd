"""the desk: rules of resources and people, overrides, series, acts that can be undone"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from scheduler.bookings import guard
from scheduler.database import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

RESOURCE: tuple[sa.Column[Any], ...] = (
    sa.Column("is_hazardous", sa.Boolean(), nullable=False, server_default=sa.false()),
    sa.Column("least_people", sa.Integer(), nullable=False, server_default="0"),
    sa.Column("is_restricted", sa.Boolean(), nullable=False, server_default=sa.false()),
    sa.Column("notice_minutes", sa.Integer(), nullable=True),
    sa.Column("horizon_days", sa.Integer(), nullable=True),
    sa.Column("shortest_minutes", sa.Integer(), nullable=True),
    sa.Column("longest_minutes", sa.Integer(), nullable=True),
)


def upgrade() -> None:
    for column in RESOURCE:
        op.add_column("resource", column._copy())
    _add_reference("resource", "zone_id", "resource")
    op.add_column("person", sa.Column("most_days_in_a_row", sa.Integer(), nullable=True))
    op.add_column("booking", sa.Column("override_reason", sa.String(length=500), nullable=True))
    op.add_column("booking", sa.Column("overridden_at", UtcDateTime(), nullable=True))
    _add_reference("booking", "overridden_by_id", "user_account")
    op.create_index("ix_booking_series_id", "booking", ["series_id"], unique=False)
    op.create_table(
        "booking_series",
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("pattern", sa.JSON(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_booking_series_site_id_site")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking_series")),
    )
    op.create_index("ix_booking_series_site_id", "booking_series", ["site_id"], unique=False)
    op.create_table(
        "booking_act",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("words", sa.String(length=300), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("undone_at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_booking_act_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking_act")),
    )
    op.create_index("ix_booking_act_user_id", "booking_act", ["user_id"], unique=False)
    guard.install(op.get_bind())


def downgrade() -> None:
    raise NotImplementedError("Markaz goes back by restoring a backup")


def _add_reference(table: str, column: str, target: str) -> None:
    """A column that refers to a row. Plain SQL: SQLite takes it without rebuilding the table."""
    name = f"fk_{table}_{column}_{target}"
    op.execute(f"ALTER TABLE {table} ADD COLUMN {column} INTEGER CONSTRAINT {name} REFERENCES {target} (id)")
