"""An issue in its formats: plain functions over `griot.digest.core.types`, no Django."""

from __future__ import annotations

from collections.abc import Callable

from griot.digest.core.rendering.as_json import render_json
from griot.digest.core.rendering.mail import render_mail, render_mjml
from griot.digest.core.rendering.text import render_text
from griot.digest.core.rendering.web import render_issue
from griot.digest.core.types import Issue

FORMATS: dict[str, Callable[[Issue], str]] = {
    "html": render_issue,
    "email": render_mail,
    "text": render_text,
    "mjml": render_mjml,
    "json": render_json,
}


def render(issue: Issue, format: str) -> str:
    """Render `issue` as one of FORMATS. Raises KeyError for any other."""
    return FORMATS[format](issue)
