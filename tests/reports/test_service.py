"""Who may take which workbook out, and how much at once."""

from datetime import timedelta
from io import BytesIO

import pytest

from scheduler.calendars.queries import the_site
from scheduler.database import transaction
from scheduler.errors import Forbidden, UserError
from scheduler.intervals import Interval
from scheduler.reports.service import export_utilisation, export_week
from tests.centre import at, make_site, make_user

WEEK = Interval(at(0, 0), at(7, 0))


@pytest.fixture
def user(request, sqlite_database):
    with transaction():
        make_site()
        return make_user(request.param) if request.param else None


@pytest.mark.parametrize(
    ("export", "user", "may"),
    [
        (export_week, "researcher", False),
        (export_week, "manager", True),
        (export_week, "administrator", True),
        (export_week, None, True),
        (export_utilisation, "manager", False),
        (export_utilisation, "administrator", True),
        (export_utilisation, None, True),
    ],
    indirect=["user"],
)
def test_the_week_is_for_managers_and_utilisation_for_administrators(export, user, may):
    stream = BytesIO()
    if may:
        export(the_site(), WEEK, stream, user)
        assert stream.getvalue().startswith(b"PK")
    else:
        with pytest.raises(Forbidden, match="Ask an administrator"):
            export(the_site(), WEEK, stream, user)
        assert stream.getvalue() == b""


@pytest.mark.parametrize("user", [None], indirect=True)
@pytest.mark.parametrize(("export", "days"), [(export_week, 14), (export_utilisation, 400)])
def test_a_longer_span_is_refused(export, days, user):
    export(the_site(), Interval(at(0, 0), at(0, 0) + timedelta(days=days)), BytesIO(), user)
    with pytest.raises(UserError, match=f"at most {days} days"):
        export(the_site(), Interval(at(0, 0), at(0, 0) + timedelta(days=days + 1)), BytesIO(), user)
