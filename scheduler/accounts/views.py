"""Sign in and out."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import current_user

from scheduler import security
from scheduler.accounts import service
from scheduler.accounts.forms import SignInForm
from scheduler.database import transaction, utc_now
from scheduler.errors import UserError

blueprint = Blueprint("accounts", __name__)


@blueprint.route("/sign-in", methods=["GET", "POST"])
@security.public
def sign_in() -> Any:
    if current_user.is_authenticated and request.method == "GET":
        return redirect(url_for("home"))
    form = SignInForm(next=request.args.get("next", ""))
    if form.validate_on_submit():
        token = _try(form)
        if token is not None:
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


def _try(form: SignInForm) -> str | None:
    email, password = form.email.data or "", form.password.data or ""
    address = request.remote_addr or ""
    now = utc_now()
    try:
        with transaction():
            attempt_id = service.begin_try(email, address, now).id
    except UserError as error:
        form.password.errors = [error.message]
        return None
    user = service.find_by_password(email, password)
    with transaction(actor=user):
        token = service.finish_try(attempt_id, user, now)
    if token is None:
        left = service.tries_left(email, address, now)
        form.password.errors = [f"E-mail and password do not match. {_left_words(left)}"]
    return token


def _left_words(left: int) -> str:
    if left == 0:
        return "No try is left: wait 15 min, or ask an administrator for a new password."
    return f"{left} {'try is' if left == 1 else 'tries are'} left before a pause of 15 min."
