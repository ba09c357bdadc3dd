"""What the forms of signing in, of users and of the own account may hold."""

from typing import Any

from wtforms import EmailField, HiddenField, PasswordField, StringField
from wtforms.validators import DataRequired, InputRequired, Length

from scheduler.accounts.models import ROLES
from scheduler.accounts.rules import LANGUAGES
from scheduler.accounts.scopes import KINDS, all_scopes
from scheduler.forms import Choice, PageForm, stripped

ROLE_WORDS = {
    "viewer": "Viewer: reads",
    "staff": "Staff: sees the own duties",
    "researcher": "Researcher: asks for time",
    "manager": "Manager: approves, plans, publishes",
    "administrator": "Administrator: all of it",
}
THEMES = {"": "As this device", "light": "Light", "dark": "Dark"}


class SignInForm(PageForm):
    """E-mail and password; `next` is the page that was asked for."""

    email = EmailField(
        "E-mail",
        filters=[stripped],
        validators=[InputRequired("Write your e-mail address."), Length(max=254)],
        render_kw={"autocomplete": "username"},
    )
    password = PasswordField(
        "Password",
        validators=[InputRequired("Write your password."), Length(max=256)],
        render_kw={"autocomplete": "current-password"},
    )
    next = HiddenField()


class UserForm(PageForm):
    """Who somebody is."""

    name = StringField(
        "Name",
        filters=[stripped],
        validators=[
            DataRequired("Write a name: others see it beside what was done."),
            Length(max=200, message="Shorten the name to 200 signs."),
        ],
        render_kw={"autocomplete": "off", "dir": "auto", "maxlength": 200},
    )
    email = EmailField(
        "E-mail",
        filters=[stripped],
        validators=[
            DataRequired("Write the e-mail address: one signs in with it."),
            Length(max=254, message="An e-mail address has at most 254 signs."),
        ],
        render_kw={"autocomplete": "off", "maxlength": 254},
    )
    language = Choice("Language", choices=list(LANGUAGES.items()), default="en")
    version = HiddenField()


class RoleForm(PageForm):
    """A role and where it holds."""

    role = Choice("Role", choices=[(role, ROLE_WORDS[role]) for role in ROLES], default="researcher")
    scope = Choice("Where", choices=[("centre", "The whole centre")], default="centre")

    def __init__(self, *values: Any, **more: Any) -> None:
        super().__init__(*values, **more)
        scopes = [(scope.key, f"{KINDS[scope.kind]} {scope.name}") for scope in all_scopes()]
        self.scope.choices = [("centre", "The whole centre"), *scopes]


class NewUserForm(RoleForm, UserForm):
    """A user and the first role."""


class AccountForm(PageForm):
    """The own name, language and theme."""

    name = StringField(
        "Name",
        filters=[stripped],
        validators=[
            DataRequired("Write a name: others see it beside what you did."),
            Length(max=200, message="Shorten the name to 200 signs."),
        ],
        render_kw={"autocomplete": "name", "dir": "auto", "maxlength": 200},
    )
    language = Choice("Language", choices=list(LANGUAGES.items()))
    theme = Choice("Theme", choices=list(THEMES.items()))


class PasswordForm(PageForm):
    """The old password and the new one, twice."""

    old = PasswordField(
        "Password until now",
        validators=[InputRequired("Write the password that you have now."), Length(max=256)],
        render_kw={"autocomplete": "current-password"},
    )
    password = PasswordField(
        "New password",
        validators=[InputRequired("Write the new password.")],
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(
        "New password, once more",
        validators=[InputRequired("Write the new password a second time.")],
        render_kw={"autocomplete": "new-password"},
    )
