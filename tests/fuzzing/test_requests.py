"""Every request body and header that a stranger, a phone, a hub or a relay may send: it is taken, or refused in words."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlencode

import pytest
from django.core.cache import caches
from django.db import transaction
from django.test import Client
from fastwarc.warc import WarcRecord, WarcRecordType
from hypothesis import strategies as st

from griot.press.core.progress import silent_progress
from griot.press.core.types import BadInput
from griot.press.listening.archives import backfill
from griot.press.listening.sources import new_push_token
from griot.press.models import Outlet, Source
from griot.testimonies.models import Campaign, Testimony
from tests.fuzzing.targets import JSON, SCALARS, TEXTS, changed, like, target
from tests.fuzzing.test_parsers import RSS
from tests.testimonies.people import Phone, as_sent, make_campaign, make_messenger, of_page

pytestmark = pytest.mark.django_db


@contextmanager
def undone() -> Iterator[None]:
    """Whatever an example leaves in the database is gone with it, and nobody has tried too often."""
    caches["default"].clear()
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


_first = Client()


def stranger() -> Client:
    """Somebody without cookies. The middleware is loaded once for all of them."""
    fresh = Client()
    fresh.handler = _first.handler
    return fresh


def fields(*names: str) -> st.SearchStrategy[dict[str, str]]:
    """A form as a browser sends it, in part, with any texts."""
    return st.dictionaries(st.sampled_from(names), TEXTS, max_size=len(names))


def encoded(form: dict[str, str], **always: str) -> str:
    return urlencode({k: v.encode("utf-8", "surrogatepass") for k, v in {**always, **form}.items()})


def post_form(path: str, form: dict[str, str], **always: str) -> int:
    body = encoded(form, **always)
    return stranger().generic("POST", path, body, "application/x-www-form-urlencoded").status_code


@pytest.fixture
def pushed(db) -> tuple[Source, str]:
    source = Source.objects.create(
        outlet=Outlet.objects.create(name="The Post"), url="push:post", kind="push"
    )
    return source, new_push_token(source)


PUSHED = {
    "id": "1",
    "url": "https://a.example/1",
    "title": "One",
    "summary": "S",
    "text": "W",
    "published": "2026-11-24T07:00:00Z",
    "language": "en",
}


@target(changed({"entries": [PUSHED]}))
def test_pushes(value, pushed):
    with undone():
        answer = stranger().post(
            "/press/push/post/",
            json.dumps(value),
            "application/json",
            HTTP_AUTHORIZATION=f"Bearer {pushed[1]}",
        )
        assert answer.status_code in {202, 400, 413, 429} and (
            answer.status_code == 202 or answer.json()["error"]
        )


@target(like(json.dumps(PUSHED), words=('"url":', "{", "[", "\\ud800", "[" * 3000, '{"a":' * 3000, "1e999")))
def test_pushes_of_whatever_bytes(content, pushed):
    with undone():
        answer = stranger().post(
            "/press/push/post/", content, "application/json", HTTP_AUTHORIZATION=f"Bearer {pushed[1]}"
        )
        assert answer.status_code in {202, 400, 413}


def at_its_hub(source: Source) -> str:
    """The address that a hub calls for it."""
    source.kind, source.hub, source.hub_topic, source.hub_secret = "feed", "https://h.example/", "t", "s"
    source.save()
    return f"/press/hub/{source.pk}/{source.hub_word}/"


@target(like(RSS))
def test_what_hubs_bring(content, pushed):
    address = at_its_hub(pushed[0])
    signature = hmac.new(b"s", content, hashlib.sha256).hexdigest()
    with undone():
        sent = stranger().post(address, content, "text/xml", HTTP_X_HUB_SIGNATURE=f"sha256={signature}")
        assert sent.status_code == 202


@target(fields("hub.mode", "hub.topic", "hub.challenge", "hub.lease_seconds"))
def test_what_hubs_ask(form, pushed):
    address = at_its_hub(pushed[0])
    always = {"hub.mode": "subscribe", "hub.topic": "t", "hub.challenge": "c"}
    with undone():
        assert stranger().get(f"{address}?{encoded(form, **always)}").status_code in {200, 400, 404}


@pytest.fixture
def phone(db) -> Phone:
    make_messenger(make_campaign())
    return Phone()


def say(phone: Phone, path: str, value: object) -> int:
    answer = phone.client.generic(
        "POST", f"/capture/api/{path}", json.dumps(value), "application/json", **phone.auth
    )
    if answer.status_code == 400:
        assert answer.json()["error"]
    return answer.status_code


@target(changed({**as_sent(), "id": "5f0c9c1e-0b7c-4b0e-9a56-5b3b8f4f2f11"}))
def test_what_phones_tell(value, phone):
    with undone():
        assert say(phone, "testimonies/", value) in {200, 201, 400, 403, 404, 409, 410, 413}


SAID = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(
        ("token", "device", "module", "before", "after", "mood", "words", "wants_call"), JSON
    ),
)


@target(
    st.tuples(
        st.sampled_from(["join/", "check-in/", "training/", "testimonies/", "state/"]), JSON | SAID
    ).map(list)
)
def test_whatever_phones_say(value, phone):
    with undone():
        assert say(phone, value[0], value[1]) < 500


HEADERS = st.dictionaries(
    st.sampled_from(
        [
            "tus-resumable",
            "upload-length",
            "upload-offset",
            "upload-metadata",
            "upload-checksum",
            "content-type",
        ]
    ),
    st.sampled_from(
        ["²", "٣", "9" * 40, "9" * 5000, "-1", "", "1.0.0", "sha256 x", "md5 x", "id x", "id,", "=", "é", ","]
    )
    | st.text(st.characters(max_codepoint=255), max_size=12),
)
FILE = "5f0c9c1e-0b7c-4b0e-9a56-5b3b8f4f2f12"


def as_header(said: dict[str, str]) -> str:
    return ",".join(
        f"{k} {base64.b64encode(v.encode('utf-8', 'surrogatepass')).decode()}" for k, v in said.items()
    )


@target(
    st.tuples(
        HEADERS,
        st.dictionaries(st.sampled_from(["id", "testimony", "sha256", "role", "prompt", "position"]), TEXTS),
    ).map(list)
)
def test_headers_of_uploads(value, phone):
    headers, said = value
    with undone():
        testimony = phone.tell()
        usual = {"id": FILE, "testimony": str(testimony.pk), "sha256": "0" * 64}
        sent = {
            "tus-resumable": "1.0.0",
            "upload-length": "5",
            "upload-metadata": as_header({**usual, **said}),
            **headers,
        }
        assert phone.client.post("/capture/api/uploads/", headers=sent, **phone.auth).status_code < 500
        usual_begun = {"tus-resumable": "1.0.0", "upload-length": "5", "upload-metadata": as_header(usual)}
        phone.client.post("/capture/api/uploads/", headers=usual_begun, **phone.auth)
        sent = {"tus-resumable": "1.0.0", "upload-offset": "0", **headers}
        kind = sent.pop("content-type", "application/offset+octet-stream")
        answer = phone.client.generic(
            "PATCH", f"/capture/api/uploads/{FILE}/", b"12345", kind, headers=sent, **phone.auth
        )
        assert answer.status_code < 500


@pytest.fixture
def open_campaign(site) -> Campaign:
    campaign = make_campaign()
    Campaign.objects.filter(pk=campaign.pk).update(is_public=True)
    return campaign


OFFER = (
    "words",
    "name",
    "alias",
    "naming",
    "birth_year",
    "guardian",
    "relation",
    "country",
    "uses",
    "agree",
    "campaign",
    "website",
)


@target(fields(*OFFER))
def test_offers(form, open_campaign):
    with undone():
        always = {
            "words": "I left at night.",
            "agree": "yes",
            "birth_year": "1990",
            "campaign": open_campaign.slug,
        }
        assert post_form("/stories/offer/", form, **always) < 500


@target(fields("naming", "place", "face", "voice", "uses", "until", "act", "sure"))
def test_changes_on_a_receipt(form, site, phone):
    with undone():
        code = phone.tell().make_receipt()
        client = stranger()
        assert client.post("/receipt/", {"code": code}).status_code == 302
        body = encoded(form, act="change", uses="team", **of_page(client.get("/receipt/")))
        assert (
            client.generic("POST", "/receipt/", body, "application/x-www-form-urlencoded").status_code < 500
        )


@target(fields("login", "password", "next", "remember"), few=6)
def test_signing_in(form, site):
    with undone():
        assert post_form("/admin/login/", form) < 500


@target(fields("q", "theme", "day", "outlet", "country", "from", "until", "page", "p", "lang"))
def test_questions_to_the_archive(form, site):
    with undone():
        for path in ("/archive/", "/stories/", "/", "/feed/", "/stories/feed/"):
            assert stranger().get(f"{path}?{encoded(form)}").status_code < 500


@target(
    fields(
        "story",
        "beat",
        "outlet",
        "q",
        "from",
        "decision",
        "language",
        "country",
        "sort",
        "act",
        "id",
        "issue",
        "position",
    )
)
def test_questions_to_the_desk(form, site, admin_client):
    with undone():
        for path in ("/admin/desk/", "/admin/desk/rows/", "/admin/desk/pulse/"):
            assert admin_client.get(f"{path}?{encoded(form)}").status_code < 500
        body = encoded(form)
        assert (
            admin_client.generic(
                "POST", "/admin/desk/act/", body, "application/x-www-form-urlencoded"
            ).status_code
            < 500
        )


@target(JSON)
def test_acts_at_the_desk(value, site, admin_client):
    with undone():
        for body in (
            json.dumps(value),
            json.dumps({"act": "accept", "story": value, "issue": value, "line": value}),
        ):
            assert (
                admin_client.generic("POST", "/admin/desk/act/", body, "application/json").status_code < 500
            )


def an_archive() -> bytes:
    import io

    packed = io.BytesIO()
    for n in range(2):
        record = WarcRecord()
        record.init_headers(WarcRecordType.response)
        record.headers["WARC-Target-URI"] = f"https://post.example/news/{n}"
        record.headers["WARC-Date"] = "2026-11-24T07:00:00Z"
        page = (
            f"<html lang=en><title>Story {n}</title><article><h1>Story {n}</h1>"
            + f"<p>Boats with {n} people were met near Lampedusa, and nobody was sent away.</p>" * 3
        )
        record.set_bytes_content(f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{page}".encode())
        record.headers["Content-Type"] = "application/http; msgtype=response"
        record.write(packed)
    return packed.getvalue()


@target(
    like(
        an_archive(),
        words=(
            "WARC/1.0\r\n",
            "Content-Length: ",
            "WARC-Type: response\r\n",
            "WARC-Date: ",
            "Transfer-Encoding: chunked\r\n",
            "HTTP/1.1 200 OK\r\n",
            "\r\n\r\n",
            "\x1f\x8b",
        ),
    )
)
def test_archives(content, tmp_path):
    (tmp_path / "a.warc").write_bytes(content)
    with undone():
        try:
            filled = backfill([tmp_path / "a.warc"], silent_progress, add_outlets=True)
        except BadInput as error:
            assert str(error)
            return
        assert filled.articles <= filled.records


@target(st.tuples(SCALARS, TEXTS).map(list))
def test_unsubscribing_and_testimonies_that_are_not_there(value, site):
    with undone():
        assert (
            post_form(
                "/unsubscribe/nobodys-token/", {"again": str(value[0])[:200], "List-Unsubscribe": value[1]}
            )
            == 404
        )
        assert not Testimony.objects.exists()
