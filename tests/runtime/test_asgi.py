"""What waits to be read of a request: whole, in the clear nowhere, and no larger than its sender may send."""

from __future__ import annotations

import asyncio
import base64
from concurrent.futures import ThreadPoolExecutor
from secrets import token_urlsafe
from uuid import uuid4

import pytest
from django.db import connections
from hypothesis import given, settings
from hypothesis import strategies as st

from griot import asgi
from griot.digest.core.words import words
from griot.press.listening.sources import token_hash
from griot.press.models import Outlet, Source
from griot.testimonies.intake.odk import admit
from griot.testimonies.models import Campaign, Country, Device, Messenger
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
    assert taken(broken) is None and not asgi.Intake.held


@pytest.mark.parametrize("headers", [[(b"content-length", b"100000000")], []])
@pytest.mark.parametrize(
    "path",
    ["/", "/odk/submission", "/capture/api/uploads/x/", "/admin/images/add/", "/press/push/a/"],
)
@pytest.mark.django_db
def test_strangers_are_asked_who_they_are_before_much_of_theirs_is_kept(path, headers):
    kept = 0

    async def receive() -> dict:
        nonlocal kept
        kept += MB
        assert kept <= 2 * MB, "it goes on reading"
        return {"type": "http.request", "body": bytes(MB), "more_body": True}

    with pytest.raises(asgi.Refusal if path == "/" else asgi.Unknown):
        at_once(asgi.Intake({**FORM, "path": path, "headers": headers}, receive).body())
    assert not asgi.Intake.held
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
    token = token_urlsafe()
    Source.objects.create(
        outlet=Outlet.objects.create(name="Post"), kind="push", url="push:post", secret=token_hash(token)
    )
    outlet = [(b"authorization", f"Bearer {token}".encode())]
    push = {**FORM, "path": "/press/push/post/", "headers": outlet}
    assert len(taken(in_pieces(bytes(MB)), push)) == MB
    cookie = admin_client.cookies.output(header="", attrs=[]).strip().encode()
    editor = {**FORM, "path": "/admin/images/add/", "headers": [(b"cookie", cookie)]}
    assert len(taken(in_pieces(*[bytes(MB)] * 20), editor)) == 20 * MB
    assert not asgi.Intake.held


@pytest.fixture
def messenger(transactional_db) -> Messenger:
    campaign = Campaign.objects.create(name="V", slug="v", countries=["SN"], languages=["fr"])
    Country.objects.create(campaign=campaign, code="SN")
    return make_messenger(campaign).messenger


def collect(messenger: Messenger, password: str = "") -> dict:
    """A submission of ODK Collect, over https."""
    login, right = admit(messenger)
    said = base64.b64encode(f"{login}:{password or right}".encode())
    headers = [(b"authorization", b"Basic " + said)]
    return {**FORM, "path": "/odk/submission", "scheme": "https", "headers": headers}


def test_a_phone_with_a_very_bad_line_is_waited_for(messenger, monkeypatch):
    """As no stranger is, and whatever those send at the same time."""
    known = [(b"authorization", f"Bearer {KEY}".encode())]
    phone = {**FORM, "path": "/capture/api/uploads/x/", "headers": known}
    drops = in_pieces(*[bytes(1000)] * 200)
    clock = iter(range(10**9))
    monkeypatch.setattr(asgi, "monotonic", lambda: next(clock) * 0.7)
    assert len(taken(drops, phone)) == 200_000, "1000 bytes in 1.4 seconds"
    with pytest.raises(asgi.Refusal):
        taken(drops)
    monkeypatch.setattr(asgi, "OPEN_TOGETHER", 0)
    assert len(taken(in_pieces(bytes(200_000)), phone)) == 200_000
    with pytest.raises(asgi.Refusal):
        taken(in_pieces(bytes(200_000)))


def answer_to(scope: dict, announced: int = 10 * MB) -> tuple[int, dict[bytes, bytes], bytes]:
    """Status, headers and body of what is answered before anything of a large body has come."""

    async def ask() -> tuple[int, dict[bytes, bytes], bytes]:
        said: list[dict] = []

        async def receive() -> dict:
            await asyncio.Event().wait()
            raise AssertionError

        async def send(message: dict) -> None:
            said.append(message)

        whole = {"http_version": "1.1", "scheme": "http", "server": ("testserver", 80), "query_string": b""}
        headers = [*scope["headers"], (b"host", b"testserver")]
        headers.append((b"content-length", str(announced).encode()))
        await asgi.application({**whole, **scope, "headers": headers}, receive, send)
        return said[0]["status"], dict(said[0]["headers"]), b"".join(m.get("body", b"") for m in said[1:])

    return at_once(ask())


@pytest.mark.parametrize("how", ["frozen", "wiped"])
def test_what_a_phone_that_was_taken_away_sends_is_refused_unread(messenger, how):
    """And it is told so, as whenever it asks: it erases what it holds."""
    odk = collect(messenger)
    key = [(b"authorization", f"Bearer {KEY}".encode())]
    app = {**FORM, "path": f"/capture/api/uploads/{uuid4()}/", "method": "PATCH", "headers": key}
    if how == "frozen":
        Messenger.objects.update(state=Messenger.State.FROZEN)
    else:
        Device.objects.update(is_wiped=True)
    for scope in (odk, app):
        status, headers, body = answer_to(scope)
        assert status == 403 and b"no longer a messenger" in body and headers[b"connection"] == b"close"
    assert b'"wipe": true' in body


