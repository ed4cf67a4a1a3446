"""What waits to be read of a request: whole, in the clear nowhere, and no larger than its sender may send."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from hypothesis import given, settings
from hypothesis import strategies as st

from griot import asgi
from griot.testimonies.models import Campaign, Country
from tests.testimonies.people import KEY, make_messenger

FORM = {"path": "/stories/offer/", "method": "POST", "headers": [], "type": "http"}
MB = 1024 * 1024


def in_pieces(*pieces: bytes) -> list[dict]:
    return [{"type": "http.request", "body": p, "more_body": True} for p in pieces] + [
        {"type": "http.request"}
    ]


def at_once(work):
    """What a coroutine gives; Playwright keeps an event loop in the tests' own thread."""

    def run():
        try:
            return asyncio.run(work)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result()


def taken(messages: list[dict], scope: dict = FORM) -> bytes | None:
    rest = iter(messages)

    async def receive() -> dict:
        return next(rest)

    body = at_once(asgi.Intake(scope, receive).body())
    if body is None:
        return None
    with body.reader() as reader:
        return reader.read()


@settings(max_examples=50, deadline=None)
@given(st.lists(st.binary(max_size=3000), max_size=8))
def test_a_body_is_what_was_sent(pieces):
    assert taken(in_pieces(*pieces)) == b"".join(pieces)


def test_what_is_large_lies_on_no_disk_as_it_is():
    spool = asgi.SealedSpool()
    for _ in range(50):
        spool.add(b"the teller's words " * 5000)
    assert spool._file.name is not None and spool._file._rolled, "it is on a disk now"
    spool._file.seek(0)
    assert b"teller" not in spool._file.read()
    spool._open = spool._cipher.decryptor()
    assert spool.reader().read(19) == b"the teller's words "


def test_one_that_breaks_off_is_let_go():
    broken = [*in_pieces(b"x")[:1], {"type": "http.disconnect"}]
    assert taken(broken) is None and asgi.Intake.open == 0


@pytest.mark.parametrize("headers", [[(b"content-length", b"100000000")], []])
@pytest.mark.parametrize(
    "path", ["/", "/odk/submission", "/capture/api/uploads/x/", "/admin/images/add/", "/press/push/a/"]
)
@pytest.mark.django_db
def test_strangers_are_asked_who_they_are_before_much_of_theirs_is_kept(path, headers):
    kept = 0

    async def receive() -> dict:
        nonlocal kept
        kept += MB
        assert kept <= 2 * MB, "it goes on reading"
        return {"type": "http.request", "body": bytes(MB), "more_body": True}

    with pytest.raises(asgi.Refusal) as refused:
        at_once(asgi.Intake({**FORM, "path": path, "headers": headers}, receive).body())
    assert refused.value.status == 413 and asgi.Intake.open == 0
    assert kept == 0 or not headers, "what announces itself is refused unread"


@pytest.mark.django_db(transaction=True)
def test_a_phone_and_an_editor_may_send_what_they_send(admin_client):
    campaign = Campaign.objects.create(name="V", slug="v", countries=["SN"], languages=["fr"])
    Country.objects.create(campaign=campaign, code="SN")
    make_messenger(campaign)
    known = [(b"authorization", f"Bearer {KEY}".encode())]
    phone = {**FORM, "path": "/capture/api/uploads/x/", "headers": known}
    assert len(taken(in_pieces(bytes(MB), bytes(MB)), phone)) == 2 * MB
    with pytest.raises(asgi.Refusal):
        taken(in_pieces(bytes(MB), bytes(MB), bytes(MB)), phone)
    cookie = admin_client.cookies.output(header="", attrs=[]).strip().encode()
    editor = {**FORM, "path": "/admin/images/add/", "headers": [(b"cookie", cookie)]}
    assert len(taken(in_pieces(*[bytes(MB)] * 20), editor)) == 20 * MB
    assert asgi.Intake.open == 0


def test_all_strangers_together_hold_no_more_than_one_bound(monkeypatch):
    monkeypatch.setattr(asgi, "OPEN_TOGETHER", 3 * MB)

    async def eight() -> list[int]:
        stays = asyncio.Event()

        async def one() -> int:
            sent = iter(in_pieces(bytes(MB)))

            async def receive() -> dict:
                message = next(sent)
                if not message.get("more_body"):
                    await stays.wait()
                return message

            try:
                (await asgi.Intake(FORM, receive).body()).close()
            except asgi.Refusal as refusal:
                return refusal.status
            return 200

        tasks = [asyncio.create_task(one()) for _ in range(8)]
        while sum(t.done() for t in tasks) < 5:
            await asyncio.sleep(0.01)
        assert asgi.Intake.open <= asgi.OPEN_TOGETHER
        stays.set()
        return sorted(await asyncio.gather(*tasks))

    assert at_once(eight()) == [200] * 3 + [503] * 5
    assert asgi.Intake.open == 0


def test_what_stands_still_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(asgi, "SILENT", 0.05)

    async def receive() -> dict:
        await asyncio.Event().wait()
        raise AssertionError

    with pytest.raises(asgi.Refusal) as refused:
        at_once(asgi.Intake(FORM, receive).body())
    assert refused.value.status == 408
