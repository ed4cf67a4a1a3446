"""What is nearly a token opens nothing, and whatever stands in its place is refused, not stumbled over."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import strategies as st

from griot.mailing.models import Audience, Subscriber, Subscription
from griot.testimonies.intake.odk import admit
from griot.testimonies.models import Messenger
from griot.testimonies.models.receipts import plain_receipt
from tests.fuzzing.targets import WORST, target, text_like
from tests.fuzzing.test_requests import stranger, undone
from tests.testimonies.people import KEY, Phone, make_campaign, make_messenger

pytestmark = pytest.mark.django_db


def nearly(token: str, edited: str) -> str:
    """`edited` is an edit of the text TOKEN, by which the real one's is told."""
    return edited.replace("TOKEN", token, 1)


EDITS = text_like(
    "TOKEN", "TOKE", "TOKENTOKEN", words=("TOKEN", " ", "/", "=", "%", "A", "a", "-", "*", "OR 1=1")
) | st.sampled_from(WORST)


def as_path(text: str) -> str:
    return quote(text.encode("utf-8", "surrogatepass"), safe="")


@target(EDITS)
def test_unsubscribe_tokens(edited, site):
    audience = Audience.objects.get_or_create(name="Friends", slug="friends")[0]
    subscriber = Subscriber.objects.get_or_create(email="a@reader.example")[0]
    subscription = Subscription.objects.get_or_create(audience=audience, subscriber=subscriber)[0]
    token = nearly(subscription.token, edited)
    with undone():
        answer = stranger().post(f"/unsubscribe/{as_path(token)}/")
        assert answer.status_code < 500
        subscription.refresh_from_db()
        assert (subscription.ended is None) == (token != subscription.token)


@target(EDITS)
def test_invitations(edited):
    messenger = Messenger.objects.first() or make_messenger(make_campaign()).messenger
    with undone():
        real = messenger.invite_anew()
        token = nearly(real, edited)
        answer = Phone("").post("join/", {"token": token, "device": edited})
        assert answer.status_code < 500 and (answer.status_code == 201) == (token == real), answer.content


@target(EDITS)
def test_receipts(edited, site):
    if not Messenger.objects.exists():
        make_messenger(make_campaign())
    with undone():
        code = Phone().tell().make_receipt()
        typed = nearly(code, edited)
        answer = stranger().generic(
            "POST", "/receipt/", f"code={as_path(typed)}", "application/x-www-form-urlencoded"
        )
        assert answer.status_code < 500
        assert (answer.status_code == 302) == (plain_receipt(typed) == plain_receipt(code)), typed


@target(EDITS)
def test_keys_of_phones(edited):
    if not Messenger.objects.exists():
        make_messenger(make_campaign())
    key = nearly(KEY, edited).encode("utf-8", "surrogatepass").decode("latin-1")
    with undone():
        for path in ("pack/", "state/"):
            answer = stranger().get(f"/capture/api/{path}", HTTP_AUTHORIZATION=f"Bearer {key}")
            assert answer.status_code < 500 and (answer.status_code != 200 or key.strip() == KEY)


DIGEST = 'Digest username="U", realm="R", nonce="N", uri="/odk/formList", qop=auth, nc=00000001, cnonce="c", response="r", algorithm=MD5'


@target(
    text_like(
        DIGEST,
        "Basic bWVzc2VuZ2VyLTE6eA==",
        words=('username="', 'nonce="', ",", "=", '"', "\\", "qop=auth", "uri=", "Basic "),
    )
)
def test_who_signs_in_from_collect(said, site):
    messenger = Messenger.objects.first() or make_messenger(make_campaign()).messenger
    login, _ = admit(messenger)
    header = said.replace('"U"', f'"{login}"').encode("utf-8", "surrogatepass").decode("latin-1")
    with undone():
        for secure in (True, False):
            answer = stranger().get("/odk/formList", HTTP_AUTHORIZATION=header, secure=secure)
            assert answer.status_code in {400, 401, 429}


@target(
    st.lists(
        text_like(
            "story",
            "abcdefghijkl",
            "a.mp4",
            "images/red.jpg",
            "../vault",
            words=("..", "/", "%2e", "\\", "~", "."),
        ),
        min_size=3,
        max_size=3,
    )
)
def test_addresses_of_media(parts, site):
    use, key, part = map(as_path, parts)
    with undone():
        for path in (
            f"/stories/media/{use}/{key}/{part}",
            f"/media/images/{part}",
            f"/stories/{key}/",
            f"/documents/{use}/{part}",
            f"/capture/{part}",
        ):
            assert stranger().get(path).status_code in {200, 301, 302, 400, 404, 405}, path
