"""Templates of kinds of work: kept from a request, given back as values of a form."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select

from scheduler.accounts.models import User
from scheduler.accounts.service import can
from scheduler.database import normal_code, session, utc_now
from scheduler.errors import Forbidden, NotFound, Stale, UserError
from scheduler.people.models import ExclusionGroup, Qualification
from scheduler.projects.models import PROJECT_KINDS
from scheduler.requests.models import ActivityRequest, RequestTemplate
from scheduler.requests.values import DrawValue, NeedValue, RequestValues, Way
from scheduler.requests.writing import values_of
from scheduler.resources.models import Resource, Utility

NAME_LETTERS = 120
PLAIN = (
    "least_minutes", "setup_minutes", "teardown_minutes", "most_parts", "least_part_minutes",
    "exclusion_group_id", "configuration", "note", "hazards", "preferred",
)  # fmt: skip
"""What a template keeps of a request as it stands, besides places, people and utilities."""


@dataclass(frozen=True)
class Known:
    """What a template says: `least_minutes` None asks for all of the wish."""

    title: str
    wish_minutes: int | None
    ways: tuple[Way, ...]
    needs: tuple[NeedValue, ...]
    draws: tuple[DrawValue, ...]
    plain: dict[str, Any]


def save_template(
    row: ActivityRequest, user: User | None, name: str, project_kind: str | None
) -> RequestTemplate:
    """Keep what a request needs under a name; one of that name is replaced."""
    _refuse(user)
    name, kind = _checked(name, project_kind)
    values = values_of(row)
    template = session.scalar(
        select(RequestTemplate).where(
            RequestTemplate.site_id == row.site_id, RequestTemplate.name_key == normal_code(name)
        )
    )
    if template is None:
        template = RequestTemplate(site_id=row.site_id, name=name, name_key=normal_code(name), asks={})
        session.add(template)
    template.name, template.project_kind, template.retired_at = name, kind, None
    template.title, template.wish_minutes = values.title, values.wish_minutes
    template.asks = _asks(values)
    session.flush()
    return template


def change_template(
    template: RequestTemplate, user: User | None, version: int, name: str, project_kind: str | None
) -> None:
    """Another name, or for another kind of project."""
    _refuse(user)
    _refuse_stale(template, version)
    name, kind = _checked(name, project_kind)
    other = session.scalar(
        select(RequestTemplate.id).where(
            RequestTemplate.site_id == template.site_id,
            RequestTemplate.name_key == normal_code(name),
            RequestTemplate.id != template.id,
        )
    )
    if other is not None:
        message = f'There is a template "{name}" already. Choose another name.'
        raise UserError(message, {"name": message})
    template.name, template.name_key, template.project_kind = name, normal_code(name), kind
    session.flush()


def retire_template(template: RequestTemplate, user: User | None, version: int) -> None:
    """Offer it no more; saving one of the same name brings it back."""
    _refuse(user)
    _refuse_stale(template, version)
    template.retired_at = utc_now()
    session.flush()


def list_templates(site_id: int, kinds: set[str] | None = None) -> list[RequestTemplate]:
    """Those that are offered; with `kinds` only for projects of such a kind."""
    query = select(RequestTemplate).where(
        RequestTemplate.site_id == site_id, RequestTemplate.retired_at.is_(None)
    )
    if kinds is not None:
        query = query.where(
            or_(RequestTemplate.project_kind.is_(None), RequestTemplate.project_kind.in_(kinds))
        )
    return list(session.scalars(query.order_by(RequestTemplate.name_key)))


def get_template(site_id: int, template_id: int) -> RequestTemplate:
    template = session.get(RequestTemplate, template_id)
    if template is None or template.site_id != site_id or template.retired_at is not None:
        raise NotFound("There is no such template. The form lists those that there are.")
    return template


def known(template: RequestTemplate) -> Known:
    """What a template says today: of places, people and utilities that are gone nothing is said."""
    asks = template.asks
    ways = [
        Way(ids, each["penalty"])
        for each in asks.get("ways", ())
        if (ids := _standing(Resource, each["resources"])) and len(ids) == len(each["resources"])
    ]
    plain = {name: asks[name] for name in PLAIN if asks.get(name) not in (None, "")}
    group = plain.get("exclusion_group_id")
    if group is not None and not _standing(ExclusionGroup, [group]):
        del plain["exclusion_group_id"]
    return Known(
        title=template.title,
        wish_minutes=template.wish_minutes,
        ways=tuple(ways),
        needs=tuple(NeedValue(*each) for each in asks.get("needs", ()) if _standing(Qualification, each[:1])),
        draws=tuple(DrawValue(*each) for each in asks.get("draws", ()) if _standing(Utility, each[:1])),
        plain=plain,
    )


def said_by(template: RequestTemplate) -> str:
    """What it fills in, in a few words: TV-2 or TV-1, 1 vacuum operator, 40 l/h LN2."""
    told = known(template)
    places = [
        " + ".join(session.get_one(Resource, i).code for i in way.resource_ids) for way in told.ways[:3]
    ]
    people = [
        f"{need.count} {session.get_one(Qualification, need.qualification_id).name}" for need in told.needs
    ]
    drawn = []
    for draw in told.draws:
        utility = session.get_one(Utility, draw.utility_id)
        drawn.append(f"{draw.amount:,} {utility.unit} {utility.name or utility.code}".replace("  ", " "))
    return ", ".join([*([" or ".join(places)] if places else []), *people, *drawn]) or "lengths and words"


def _asks(values: RequestValues) -> dict[str, Any]:
    asks: dict[str, Any] = {name: getattr(values, name) for name in PLAIN}
    if values.least_minutes == values.wish_minutes:
        asks["least_minutes"] = None
    asks["ways"] = [{"resources": list(way.resource_ids), "penalty": way.penalty} for way in values.ways]
    asks["needs"] = [[need.qualification_id, need.count, need.phase] for need in values.needs]
    asks["draws"] = [[draw.utility_id, draw.amount, draw.phase] for draw in values.draws]
    return asks


def _standing(row_type: Any, ids: list[int]) -> tuple[int, ...]:
    rows = (session.get(row_type, i) for i in ids)
    return tuple(row.id for row in rows if row is not None and row.retired_at is None)


def _checked(name: str, project_kind: str | None) -> tuple[str, str | None]:
    name = " ".join(name.split())
    if not name or len(name) > NAME_LETTERS:
        message = f"Write the kind of work, in at most {NAME_LETTERS} signs."
        raise UserError(message, {"name": message})
    if project_kind and project_kind not in PROJECT_KINDS:
        message = f"Choose one of {', '.join(PROJECT_KINDS)}, or all."
        raise UserError(message, {"project_kind": message})
    return name, project_kind or None


def _refuse(user: User | None) -> None:
    if not can(user, "manager"):
        raise Forbidden("Templates are kept by managers. Ask one.")


def _refuse_stale(template: RequestTemplate, version: int) -> None:
    if template.version != version:
        raise Stale(f'"{template.name}" was changed meanwhile. Look at it again and repeat.')
