"""For the page on which an edition is translated."""

from __future__ import annotations

import json

from django import template
from django.template import Context

from griot.digest.models import IssuePage
from griot.digest.release.approving import why_not_before

register = template.Library()


@register.inclusion_tag("digest/why_not.html", takes_context=True)
def only_what_is_done(context: Context) -> dict[str, str]:
    """Nobody makes an edition an alias of its original (`guarding.RULES`), nor publishes it before that: it
    is not offered, and why stands above.
    """
    props = json.loads(context["props"])
    props["links"]["convertToAliasUrl"] = None
    edition = context.get("instance")
    may_publish = props["perms"]["canPublish"]
    reason = why_not_before(edition) if isinstance(edition, IssuePage) and may_publish else ""
    props["perms"]["canPublish"] = may_publish and not reason
    context["props"] = json.dumps(props)
    return {"label": reason and f"It can’t be published yet. {reason}"}
