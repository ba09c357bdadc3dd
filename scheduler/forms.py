"""What forms of pages share: fields that read what people write, and refusals beside their fields."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from flask_wtf import FlaskForm
from markupsafe import Markup, escape
from wtforms import Field, FieldList, FormField, StringField
from wtforms.validators import ValidationError
from wtforms.widgets import html_params

Offer = Sequence[tuple[Any, str]]
NOT_OFFERED = "This is not to be had any more. Choose one of the list."


def stripped(text: str | None) -> str | None:
    """Filter for text fields: without blanks at both ends."""
    return text.strip() if isinstance(text, str) else text


def id_or_none(text: Any) -> int | None:
    """What a choice among rows means: an id, or the blank choice."""
    return int(text) if text not in (None, "", "None") else None


class PageForm(FlaskForm):
    """A form of a page. Refusals of services are put beside its fields."""

    def place_faults(self, faults: Mapping[str, str]) -> list[str]:
        """Put each message beside the field of that name; those without a field are given back."""
        by_name = {field.name: field for field in self.all_fields()}
        left = []
        for name, message in faults.items():
            field = by_name.get(name)
            if field is None:
                left.append(message)
            else:
                field.errors = [*field.errors, message]
        return left

    def first_fault(self) -> str | None:
        """Id of the first field with a fault: it gets the focus."""
        return next((field.id for field in self.all_fields() if field.errors), None)

    def first_fault_among(self, names: Iterable[str]) -> str | None:
        """The same, of the fields and lists of these names only."""
        found = (field.id for name in names for field in _leaves([self[name]]) if field.errors)
        return next(found, None)

    def all_fields(self) -> Iterator[Any]:
        """Every field that is written to, rows of lists among them, in the order of the page."""
        yield from _leaves(self)


def _select(field: "Choice", **attributes: Any) -> Markup:
    """The list to choose from."""
    attributes.setdefault("id", field.id)
    options = []
    for value, words in field.choices:
        look = html_params(value=value, selected=field.coerce(value) == field.data)
        options.append(f"<option {look}>{escape(words)}</option>")
    start = f"<select {html_params(name=field.name, **attributes)}>"
    return Markup(f"{start}{''.join(options)}</select>")  # noqa: S704 - each value is escaped above


class Choice(Field):
    """One of several, offered as (value, words); what is not offered is refused in our words.

    Own fields, because the library's take their choices in another shape with every version.
    """

    widget = staticmethod(_select)

    def __init__(
        self, label: str, choices: Offer = (), coerce: Callable[[Any], Any] = str, **options: Any
    ) -> None:
        super().__init__(label, **options)
        self.choices = choices
        self.coerce = coerce

    def process_data(self, value: Any) -> None:
        self.data = self.coerce("" if value is None else value)

    def process_formdata(self, valuelist: list[str]) -> None:
        if valuelist:
            try:
                self.data = self.coerce(valuelist[0])
            except ValueError:
                raise ValueError(NOT_OFFERED) from None

    def pre_validate(self, form: Any) -> None:
        if not self.process_errors and self.data not in {self.coerce(value) for value, _ in self.choices}:
            raise ValidationError(NOT_OFFERED)


class Choices(Field):
    """Several of a list of (id, words); the page shows them as boxes to tick."""

    def __init__(self, label: str, choices: Offer = (), **options: Any) -> None:
        super().__init__(label, **options)
        self.choices = choices

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            self.data = list(dict.fromkeys(int(text) for text in valuelist))
        except ValueError:
            raise ValueError(NOT_OFFERED) from None

    def pre_validate(self, form: Any) -> None:
        if not set(self.data or ()) <= {value for value, _ in self.choices}:
            raise ValidationError("Somebody chosen here is not to be had any more. Choose again.")


class WholeNumber(StringField):
    """A whole number, in any digits; blank is None. `most` keeps it within what the database holds."""

    def __init__(
        self,
        label: str,
        least: int = 0,
        most: int = 1_000_000_000,
        default: int | None = None,
        **options: Any,
    ) -> None:
        look = {"inputmode": "numeric", "autocomplete": "off"}
        super().__init__(label, default=default, render_kw=look, **options)
        self.least, self.most = least, most

    def process_formdata(self, valuelist: list[str]) -> None:
        text = valuelist[0].strip() if valuelist else ""
        self.data = None
        if not text:
            return
        try:
            number = int(text) if len(text) <= 12 else None
        except ValueError:
            number = None
        if number is None or not self.least <= number <= self.most:
            raise ValueError(f"Write a whole number from {self.least:,} to {self.most:,}.")
        self.data = number

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else str(self.data)


def _leaves(fields: Any) -> Iterator[Field]:
    for field in fields:
        if isinstance(field, FormField | FieldList):
            yield from _leaves(field)
        else:
            yield field
