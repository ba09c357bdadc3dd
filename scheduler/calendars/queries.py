"""Looking up sites."""

from sqlalchemy import select

from scheduler.calendars.models import Site
from scheduler.database import normal_code, session
from scheduler.errors import NotFound


def find_site(code: str | None = None) -> Site | None:
    """The site with that code; without a code the first one."""
    sites = list(session.scalars(select(Site).order_by(Site.id)))
    if code is None:
        return sites[0] if sites else None
    return next((site for site in sites if normal_code(site.code) == normal_code(code)), None)


def the_site(code: str | None = None) -> Site:
    """As `find_site`, refused with what to do where there is none."""
    site = find_site(code)
    if site is None:
        raise NotFound(
            "There is no site yet. Import a centre workbook (markaz template -o centre.xlsx gives a "
            "blank one), or load the demo: python3 -m scheduler demo."
        )
    return site
