"""Signing in and out, the own account, the users, the audit log."""

import secrets
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask_login import current_user
from markupsafe import Markup

from scheduler import security
from scheduler.accounts import managing, pages, queries, scopes, service, trying
from scheduler.accounts.forms import AccountForm, NewUserForm, PasswordForm, RoleForm, SignInForm, UserForm
from scheduler.accounts.models import ROLES
from scheduler.database import transaction, utc_now
from scheduler.errors import Stale, UserError
from scheduler.limits import costly
from scheduler.security import role_required

blueprint = Blueprint("accounts", __name__)


@blueprint.route("/sign-in", methods=["GET", "POST"])
@security.public
def sign_in() -> Any:
    if current_user.is_authenticated and request.method == "GET":
        return redirect(url_for("home"))
    form = SignInForm(next=request.args.get("next", ""))
    if form.validate_on_submit():
        try:
            token = trying.sign_in(form.email.data or "", form.password.data or "", pages.address())
        except UserError as error:
            pages.place(form, error)
        else:
            security.remember(token)
            return redirect(security.safe_target(form.next.data) or url_for("home"))
    status = 200 if request.method == "GET" else 400
    return render_template("accounts/sign_in.html", form=form), status


@blueprint.post("/sign-out")
@security.public
def sign_out() -> Any:
    token = security.remembered()
    if token is not None:
        with transaction(actor=current_user if current_user.is_authenticated else None):
            service.sign_out(token, utc_now())
    security.forget()
    return redirect(url_for("accounts.sign_in"))


# ── the own account ─────────────────────────────────────


@blueprint.route("/account", methods=["GET", "POST"])
@security.signed_in
def account() -> Any:
    """The own name, language and theme."""
    kept = {"name": current_user.name, "language": current_user.language, "theme": pages.theme()}
    form = AccountForm(data=kept)
    if form.validate_on_submit():
        try:
            with transaction(actor=current_user):
                managing.rename(pages.me(), form.name.data or "", form.language.data)
        except UserError as error:
            pages.place(form, error)
        else:
            flash("Your account is saved.")
            return pages.keep_theme(redirect(url_for("accounts.account")), form.theme.data)
    return _account_page(form, None)


@blueprint.post("/account/password")
@security.signed_in
def change_own_password() -> Any:
    """A new password, for whoever knows the old one; other sessions end."""
    form = PasswordForm()
    if form.validate_on_submit():
        old, new = form.old.data or "", form.password.data or ""
        try:
            managing.refuse_careless(old, new, form.again.data or "")
            trying.confirm(current_user, old, pages.address())
            with transaction(actor=current_user, reason="changed by its owner"):
                user = pages.me()
                service.set_password(user, new)
                service.end_all_sessions(user, utc_now(), but_token=security.remembered())
        except UserError as error:
            pages.place(form, error)
        else:
            flash("Your password is changed. Everywhere else you are signed out.")
            return redirect(url_for("accounts.account"))
    return _account_page(None, form)


@blueprint.post("/account/sessions/<int:sign_in_id>/end")
@security.signed_in
def end_own_session(sign_in_id: int) -> Any:
    with transaction(actor=current_user, reason="ended by its owner"):
        managing.end_session(pages.me(), sign_in_id, utc_now())
    flash("That session is ended.")
    return redirect(url_for("accounts.account"))


def _account_page(form: AccountForm | None, password_form: PasswordForm | None) -> Any:
    page = render_template("accounts/account.html", **pages.account_facts(form, password_form))
    return page, 400 if request.method == "POST" else 200


# ── users ───────────────────────────────────────────────


@blueprint.get("/users/", strict_slashes=False)
@role_required("administrator")
def users() -> Any:
    text = request.args.get("q", "").strip()[:100]
    role, state = request.args.get("role") or None, request.args.get("state") or None
    if role is not None and role not in ROLES:
        raise UserError(f'"{role[:40]}" is no role. Choose one of {", ".join(ROLES)}.')
    if state is not None and state not in queries.STATES:
        raise UserError(f'There is no state "{state[:40]}". Choose one of {", ".join(queries.STATES)}.')
    listed = queries.list_users(text, role, state, pages.page_number())
    return render_template(
        "accounts/users.html",
        listed=listed,
        counts=queries.counts_by_state(),
        lines={user.id: pages.role_lines(user) for user in listed.rows},
        text=text,
        role=role,
        state=state,
        roles=ROLES,
        states=queries.STATES,
    )


@blueprint.route("/users/new", methods=["GET", "POST"])
@role_required("administrator")
def new_user() -> Any:
    """Add a user; the first password is random and shown once, on the answer to this form."""
    form = NewUserForm()
    key = request.form.get("key") or secrets.token_urlsafe(16)
    message = None
    if form.validate_on_submit():
        password = service.random_password()
        try:
            user_id, is_new = pages.add_once(form, key, password)
        except UserError as error:
            message = pages.place(form, error)
        else:
            if is_new:
                return _password_page(user_id, password, is_first=True)
            flash("This user is added already; the password was shown then. Give a new one if it is lost.")
            return redirect(url_for("accounts.user", user_id=user_id))
    page = render_template("accounts/new_user.html", form=form, key=key, message=message)
    return page, 400 if request.method == "POST" else 200


