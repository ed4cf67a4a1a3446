"""Tables in the admin, whose forms write over nobody."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.forms import BaseModelForm
from wagtail.admin.panels import FieldPanel, ObjectList
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.users.forms import GroupForm, UserEditForm
from wagtail.users.views.groups import GroupViewSet
from wagtail.users.views.users import UserViewSet

from griot.accounts.forms import AsShown, OwnFieldsForm


class OwnFieldsViewSet(ModelViewSet):
    """A table of ours, whose form is of `form_fields`, or of `panels`."""

    model: Any
    form_fields: Sequence[str] = ()
    panels: Sequence[FieldPanel] = ()
    form = OwnFieldsForm

    def get_edit_handler(self) -> ObjectList:
        panels = [*self.panels, *map(FieldPanel, self.form_fields)]
        return ObjectList(panels, base_form_class=self.form).bind_to_model(self.model)


class AccountForm(AsShown, UserEditForm):
    """An account."""


class RoleForm(AsShown, GroupForm):
    """A group."""


class Accounts(UserViewSet):
    def get_form_class(self, for_update: bool = False) -> type[BaseModelForm[Any]]:
        return AccountForm if for_update else super().get_form_class(for_update)


class Roles(GroupViewSet):
    def get_form_class(self, for_update: bool = False) -> type[BaseModelForm[Any]]:
        return RoleForm if for_update else super().get_form_class(for_update)
