"""Which issue a command means."""

from __future__ import annotations

from django.conf import settings

from griot.accounts.requests import number_in
from griot.digest.models import IssuePage


class NoSuchIssue(LookupError):
    """No issue answers to that name; the message says what there is."""


def find_issue(name: str, published: bool = False) -> IssuePage:
    """The issue with an id, or the `latest` by date. Raises NoSuchIssue.

    As its newest revision has it, unless `published` asks for what readers see.
    """
    if name == "latest":
        issue = IssuePage.objects.filter(language=settings.LANGUAGE_CODE).order_by("-day").first()
    elif (pk := number_in(name)) is not None:
        issue = IssuePage.objects.filter(pk=pk).first()
    else:
        raise NoSuchIssue(f"an issue is named by its id or by the word latest, not {name!r}")
    if issue is None:
        there = ", ".join(f"{i.pk} ({i.day})" for i in IssuePage.objects.order_by("-day")[:5])
        raise NoSuchIssue(
            f"there is no issue {name}; "
            + (f"the newest are {there}" if there else "./griot morning makes one")
        )
    return issue if published else issue.get_latest_revision_as_object()