@blueprint.route("/users/<int:user_id>", methods=["GET", "POST"])
@role_required("administrator")
def user(user_id: int) -> Any:
    """One user: who it is, what it may do, where it is signed in."""
    form = UserForm(data=pages.kept_values(queries.get_user(user_id)))
    message, status = None, 400
    if form.validate_on_submit():
        email, name = form.email.data or "", form.name.data or ""
        try:
            with transaction(actor=current_user):
                found = queries.get_user(user_id)
                managing.edit(found, pages.version_of(form), email, name, form.language.data)
        except Stale as error:
            message, status = error.message, 409
            form.version.data = queries.get_user(user_id).version
        except UserError as error:
            message = pages.place(form, error)
        else:
            flash(f"{name} is saved.")
            return redirect(url_for("accounts.user", user_id=user_id))
    return _user_page(user_id, form, None, message, status)


@blueprint.post("/users/<int:user_id>/roles")
@role_required("administrator")
def give_role(user_id: int) -> Any:
    form = RoleForm()
    message = None
    if form.validate_on_submit():
        try:
            with transaction(actor=current_user):
                found = queries.get_user(user_id)
                where = scopes.find_scope(form.scope.data) or ("centre", None)
                managing.give_role(found, form.role.data, where)
                name = found.name
        except UserError as error:
            message = pages.place(form, error)
        else:
            flash(f"{name} is {form.role.data} now.")
            return redirect(url_for("accounts.user", user_id=user_id))
    return _user_page(user_id, None, form, message)


@blueprint.post("/users/<int:user_id>/roles/<int:role_id>/take")
@role_required("administrator")
def take_role(user_id: int, role_id: int) -> Any:
    return _do(user_id, "{} has one role less.", lambda user: managing.take_role(user, role_id))


@blueprint.post("/users/<int:user_id>/disable")
@role_required("administrator")
def disable(user_id: int) -> Any:
    return _do(
        user_id,
        "{} is disabled and signed out.",
        lambda user: managing.disable(user, pages.me(), utc_now()),
    )


@blueprint.post("/users/<int:user_id>/enable")
@role_required("administrator")
def enable(user_id: int) -> Any:
    return _do(user_id, "{} can sign in again.", managing.enable)


@blueprint.post("/users/<int:user_id>/sessions/end")
@role_required("administrator")
def end_sessions(user_id: int) -> Any:
    return _do(user_id, "{} is signed out everywhere.", lambda user: managing.end_sessions(user, utc_now()))


@blueprint.post("/users/<int:user_id>/password")
@role_required("administrator")
def reset_password(user_id: int) -> Any:
    """A random password, shown on the answer and nowhere else."""
    password = service.random_password()
    with transaction(actor=current_user, reason="new password by an administrator"):
        managing.replace_password(queries.get_user(user_id), password, utc_now())
    return _password_page(user_id, password, is_first=False)


def _do(user_id: int, words: str, work: Any) -> Any:
    """One press of a button on the page of a user."""
    try:
        with transaction(actor=current_user):
            found = queries.get_user(user_id)
            work(found)
            name = found.name
    except UserError as error:
        if type(error) is not UserError:
            raise
        flash(error.message, "error")
    else:
        flash(words.format(name))
    return redirect(url_for("accounts.user", user_id=user_id))


def _user_page(
    user_id: int, form: UserForm | None, role_form: RoleForm | None, message: str | None, status: int = 400
) -> Any:
    facts = pages.user_facts(user_id, form, role_form)
    page = render_template("accounts/user.html", message=message, **facts)
    return page, status if request.method == "POST" else 200


def _password_page(user_id: int, password: str, is_first: bool) -> Any:
    user = queries.get_user(user_id)
    return render_template("accounts/password.html", user=user, password=password, is_first=is_first)


# ── the audit log ───────────────────────────────────────


@blueprint.get("/audit")
@role_required("administrator")
def show_audit() -> Any:
    """Who did what, when, before and after; the newest first."""
    facts = pages.log_facts()
    return render_template("accounts/audit.html", **facts), 400 if facts["faults"] else 200


@blueprint.get("/audit.xlsx")
@costly("files")
@role_required("administrator")
def audit_workbook() -> Any:
    return _send(*pages.log_file("xlsx", utc_now()))


@blueprint.get("/audit.csv")
@costly("files")
@role_required("administrator")
def audit_csv() -> Any:
    return _send(*pages.log_file("csv", utc_now()))


def _send(stream: Any, mimetype: str, name: str) -> Any:
    return send_file(stream, mimetype=mimetype, as_attachment=True, download_name=name, max_age=0)


@blueprint.app_template_global()
def history_link(entity: str, row_id: int) -> Markup:
    """Where an administrator reads what was done to a row; nothing for others."""
    if not security.may("administrator"):
        return Markup("")
    address = url_for("accounts.show_audit", entity=entity, id=row_id)
    return Markup('<a class="mk-small" href="{}">History</a>').format(address)
