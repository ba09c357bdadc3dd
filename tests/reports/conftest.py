"""One busy week, planned, published and written once for all tests that only read the files."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from scheduler import database
from scheduler.calendars.queries import the_site
from scheduler.database import session, transaction
from scheduler.plans import building
from scheduler.plans import service as plans
from scheduler.projects.models import Project
from scheduler.reports.workbook_utilisation import write_utilisation
from scheduler.reports.workbook_week import write_week
from tests.centre import make_request, make_resource, make_user
from tests.reports.busy_week import make_busy_week, week_of
from tests.reports.office import convert

IMPOSSIBLE = '=HYPERLINK("http://evil.example";"press") sled run'


@dataclass(frozen=True)
class Files:
    """The workbooks as written, and as LibreOffice saves and prints them."""

    week: Path
    utilisation: Path
    recalculated: Path
    week_pdf: Path
    utilisation_pdf: Path
    researcher_week: Path


@pytest.fixture(scope="session")
def files(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Files]:
    folder = tmp_path_factory.mktemp("workbooks")
    path = folder / "markaz.db"
    path.write_bytes(sqlite_template.read_bytes())
    database.configure(f"sqlite:///{path}")
    with transaction():
        site = make_busy_week(time_zone="Asia/Karachi", wanted=30)
        make_user("researcher")
        week = week_of(site)
        project = session.query(Project).filter_by(code="EVA").one()
        short = make_resource(site, "SLED", name="Acceleration sled", kind="trainer", calendar=None)
        make_request(
            project,
            short,
            code="EVA-999",
            title=IMPOSSIBLE,
            minutes=9 * 24 * 60,
            earliest_at=week.start,
            latest_at=week.end,
        )
    with transaction():
        run_id = plans.order_build(the_site(), week_of(the_site()), time_limit_seconds=2, workers=1).id
    building.build(run_id)
    session.rollback()
    with transaction():
        plan = plans.latest_draft(the_site())
        assert plan is not None
        plans.publish(plan)
    yield _write(folder)
    session.remove()
    database.engine().dispose()


def _write(folder: Path) -> Files:
    from scheduler.accounts.service import find_user

    site = the_site()
    span = week_of(site)
    week, utilisation, researcher = (
        folder / name for name in ("week.xlsx", "utilisation.xlsx", "researcher.xlsx")
    )
    with week.open("wb") as stream:
        write_week(site, span, stream)
    with researcher.open("wb") as stream:
        write_week(site, span, stream, find_user("researcher@centre.example"))
    with utilisation.open("wb") as stream:
        write_utilisation(site, span, stream)
    session.rollback()
    (recalculated,) = convert([utilisation], "xlsx", folder / "recalculated")
    week_pdf, utilisation_pdf = convert([week, utilisation], "pdf", folder / "printed")
    return Files(week, utilisation, recalculated, week_pdf, utilisation_pdf, researcher)
