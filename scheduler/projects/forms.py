"""What the forms of projects may hold."""

from collections.abc import Sequence
from typing import Any

from wtforms import EmailField, HiddenField, StringField
from wtforms.validators import DataRequired, Length

from scheduler.forms import Choice, Offer, PageForm, WholeNumber, id_or_none, stripped
from scheduler.projects import rules
from scheduler.projects.models import PROJECT_KINDS
from scheduler.projects.rules import ProjectValues

GRANTED = ("kind", "priority", "quota")
SEEN_BY = (("open", "Everybody may read it"), ("confidential", "Confidential: others see only Busy"))


class ProjectForm(PageForm):
    """A project; without what the centre grants where that is not for whoever asks to set."""

    code = StringField(
        "Code",
        filters=[stripped],
        render_kw={"autocomplete": "off", "maxlength": rules.CODE_LETTERS, "dir": "auto"},
    )
    name = StringField(
        "Name", filters=[stripped], render_kw={"autocomplete": "off", "maxlength": 200, "dir": "auto"}
    )
    kind = Choice("Kind", choices=[(kind, kind) for kind in PROJECT_KINDS], default="R&D")
    programme = StringField(
        "Programme", filters=[stripped], render_kw={"autocomplete": "off", "maxlength": 200, "dir": "auto"}
    )
    partner = Choice("Partner", coerce=id_or_none)
    priority = WholeNumber("Priority", least=1, most=5, default=3)
    quota = StringField(
        "Quota", filters=[stripped], render_kw={"autocomplete": "off", "inputmode": "decimal"}
    )
    cost_code = StringField(
        "Cost code", filters=[stripped], render_kw={"autocomplete": "off", "maxlength": rules.CODE_LETTERS}
    )
    seen_by = Choice("Who may read it", choices=SEEN_BY, default="open")
    version = HiddenField()

    def __init__(
        self, partners: Sequence[tuple[int, str]], *, is_new: bool, grants: bool, **more: Any
    ) -> None:
        super().__init__(**more)
        offer: Offer = [("", "none"), *partners]
        self.partner.choices = offer
        if not is_new:
            del self.code
        if not grants:
            for name in GRANTED:
                del self[name]

    def read(self, kept: ProjectValues) -> ProjectValues | None:
        """What was typed; what the form does not hold is as in `kept`. None where a field is faulty."""
        is_good = self.validate()
        quota = kept.quota_minutes
        if "quota" in self:
            try:
                quota = rules.quota_minutes(self.quota.data or "")
            except ValueError:
                self.place_faults({"quota": "Write hours like 120 or 4.5, or nothing for no limit."})
                is_good = False
        if "priority" in self and self.priority.data is None and not self.priority.errors:
            self.place_faults({"priority": "Choose a priority from 1, the highest, to 5."})
            is_good = False
        priority = self.priority.data if "priority" in self else kept.priority
        if not is_good or priority is None:
            return None
        return ProjectValues(
            name=self.name.data or "",
            kind=self.kind.data if "kind" in self else kept.kind,
            programme=self.programme.data or "",
            partner_id=self.partner.data,
            priority=priority,
            quota_minutes=quota,
            cost_code=self.cost_code.data or "",
            is_confidential=self.seen_by.data == "confidential",
        )


class MemberForm(PageForm):
    """Who is to become a member."""

    email = EmailField(
        "E-mail of a user",
        filters=[stripped],
        validators=[DataRequired("Write the e-mail of a user."), Length(max=254)],
        render_kw={"autocomplete": "off", "maxlength": 254},
    )
