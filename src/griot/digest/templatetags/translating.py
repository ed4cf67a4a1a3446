"""For the page on which an edition is translated."""

from __future__ import annotations

import json

from django import template
from django.template import Context

register = template.Library()


@register.simple_tag(takes_context=True)
def without_alias(context: Context) -> str:
    """Nobody makes an edition an alias of its original (`guarding.RULES`), so that it is not offered."""
    props = json.loads(context["props"])
    props["links"]["convertToAliasUrl"] = None
    context["props"] = json.dumps(props)
    return ""
