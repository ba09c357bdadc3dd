"""What the sign-in form may hold."""

from wtforms import EmailField, HiddenField, PasswordField
from wtforms.validators import InputRequired, Length

from scheduler.forms import PageForm, stripped


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
