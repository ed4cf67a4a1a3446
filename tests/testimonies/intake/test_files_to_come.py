"""Files that a phone says it has, and those that are on their way: looked for until they come."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from griot.testimonies.core.errors import Refused
from griot.testimonies.intake.receiving import cancel_upload, sweep
from griot.testimonies.keeping import vault
from griot.testimonies.models import File, Upload
from griot.testimonies.review import review
from tests.testimonies import made
from tests.testimonies.people import Phone, as_sent, committed, make_campaign, make_messenger

pytestmark = pytest.mark.django_db


def test_what_a_phone_recorded_is_waited_for_however_long_it_is_away(phone, people):
    """What came of it is let go of; that it is to come is not."""
    content, named, begun = made.photo(), str(uuid.uuid4()), str(uuid.uuid4())
    files = [{"id": pk, "role": "story", "position": n} for n, pk in enumerate((named, begun))]
    testimony = phone.tell(files=files)
    url = phone.begin(testimony, content, begun)["Location"]
    phone.patch(url, 0, content[:100])
    Upload.objects.update(touched=timezone.now() - timedelta(days=61))
    with committed():
        sweep(timezone.now())
    assert vault().names() == [] and testimony.files.filter(state="expected").count() == 2
    with pytest.raises(Refused, match="on their way"):
        review.move_on(testimony, people["protection"])
    again = phone.begin(testimony, content, begun)
    assert again["Upload-Offset"] == "0" and phone.patch(url, 0, content).status_code == 204


def test_who_begins_anew_has_all_the_time_again(phone):
    pk = str(uuid.uuid4())
    testimony = phone.tell(files=[{"id": pk, "role": "story", "position": 0}])
    Upload.objects.update(touched=timezone.now() - timedelta(days=61))
    phone.begin(testimony, made.photo(), pk)
    assert Upload.objects.get().touched > timezone.now() - timedelta(days=1)


def test_files_that_are_named_and_cancelled_keep_nobody_from_judging(phone, people):
    testimony = phone.tell()
    review.move_on(testimony, people["protection"], "seen")
    seen, pk = review.mark(testimony), str(uuid.uuid4())
    phone.begin(testimony, made.photo(), pk)
    assert review.mark(testimony) == seen
    cancel_upload(Upload.objects.get())
    assert review.mark(testimony) == seen
    phone.send(testimony, made.photo())
    assert review.mark(testimony) != seen, "what there is to look at is another"


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """The answers of acts that begin at the same moment, each on its own connection."""
    gate = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        gate.wait()
        try:
            return act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(run, acts))


@pytest.mark.django_db(transaction=True)
def test_files_that_are_named_begun_and_cancelled_at_once_are_answered_in_words(site):
    make_messenger(make_campaign())
    phone, content = Phone(), made.photo()
    one, other = phone.tell(), phone.tell()

    def name(row: Any, pks: list[str]) -> int:
        files = [{"id": pk, "role": "story", "position": 0} for pk in pks]
        return int(Phone().post("testimonies/", as_sent(id=str(row.pk), files=files)).status_code)

    def begin(pk: str) -> int:
        return int(Phone().begin(one, content, pk).status_code)

    def cancel(pk: str) -> int:
        url = f"/capture/api/uploads/{pk}/"
        return int(Client().delete(url, HTTP_TUS_RESUMABLE="1.0.0", **phone.auth).status_code)

    for _ in range(15):
        pks = [str(uuid.uuid4()) for _ in range(3)]
        names = [partial(name, one, pks), partial(name, other, pks[::-1])]
        codes = at_once(*names, *[partial(act, pks[0]) for act in (begin, cancel, begin, cancel)])
        assert max(codes) < 500, codes
        assert set(codes[:2]) == {200}
        assert File.objects.filter(upload=None).count() == 0
