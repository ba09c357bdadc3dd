"""Where a role may hold besides the whole centre. Sites, facilities and projects stand in rooms to the
right, which say here what they have; wired in `create_app`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from scheduler.accounts.models import Role

KINDS = {"site": "Site", "resource": "Facility", "project": "Project"}
CENTRE = "the whole centre"


@dataclass(frozen=True)
class Scope:
    """One thing that a role may be given for."""

    kind: str
    id: int
    name: str

    @property
    def key(self) -> str:
        """What the form sends."""
        return f"{self.kind}-{self.id}"


Finder = Callable[[], Mapping[int, str]]
_finders: dict[str, Finder] = {}


def offer(kind: str, finder: Finder) -> None:
    """Let `finder` name everything of that kind, by id."""
    _finders[kind] = finder


def all_scopes() -> list[Scope]:
    return [
        Scope(kind, row_id, name)
        for kind in KINDS
        if kind in _finders
        for row_id, name in _finders[kind]().items()
    ]


def scope_name(role: Role, scopes: list[Scope]) -> str:
    """Where a role holds, in words."""
    if role.scope_kind == "centre":
        return CENTRE
    for scope in scopes:
        if (scope.kind, scope.id) == (role.scope_kind, role.scope_id):
            return scope.name
    return f"{KINDS.get(role.scope_kind, role.scope_kind).lower()} {role.scope_id}"


def find_scope(key: str) -> tuple[str, int | None] | None:
    """Kind and id of a key that a form sent; None where there is no such thing."""
    if key == "centre":
        return "centre", None
    return next(((scope.kind, scope.id) for scope in all_scopes() if scope.key == key), None)
