"""Which module imports which, read from the source: also inside functions, relative, and by name."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOMS = (
    "accounts", "calendars", "people", "resources", "projects", "requests", "campaigns", "bookings", "plans",
    "excel", "reports", "notices",
)  # fmt: skip
"""From left to right: a room imports only what stands to its left."""

PUTS_TOGETHER = {
    "__main__": "hands over to the command line",
    "app": "puts every room's pages together",
    "cli": "puts every room's commands together",
    "demo": "fills every room",
    "models": "every table, for migrations",
    "page_frame": "the frame around every room's pages: who is signed in, what waits",
    "selftest": "sets up the tests, as the bootstrap does",
    "serve": "starts the application",
    "wiring": "who hears whom, for every process",
    "upkeep": "the commands that keep an instance",
    "backup": "takes the guards of bookings away while history is restored",
    "migrations": "the schema of every room",
}
"""Outside the rooms, and allowed to import them: the right end of the house, each for its reason."""

FOR_EVERYBODY = ("migrations",)
"""Of these, what shared files may import all the same: whoever opens an instance needs its schema."""

SOLVER_MAY_NOT = ("scheduler", "flask", "sqlalchemy")
VERIFICATION_MAY = ("solver.problem", "solver.solution", "solver.weights")
RULES_MAY_NOT = ("flask", "sqlalchemy", "click", "scheduler.database")
WITHOUT_WEB = ("service", "queries", "models", "rules")

EXCEPTIONS = {
    (
        "scheduler/accounts/rules.py",
        "scheduler.accounts.models",
    ): "the order of the roles stands with the rows",
}


def wrong_imports(root: Path) -> list[str]:
    """Every import under `root` that goes against an arrow, as `file:line imports module: why`."""
    files = [path for package in ("solver", "scheduler") for path in sorted((root / package).rglob("*.py"))]
    return [fault for path in files for fault in wrong_imports_of(path, root)]


def wrong_imports_of(path: Path, root: Path) -> list[str]:
    """The same for one file."""
    place = path.relative_to(root)
    return [
        f"{place.as_posix()}:{line} imports {target}: {why}"
        for line, target in imports(path, root)
        if (place.as_posix(), target.rpartition(".")[0]) not in EXCEPTIONS
        and (why := wrong(place, target)) is not None
    ]


def wrong(place: Path, target: str) -> str | None:
    """Why the module at `place` may not import `target`; None if it may."""
    if place.parts[0] == "solver":
        if _is_within(target, SOLVER_MAY_NOT):
            return "the solver knows no application, no web, no database"
        own = _is_within(target, (*VERIFICATION_MAY, "solver.verification"))
        if place.parts[1] == "verification" and _is_within(target, ("solver",)) and not own:
            return "a second opinion shares no code with the search"
        return None
    here = _area(place)
    there = target.split(".")[1] if target.startswith("scheduler.") else None
    if _is_within(target, ("solver",)) and here != "plans":
        return "only plans knows the solver"
    if place.stem == "rules" and here in ROOMS and _is_within(target, RULES_MAY_NOT):
        return "rules know no database and no web"
    if place.stem in WITHOUT_WEB and here in ROOMS and _is_within(target, ("flask", "click")):
        return "only views and commands know the web and the command line"
    if here in PUTS_TOGETHER or there is None or there == here:
        return None
    if there in PUTS_TOGETHER and there not in FOR_EVERYBODY:
        return "that stands at the right end of the house"
    if there in ROOMS and here not in ROOMS:
        return "a shared file knows no room"
    if there in ROOMS and ROOMS.index(there) > ROOMS.index(here):
        return "a room imports only rooms to its left"
    return None


def imports(path: Path, root: Path) -> Iterator[tuple[int, str]]:
    """Line and full name of everything that a file imports, wherever in it."""
    package = list(path.relative_to(root).with_suffix("").parts[:-1])
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield node.lineno, name.name
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            origin = ".".join([*base, *(node.module or "").split(".")]).strip(".")
            for name in node.names:
                # `from scheduler import plans` imports a room, `from scheduler.plans import x` too.
                yield node.lineno, f"{origin}.{name.name}"
        elif isinstance(node, ast.Call) and _is_import_by_name(node):
            argument = node.args[0]
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                yield node.lineno, argument.value


def _is_import_by_name(node: ast.Call) -> bool:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    return name in ("import_module", "__import__") and bool(node.args)


def _is_within(target: str, packages: tuple[str, ...]) -> bool:
    return any(target == package or target.startswith(package + ".") for package in packages)


def _area(place: Path) -> str:
    """Room, or shared file, that a path below `scheduler/` belongs to."""
    return place.parts[1] if len(place.parts) > 2 else place.stem
