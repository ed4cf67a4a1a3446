"""The form for pictures: what the file says of itself fills in what was left empty."""

from __future__ import annotations

from typing import Any

from wagtail.images.forms import BaseImageForm

from griot.accounts.forms import AsShown
from griot.digest.models import IssuePage
from griot.digest.release.standing import issues_with
from griot.testimonies.core.media.pictures import Metadata, read_metadata

_SEEN = {"file", "credit", "description", "licence"}
_FILLED = {"credit": "credit", "description": "description", "licence": "licence"}


class PictureForm(AsShown, BaseImageForm):
    """Credit and alternative text are needed, by hand or from the file."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._user = options.get("user")
        self._needed = [name for name in _FILLED if name in self.fields and self.fields[name].required]
        for name in self._needed:
            self.fields[name].required = False

    def clean(self) -> dict[str, Any]:
        facts: dict[str, Any] = super().clean() or {}
        file = facts.get("file")
        said = Metadata()
        if file and "file" in self.changed_data:
            file.seek(0)
            said = read_metadata(file.read())
            file.seek(0)
        for field, name in _FILLED.items():
            if field in self.fields and not facts.get(field):
                facts[field] = getattr(said, name)
        for name in self._needed:
            if not facts.get(name):
                self.add_error(name, "Say it here; the file does not.")
        if self.instance.pk:
            self._stands_in_what_is_public(set(self.changed_data))
        return facts

    def _stands_in_what_is_public(self, changed: set[str]) -> None:
        """What readers see of it is approved with its issue, and stands in mails that were sent; who may
        publish says until when.
        """
        issues = issues_with(self.instance) if changed & {*_SEEN, "rights_until"} else []
        others = [issue for issue in issues if not self._may_publish(issue)]
        if issues and changed & _SEEN:
            self.add_error(
                None,
                f"It stands in “{issues[0]}”, which is out or approved, or about to be. Upload this as a"
                " picture of its own, and put it into the issue’s draft.",
            )
        elif others:
            self.add_error("rights_until", f"It stands in “{others[0]}”: who may publish that changes this.")

    def _may_publish(self, issue: IssuePage) -> bool:
        return self._user is not None and issue.permissions_for_user(self._user).can_publish()
