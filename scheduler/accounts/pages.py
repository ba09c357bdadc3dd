"""What the pages of accounts show and read, apart from their addresses."""

from datetime import datetime
from io import BytesIO
from typing import Any

from flask import request
from flask_login import current_user
from sqlalchemy.exc import IntegrityError

from scheduler import audit, security
from scheduler.accounts import log, log_files, log_search, managing, queries, scopes, service
from scheduler.accounts.forms import AccountForm, NewUserForm, PasswordForm, RoleForm, UserForm
from scheduler.accounts.models import ROLES, Role, User
from scheduler.database import transaction, utc_now
from scheduler.errors import UserError
from scheduler.forms import PageForm
from scheduler.idempotency import find_answer, keep_answer

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FILES = {"xlsx": (log_files.write_workbook, XLSX), "csv": (log_files.write_csv, "text/csv; charset=utf-8")}
A_YEAR = 365 * 24 * 3600


def address() -> str:
    return request.remote_addr or ""


def page_number() -> int:
    text = request.args.get("page", "1")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 1


def place(form: PageForm, error: UserError) -> str | None:
    """Put the faults beside their fields; what has no field is given back, to be said above the form."""
    left = form.place_faults(error.faults)
    return " ".join(left) or None if error.faults else error.message


def version_of(form: UserForm) -> int:
    text = str(form.version.data or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def me() -> User:
    """Whoever asks, as the row of the transaction that is open."""
    return queries.get_user(current_user.id)


def theme() -> str:
    kept = request.cookies.get("markaz_theme", "")
    return kept if kept in ("light", "dark") else ""


def keep_theme(response: Any, chosen: str) -> Any:
    # Not HttpOnly: the script that paints the page reads it.
    if chosen:
        response.set_cookie(
            "markaz_theme", chosen, max_age=A_YEAR, path="/", samesite="Lax", secure=request.is_secure
        )
    else:
        response.delete_cookie("markaz_theme", path="/")
    return response


def account_facts(form: AccountForm | None, password_form: PasswordForm | None) -> dict[str, Any]:
    """The own account; a form that was not sent shows what is stored."""
    kept = {"name": current_user.name, "language": current_user.language, "theme": theme()}
    token = security.remembered()
    rows = service.sessions_of(current_user, utc_now())
    return {
        "form": form or AccountForm(formdata=None, data=kept),
        "password_form": password_form or PasswordForm(formdata=None),
        "sessions": [(row, service.is_of_token(row, token)) for row in rows],
        "roles": role_lines(current_user),
    }


def user_facts(user_id: int, form: UserForm | None, role_form: RoleForm | None) -> dict[str, Any]:
    """One user; a form that was not sent shows what is stored."""
    user = queries.get_user(user_id)
    return {
        "user": user,
        "form": form or UserForm(formdata=None, data=kept_values(user)),
        "role_form": role_form or RoleForm(formdata=None),
        "roles": role_lines(user),
        "sessions": service.sessions_of(user, utc_now()),
        "is_me": user.id == current_user.id,
    }


def kept_values(user: User) -> dict[str, Any]:
    return {name: getattr(user, name) for name in ("name", "email", "language", "version")}


def role_lines(user: User) -> list[tuple[Role, str]]:
    """Roles of a user, the greatest first, each with where it holds."""
    named = scopes.all_scopes() if any(role.scope_kind != "centre" for role in user.roles) else []
    rows = sorted(user.roles, key=lambda role: (-ROLES.index(role.role), role.scope_kind, role.id or 0))
    return [(role, scopes.scope_name(role, named)) for role in rows]


def add_once(form: NewUserForm, key: str, password: str) -> tuple[int, bool]:
    """Id of the user, and whether this form made it: sent twice, it makes one and shows one password."""
    asked = {name: form[name].data for name in ("name", "email", "language", "role", "scope")}
    scope = f"accounts.new_user:{current_user.id}"

    def add() -> tuple[int, bool]:
        with transaction(actor=current_user):
            answer = find_answer(scope, key, asked)
            if answer is not None:
                return answer["id"], False
            where = scopes.find_scope(asked["scope"]) or ("centre", None)
            user = managing.add(
                asked["email"], asked["name"], asked["language"], asked["role"], where, password
            )
            keep_answer(scope, key, asked, {"id": user.id})
            return user.id, True

    try:
        return add()
    except IntegrityError:
        return add()  # the same form, or the same address, at the same moment: it stands by now


def log_facts() -> dict[str, Any]:
    """What the page of the audit log shows."""
    asked = log_search.read(request.args)
    return {
        "listed": log.search(asked.search, page_number()),
        "texts": asked.texts,
        "faults": asked.faults,
        "entities": log.entities(),
        "actions": log.actions(),
        "subject": log.subject(asked.search),
        "most": log.MOST_EXPORTED,
    }


def log_file(kind: str, now: datetime) -> tuple[BytesIO, str, str]:
    """The rows asked for as a file: its content, type and name. That it was taken is written down."""
    asked = log_search.read(request.args)
    if asked.faults:
        raise UserError(" ".join(asked.faults.values()))
    count = log.count(asked.search)
    if count > log.MOST_EXPORTED:
        raise UserError(
            f"That is {count:,} rows; a file takes at most {log.MOST_EXPORTED:,}. Choose fewer days."
        )
    write, mimetype = FILES[kind]
    stream = BytesIO()
    rows = write(log.matching_rows(asked.search), stream)
    stream.seek(0)
    name = f"Markaz audit log {now:%Y-%m-%d %H%M}.{kind}"
    sought = {name: text for name, text in asked.texts.items() if text}
    with transaction(actor=current_user):
        audit.record("exported", "audit", None, {"file": name, "rows": rows} | sought)
    return stream, mimetype, name
