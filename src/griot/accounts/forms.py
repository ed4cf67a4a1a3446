"""Forms of the admin, where several people and jobs write one row."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from taggit.forms import TagField
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.blocks import BlockField

SHOWN = "as-shown"
CHANGED = (
    "Somebody else has changed this since you opened the page. Yours stands in the form, and is not saved:"
    " open the page a second time to compare, and save again."
)


class AsShown(forms.BaseModelForm):  # type: ignore[type-arg]
    """Of a row that is there it changes what its user has changed of what the page showed them, and no more:
    a form that was open meanwhile gives nobody back what was taken away. Where somebody else has changed the
    same field since, it says so, and asks.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.moved: set[str] = set()  # fields that others have changed since the page was opened
        self.asked: set[str] = set()  # those of them that this user has changed, too
        self.says_what_was_shown = self.is_bound and SHOWN in self.data
        for name in self._shown():  # `changed_data` is what was changed since
            self.fields[name].show_hidden_initial = self.says_what_was_shown

    def _shown(self) -> list[str]:
        if not self.instance.pk:
            return []
        of_model = {
            field.name for field in (*self._meta.model._meta.fields, *self._meta.model._meta.many_to_many)
        }
        return [
            name
            for name, field in self.fields.items()
            if name in of_model
            and not isinstance(field, BlockField | TagField | forms.FileField)
            and not isinstance(field.widget, forms.PasswordInput)
        ]

    def as_shown(self) -> SafeString:
        """What the page shows of each field, for its form to send back with what is typed."""
        inputs = [forms.HiddenInput().render(SHOWN, "1")] if self._shown() else []
        for name in self._shown():
            bound, widget = self[name], self.fields[name].hidden_widget()
            value = self.fields[name].prepare_value(bound.initial)
            if self.says_what_was_shown and name not in self.asked:
                value = widget.value_from_datadict(self.data, self.files, bound.html_initial_name)
            inputs.append(widget.render(bound.html_initial_name, value))
        return format_html_join("\n", "{}", ((shown,) for shown in inputs))

    def _clean_fields(self) -> None:
        super()._clean_fields()  # type: ignore[misc]
        changed = set(self.changed_data)
        for name in self._shown() if self.says_what_was_shown else ():
            bound, field = self[name], self.fields[name]
            field.show_hidden_initial = False  # `as_shown` does, in a place of its own
            was = field.hidden_widget().value_from_datadict(self.data, self.files, bound.html_initial_name)
            is_moved = field.has_changed(bound.initial, was)
            if is_moved and _unbroken(field.prepare_value(bound.initial)) != _unbroken(was):
                self.moved.add(name)
            if name not in changed:  # by this user: what is held stays
                now = getattr(self.instance, name)
                self.cleaned_data[name] = now.all() if hasattr(now, "all") else now
            elif name in self.moved and field.has_changed(bound.initial, bound.data):
                self.asked.add(name)
                self.add_error(name, CHANGED)


def _unbroken(value: Any) -> Any:
    """A text as it is whatever ends its lines: a browser sends others than it was given."""
    return "\n".join(value.strip().splitlines()) if isinstance(value, str) else value


class OwnFieldsForm(AsShown, WagtailAdminModelForm):
    """Of a row that is there it writes its own fields alone: what jobs have changed of it since it was read
    stays.
    """

    def save(self, commit: bool = True) -> Any:
        if not commit or not self.instance.pk:
            return super().save(commit)
        concrete = {field.name for field in self.instance._meta.concrete_fields}
        self.instance.save(update_fields=concrete & set(self.fields))
        self._save_m2m()
        return self.instance
