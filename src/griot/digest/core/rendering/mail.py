"""The e-mail: MJML from our template, HTML from MJML."""

from __future__ import annotations

import re

from mjml import mjml2html

from griot.digest.core.rendering.environment import render_template
from griot.digest.core.types import Issue
from griot.digest.core.typography import fine, finely_set

# Stands where each recipient's own address to unsubscribe goes, in what is only looked at. The mailing gives
# each send one that nobody can guess: an article's link could contain this.
UNSUBSCRIBE = "https://unsubscribe.invalid/"
LARGEST = 90 * 1024  # bytes; Gmail cuts a mail's HTML at 102 KB
# A mail's own styles are inline, as mail clients want them; nothing else may run or load.
MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'self'"


class MailError(ValueError):
    """The issue can't be made into a mail; the message says why."""


def render_mjml(issue: Issue, unsubscribe: str = UNSUBSCRIBE) -> str:
    return render_template("mail/issue.mjml", finely_set(issue), unsubscribe=unsubscribe)


def render_correction_mail(issue: Issue, text: str, unsubscribe: str) -> str:
    """The HTML part of a mail that corrects an issue. Raises MailError."""
    issue, text = finely_set(issue), fine(text, issue.language)
    return _html(render_template("mail/correction.mjml", issue, unsubscribe=unsubscribe, text=text))


def render_mail(issue: Issue, unsubscribe: str = UNSUBSCRIBE, largest: int | None = LARGEST) -> str:
    """The HTML part. Raises MailError when it can't be made, or has more than `largest` bytes: clients would
    clip it.
    """
    html = _html(render_mjml(issue, unsubscribe))
    if largest and len(html.encode()) > largest:
        raise MailError(
            f"the e-mail would have {len(html.encode()) // 1024} KB; mail clients clip at 102 and we stop at"
            " 90. Shorten texts or take pictures out."
        )
    return html


def _html(mjml: str) -> str:
    try:
        html = str(mjml2html(mjml, disable_comments=True, fonts={}))  # by default it would link web fonts
    except ValueError as error:
        raise MailError(f"the e-mail can’t be made of what is in the issue: {error}") from None
    return re.sub(r">\s+<", "> <", html)