def test_who_has_to_sign_in_is_told_so_whatever_they_wanted_to_send(messenger, admin_client):
    collects = {**FORM, "path": "/odk/submission", "headers": []}
    status, headers, _ = answer_to(collects)
    assert status == 401 and headers[b"WWW-Authenticate"].startswith(b"Digest"), "ODK signs in by that"
    assert answer_to({**FORM, "path": "/capture/api/testimonies/"})[0] == 401
    assert answer_to({**FORM, "path": "/press/push/a/"})[0] == 401
    assert answer_to({**FORM, "path": "/admin/images/add/"})[0] in {302, 403}
    assert answer_to({**FORM, "path": "/receipt/"})[0] == 413


def test_more_than_a_day_has_left_is_refused_unread(messenger, settings):
    settings.PHONE_GB_A_DAY = 0.001  # 1 MB
    status, headers, body = answer_to(collect(messenger))
    assert status == 429 and b"tomorrow" in body and headers[b"retry-after"]


def test_wrong_passwords_are_counted_whatever_comes_with_them(messenger, monkeypatch):
    monkeypatch.setattr("griot.testimonies.intake.odk.MOST_FAILURES", 2)
    scope = {**collect(messenger, "wrong"), "client": ("192.0.2.7", 1)}
    assert [answer_to(scope)[0] for _ in range(4)] == [401, 401, 429, 429]


@pytest.mark.django_db
def test_a_cookie_of_what_is_no_character_is_refused(client):
    said = b'sessionid="abcdefgh\\000"'
    scope = {**FORM, "path": "/admin/images/add/", "headers": [(b"cookie", said)]}
    assert answer_to(scope)[0] == 400
    client.cookies.load(said.decode())
    for path in ("/", "/admin/", "/admin/login/"):
        assert client.get(path).status_code == 400


def at_the_same_time(*froms: str) -> list[int]:
    """What is answered to bodies of 256 KB, all but ended; those that are not refused stay until all came."""

    async def together() -> list[int]:
        stays, waiting = asyncio.Event(), 0

        async def one(address: str) -> int:
            sent = iter(in_pieces(bytes(256 * 1024)))

            async def receive() -> dict:
                nonlocal waiting
                message = next(sent)
                if not message.get("more_body"):
                    waiting += 1
                    await stays.wait()
                return message

            try:
                (await asgi.Intake({**FORM, "client": (address, 1)}, receive).body()).close()
            except asgi.Refusal as refusal:
                return refusal.status
            return 200

        tasks = [asyncio.create_task(one(address)) for address in froms]
        while waiting + sum(t.done() for t in tasks) < len(froms):
            await asyncio.sleep(0.01)
        stays.set()
        return await asyncio.gather(*tasks)

    answers = at_once(together())
    assert not asgi.Intake.held
    return answers


def test_all_strangers_together_hold_no_more_than_one_bound(monkeypatch):
    monkeypatch.setattr(asgi, "OPEN_TOGETHER", 3 * 192 * 1024)
    assert sorted(at_the_same_time(*(f"192.0.2.{n}" for n in range(8)))) == [200] * 3 + [503] * 5


def test_one_stranger_leaves_room_for_others(monkeypatch):
    monkeypatch.setattr(asgi, "OPEN_SHARE", 2 * 192 * 1024)
    one = [f"2001:db8::{n:x}" for n in range(6)]  # one customer's network
    answers = at_the_same_time(*one, "2001:db8:0:1::1", "192.0.2.1")
    assert answers == [200] * 2 + [503] * 4 + [200] * 2


def test_a_form_is_taken_whatever_others_send(monkeypatch):
    monkeypatch.setattr(asgi, "OPEN_TOGETHER", 0)
    assert taken(in_pieces(bytes(asgi.SMALL))) is not None
    with pytest.raises(asgi.Refusal):
        taken(in_pieces(bytes(asgi.SMALL + 1)))


@pytest.mark.parametrize(("every", "is_taken"), [(3000, False), (50, True)])
def test_what_comes_by_drops_is_not_waited_for(monkeypatch, every, is_taken):
    """`every`: milliseconds of the clock between two drops of 400 bytes."""
    monkeypatch.setattr(asgi, "GRACE", 10.0)
    clock = iter(range(0, 10**9, every))
    monkeypatch.setattr(asgi, "monotonic", lambda: next(clock) / 1000)
    drops = in_pieces(*[bytes(400)] * 100)
    if is_taken:
        assert len(taken(drops)) == 40_000
    else:
        with pytest.raises(asgi.Refusal) as refused:
            taken(drops)
        assert refused.value.status == 408


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "fr", "es", "ar"])
def test_readers_are_refused_in_their_language(client, language):
    front = "" if language == "en" else f"/{language}"
    status, headers, body = answer_to({**FORM, "path": f"{front}/stories/offer/"})
    assert status == 413 and words(language)["sent_too_much"] in body.decode()
    assert headers[b"content-type"].startswith(b"text/html") and headers[b"connection"] == b"close"
    answer = client.get(f"{front}/stories/?theme=%00")
    assert answer.status_code == 400 and words(language)["unfit_address"] in answer.content.decode()


def test_what_stands_still_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(asgi, "SILENT", 0.05)

    async def receive() -> dict:
        await asyncio.Event().wait()
        raise AssertionError

    with pytest.raises(asgi.Refusal) as refused:
        at_once(asgi.Intake(FORM, receive).body())
    assert refused.value.status == 408
