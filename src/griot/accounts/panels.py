"""Panels of the admin's home."""

from __future__ import annotations

from typing import Any

from django.template.loader import get_template
from django.utils.safestring import SafeString
from wagtail.admin.ui.components import Component


class Panel(Component):
    """Rendered with the request, so that its forms carry their token: components of Wagtail have none."""

    def render_html(self, parent_context: Any = None) -> SafeString:
        facts = self.get_context_data(parent_context)
        return SafeString(get_template(self.template_name).render(facts, parent_context["request"]))
