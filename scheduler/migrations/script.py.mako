"""${message}"""

import sqlalchemy as sa
from alembic import op

from scheduler.bookings import guard
from scheduler.database import UtcDateTime
${imports if imports else ""}

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}
    guard.install(op.get_bind())


def downgrade() -> None:
    ${downgrades if downgrades else "pass"}
