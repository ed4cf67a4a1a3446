"""Proofs: the mail of an edition as its readers would get it, looked at, or sent to who asks for it."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from email.utils import parseaddr
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from griot.characters import fit_text
from griot.digest.core.rendering.mail import UNSUBSCRIBE, MailError
from griot.digest.models import IssuePage
from griot.digest.morning.telling import testimonies_in
from griot.digest.site.newsroom import absolute
from griot.mailing.core.compiling import compile_message
from griot.mailing.core.relays import InDoubt, Refused, RelayDown, open_relay
from griot.mailing.models import Proof
from griot.mailing.outbox import proof_name
from griot.mailing.saying import said, sender
from griot.queueing import soon
from griot.testimonies.copies import stale
from griot.testimonies.showing.shown import left_the_house

KEPT = timedelta(days=1)


def as_it_would_go(page: IssuePage) -> IssuePage:
    """What of an edition would be mailed: what is out, or its newest draft."""
    newest: IssuePage = page if page.live else page.get_latest_revision_as_object()
    return newest


def ask_for_proof(page: IssuePage, user: Any) -> Proof:
    """Have an edition's mail sent to who asks for it, soon. Raises ValueError for who has no address."""
    if not user.email:
        raise ValueError("Your account has no e-mail address: an administrator gives it one.")
    with transaction.atomic():
        proof = Proof.objects.create(issue=page, by=user)
        soon("mailing.proof", f"proof-{proof.pk}", proof=proof.pk)
    return proof


def send_proof(pk: int) -> None:
    """Send a proof, and note how that went. Raises RelayDown where the relay is away: it is tried again."""
    proof = Proof.objects.select_related("by", "issue").filter(pk=pk, sent=None).first()
    if proof is None or not proof.by.is_active:
        return
    page = as_it_would_go(proof.issue)
    try:
        words = said(page)
        Proof.objects.filter(pk=pk).update(made_of=words.made_of)
        compiled = compile_message(
            sender=sender(),
            subject=f"Test: {words.subject}",
            text=words.text,
            html=words.html,
            list_name="proofs",
            unsubscribe_mark=UNSUBSCRIBE,
            date=timezone.now(),
        )
        host = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
        message = compiled.for_recipient(proof.by.email, f"<proof-{pk}@{host}>", absolute("/"))
        relay = open_relay(settings.EMAIL_URL, settings.MAILDIR)
        try:
            if Proof.objects.filter(stale(), pk=pk).exists():  # a teller has changed something meanwhile
                raise RelayDown("what is told in it was changed in this moment")
            with suppress(InDoubt):  # it may have come: one more would do no harm, and none is asked for
                relay.deliver(proof_name(pk), parseaddr(settings.MAIL_FROM)[1], proof.by.email, message)
        finally:
            relay.close()
    except (MailError, Refused, ValueError) as error:
        Proof.objects.filter(pk=pk).update(error=fit_text(str(error), 300))
        return
    except RelayDown as error:
        Proof.objects.filter(pk=pk).update(error=fit_text(str(error), 300))
        raise
    with transaction.atomic():
        Proof.objects.filter(pk=pk).update(sent=timezone.now(), error="")
        for slug in testimonies_in(page):
            left_the_house(slug, "mail", f"a test to {proof.by}: {page.title}", 1)


def see_to_proofs() -> None:
    """One that is in no queue any more is asked for again; an old one was looked at, or will not be."""
    Proof.objects.filter(at__lt=timezone.now() - KEPT).delete()
    for pk in Proof.objects.filter(sent=None, error="").values_list("pk", flat=True):
        soon("mailing.proof", f"proof-{pk}", proof=pk)
