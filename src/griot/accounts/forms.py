"""Forms of the admin, where several people and jobs write one row."""

from __future__ import annotations

from typing import Any

from wagtail.admin.forms import WagtailAdminModelForm


class OwnFieldsForm(WagtailAdminModelForm):
    """Of a row that is there it writes its own fields alone: what others, and jobs, have changed of it since
    it was read stays.
    """

    def own_fields(self) -> set[str]:
        concrete = {field.name for field in self.instance._meta.concrete_fields}
        return concrete & set(self.fields)

    def save(self, commit: bool = True) -> Any:
        if not commit or not self.instance.pk:
            return super().save(commit)
        self.instance.save(update_fields=self.own_fields())
        self._save_m2m()
        return self.instance
