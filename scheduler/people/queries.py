"""Lists of people for pages, each in a constant number of statements."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import ceil

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from scheduler.database import session
from scheduler.errors import NotFound
from scheduler.people.models import Absence, Organisation, Person, PersonQualification, Qualification
from scheduler.people.rules import LAPSED, LAPSES, Standing, standing

PAGE_ROWS = 25
MOST_ABSENCES = 200


@dataclass(frozen=True)
class Page:
    """One page of a list of people: `number` of `pages`, and how many there are in all."""

    rows: Sequence[Person]
    number: int
    pages: int
    total: int

    @property
    def first(self) -> int:
        return (self.number - 1) * PAGE_ROWS + 1


@dataclass(frozen=True)
class Held:
    """How one person stands in one qualification."""

    person: Person
    qualification: Qualification
    standing: Standing


def list_people(
    site_id: int, text: str = "", kind: str | None = None, *, retired: bool = False, page: int = 1
) -> Page:
    """By name; `text` is looked for in name, code and e-mail."""
    return _page(_matching(site_id, text, kind, retired), page)


def list_holders(
    site_id: int,
    today: date,
    text: str = "",
    kind: str | None = None,
    shows: str | None = None,
    page: int = 1,
) -> Page:
    """People for the matrix; `shows` keeps those with a certificate in that state."""
    query = _matching(site_id, text, kind, False)
    if shows is not None:
        ids = {held.person.id for held in all_held(site_id, today) if held.standing.state == shows}
        query = query.where(Person.id.in_(ids))
    return _page(query, page)


def all_held(site_id: int, today: date) -> list[Held]:
    """Every qualification of everybody who has not left, as it stands today."""
    people = session.scalars(
        _whole(select(Person)).where(Person.site_id == site_id, Person.retired_at.is_(None))
    )
    return [held for person in people for held in held_by(person, today)]


def held_by(person: Person, today: date) -> Iterator[Held]:
    """What a person holds, will hold or has held, by the code of the qualification."""
    by_qualification: dict[int, list[PersonQualification]] = {}
    for row in person.qualifications:
        by_qualification.setdefault(row.qualification_id, []).append(row)
    found = []
    for rows in by_qualification.values():
        stands = standing([(row.valid_from_on, row.valid_until_on) for row in rows], today)
        if stands is not None:
            found.append(Held(person, rows[0].qualification, stands))
    yield from sorted(found, key=lambda held: held.qualification.code_key)


def lapsing(held: Sequence[Held]) -> list[Held]:
    """Those that lapse soon or have lapsed: what is still to come by its day, what is over last."""
    worrying = [each for each in held if each.standing.state in (LAPSES, LAPSED)]
    return sorted(
        worrying,
        key=lambda each: (each.standing.state == LAPSED, each.standing.until or date.max, each.person.name),
    )


def list_qualifications(site_id: int) -> list[Qualification]:
    return list(
        session.scalars(
            select(Qualification)
            .where(Qualification.site_id == site_id, Qualification.retired_at.is_(None))
            .order_by(Qualification.code_key)
        )
    )


def list_organisations(site_id: int) -> list[Organisation]:
    return list(
        session.scalars(
            select(Organisation)
            .where(Organisation.site_id == site_id, Organisation.retired_at.is_(None))
            .order_by(Organisation.code_key)
        )
    )


def list_absences(site_id: int, now: datetime) -> list[Absence]:
    """Absences that run or come, by their start."""
    return list(
        session.scalars(
            select(Absence)
            .join(Absence.person)
            .where(Person.site_id == site_id, Person.retired_at.is_(None), Absence.ends_at > now)
            .options(joinedload(Absence.person))
            .order_by(Absence.starts_at, Absence.id)
            .limit(MOST_ABSENCES)
        )
    )


def everybody(site_id: int) -> list[Person]:
    """All who have not left, by name."""
    return list(session.scalars(_matching(site_id, "", None, False)))


def get_person(person_id: int) -> Person:
    person = session.scalar(_whole(select(Person)).where(Person.id == person_id))
    if person is None:
        raise NotFound("There is no such person. The address may be mistyped: look in the list of people.")
    return person


def get_absence(absence_id: int) -> Absence:
    absence = session.get(Absence, absence_id)
    if absence is None:
        raise NotFound("There is no such absence any more. Look at the person's page.")
    return absence


def find_qualification(site_id: int, qualification_id: int) -> Qualification | None:
    return session.scalar(
        select(Qualification).where(Qualification.site_id == site_id, Qualification.id == qualification_id)
    )


def person_of_user(user_id: int) -> Person | None:
    """The person whose account that is."""
    return session.scalar(select(Person).where(Person.user_id == user_id))


def counts_by_kind(site_id: int, text: str = "") -> dict[str, int]:
    """How many there are of each kind, of those who have not left; `left` are those who have."""
    query = (
        select(Person.kind, Person.retired_at.is_not(None), func.count())
        .where(Person.site_id == site_id, *_about(text))
        .group_by(Person.kind, Person.retired_at.is_not(None))
    )
    counts: dict[str, int] = {"left": 0}
    for kind, has_left, count in session.execute(query):
        name = "left" if has_left else kind
        counts[name] = counts.get(name, 0) + int(count)
    return counts


def _about(text: str) -> list[ColumnElement[bool]]:
    words = text.strip()[:100]
    if not words:
        return []
    columns = (Person.name, Person.code, Person.email)
    return [or_(*(column.icontains(words, autoescape=True) for column in columns))]


def _matching(site_id: int, text: str, kind: str | None, retired: bool) -> Select[Person]:
    left = Person.retired_at.is_not(None) if retired else Person.retired_at.is_(None)
    query = _whole(select(Person)).where(Person.site_id == site_id, left, *_about(text))
    if kind is not None:
        query = query.where(Person.kind == kind)
    return query.order_by(func.lower(Person.name), Person.code_key)


def _page(query: Select[Person], page: int) -> Page:
    total = session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    pages = max(1, ceil(total / PAGE_ROWS))
    number = min(max(1, page), pages)
    rows = session.scalars(query.limit(PAGE_ROWS).offset((number - 1) * PAGE_ROWS)).unique()
    return Page(list(rows), number, pages, total)


def _whole(statement: Select[Person]) -> Select[Person]:
    return statement.options(
        joinedload(Person.organisation),
        joinedload(Person.calendar),
        selectinload(Person.qualifications).joinedload(PersonQualification.qualification),
        selectinload(Person.absences),
    )
