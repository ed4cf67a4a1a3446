"""No log quotes a row: what an error of the database says of it is said by its code."""

from __future__ import annotations

import io
import logging
from logging.config import dictConfig

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import reverse

from griot.testimonies.models import Testimony
from griot.troubles.models import Trouble
from griot.troubles.sweeping import attempt
from tests.testimonies.people import Phone, make_campaign, make_messenger

NAME = "Fatoumata Quertzwyla"


@pytest.fixture
def log() -> io.StringIO:
    """What the newsroom's own log would say."""
    said, before = io.StringIO(), logging.root.handlers[:]
    handlers = {"stderr": {**settings.LOGGING["handlers"]["stderr"], "stream": said}}
    dictConfig({**settings.LOGGING, "handlers": handlers})
    yield said
    logging.root.handlers[:] = before


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "code"), [({"kind": None}, "23502"), ({"language": f"{NAME} {'x' * 90}"}, "22001")]
)
def test_the_log_quotes_no_row(log, fields, code):
    make_messenger(make_campaign())
    row = Phone().tell(teller={"name": NAME})

    def act() -> None:
        try:
            with transaction.atomic():
                Testimony.objects.filter(pk=row.pk).update(**fields)
        except Exception as error:
            raise ValueError("in the middle") from error

    attempt("changing", row.pk, act)
    said = log.getvalue()
    assert "changing" in said and "ValueError: in the middle" in said and "which led to" in said
    assert f"IntegrityError: {code}" in said or f"DataError: {code}" in said
    assert NAME not in said and NAME not in Trouble.objects.get().why


def _reset_of(token: str) -> str:
    return reverse("wagtailadmin_password_reset_confirm", args=["MQ", token])


@pytest.mark.django_db
def test_the_log_tells_no_token(log, site):
    for path in ("/unsubscribe/s3cr3t-t0k3n/", "/press/hub/7/s3cr3t-t0k3n/"):
        assert Client().get(path).status_code == 404
    logging.getLogger("django.request").error("Service Unavailable: %s", _reset_of("s3cr3t-t0k3n"))
    assert "/unsubscribe/…" in log.getvalue() and "s3cr3t" not in log.getvalue()
