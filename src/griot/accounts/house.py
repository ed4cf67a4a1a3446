"""What the house calls itself to whoever comes to its doors."""

from __future__ import annotations

from email.utils import formataddr, parseaddr

from django.conf import settings
from wagtail.models import Site

from griot.locking import is_database_away


def house_name() -> str:
    """The newsroom's name; that of the settings where it has none, or while the database is away."""
    try:
        found = Site.objects.filter(is_default_site=True).values_list("site_name", flat=True).first()
    except Exception as error:
        if not is_database_away(error):
            raise
        found = None
    return str(found or settings.WAGTAIL_SITE_NAME)


def house_sender() -> str:
    """Who a mail about an account is from."""
    return sent_by(house_name())


def sent_by(name: str) -> str:
    """Who a mail is from: who the setting names, and under this name where it names nobody."""
    named, address = parseaddr(settings.MAIL_FROM)
    return formataddr((named or name, address))
