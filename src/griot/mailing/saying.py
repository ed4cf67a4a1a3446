"""What a send says: frozen as it began, but for what a teller changes in what may be shown."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.utils import timezone

from griot.accounts.house import sent_by
from griot.digest.core.rendering.mail import LARGEST, UNSUBSCRIBE, render_mail
from griot.digest.core.rendering.text import render_text
from griot.digest.core.subjects import preheader
from griot.digest.core.types import Issue
from griot.digest.models import IssuePage
from griot.digest.morning.telling import testimonies_in
from griot.digest.site.composing import issue_of
from griot.digest.site.newsroom import newsroom
from griot.mailing.core.compiling import Compiled, compile_message
from griot.mailing.models import Send
from griot.mailing.outbox import erase_outdated
from griot.mailing.subjects import sayable, subject_of
from griot.testimonies.copies import made_of, stale
from griot.troubles.sweeping import each


@dataclass(frozen=True, slots=True)
class Said:
    """A mail's words, and what testimonies they are made of (`copies.made_of`)."""

    subject: str
    preheader: str
    html: str
    text: str
    made_of: dict[str, Any]


def in_the_inbox(page: IssuePage, value: Issue, subject: str = "") -> tuple[str, str]:
    """An edition's subject, the one that it had where that still holds, and what stands beside it. `value` is
    the edition as it is mailed.
    """
    news = sayable(page, value)
    chosen = subject_of(page, news, subject)
    return chosen, preheader(news, chosen)


def said(page: IssuePage, mark: str = UNSUBSCRIBE, largest: int | None = LARGEST, subject: str = "") -> Said:
    """What the mail of an edition says, as the page is; under the `subject` that it had, where that still
    holds. Raises MailError where its HTML has more than `largest` bytes.
    """
    made = made_of(testimonies_in(page))
    value = issue_of(page, "mail")
    chosen, beside = in_the_inbox(page, value, subject)
    html = render_mail(replace(value, summary=beside), mark, largest)
    return Said(chosen, beside, html, render_text(value, mark), made)


def freeze(send: Send, largest: int | None = LARGEST) -> None:
    """Set what it says: its issue as that is out now. Raises MailError where that has more than `largest`
    bytes.
    """
    send.content = send.issue.serializable_data()
    _say(send, send.issue, largest)


def _say(send: Send, page: IssuePage, largest: int | None) -> None:
    words = said(page, send.unsubscribe_mark, largest, send.subject)
    send.subject, send.html, send.text, send.made_of = words.subject, words.html, words.text, words.made_of


class Words:
    """What a send says, as it may be said at each moment."""

    def __init__(self, send: Send) -> None:
        self.send, self.compiled = send, _compiled(send)

    def now(self) -> Compiled:
        """The message, made anew where a teller has changed what may be shown."""
        row = Send.objects.filter(pk=self.send.pk).annotate(is_stale=stale())
        remade, is_stale = row.values_list("remade", "is_stale").get()
        if is_stale:
            make_anew(self.send.pk)
        if is_stale or remade != self.send.remade:
            self.send.refresh_from_db()
            self.compiled = _compiled(self.send)
        return self.compiled


@transaction.atomic
def make_anew(pk: int) -> None:
    """A send is frozen but for what a teller changes in what may be shown. It goes on also where that makes
    it larger than mail clients show: half of its readers have it.
    """
    send = Send.objects.select_for_update(of=("self",)).get(pk=pk)
    _say(send, send.issue.with_content_json(send.content), largest=None)
    send.remade = timezone.now()
    send.save(update_fields=["made_of", "subject", "html", "text", "remade"])


def make_all_anew() -> None:
    """The sends that do not hold any more, those that are finished, too: they are kept, their mails not."""
    each("making sends anew", Send.objects.filter(stale()).values_list("pk", flat=True), make_anew)
    erase_outdated()


def sender() -> str:
    """Who a mail is from: the newsroom, where the setting names nobody."""
    return sent_by(newsroom().name)


def _compiled(send: Send) -> Compiled:
    return compile_message(
        sender=sender(),
        subject=send.subject,
        text=send.text,
        html=send.html,
        list_name=send.audience.slug,
        unsubscribe_mark=send.unsubscribe_mark,
        date=send.started,
    )
