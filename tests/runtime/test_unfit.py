"""What no table can hold is refused in words, wherever it comes in, and is never an error of ours."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from griot.middleware import Fit
from griot.testimonies.models import Testimony
from tests.testimonies.people import Phone, as_sent, make_campaign, make_messenger

WORST = st.one_of(
    st.text(st.characters(categories=None), max_size=12),
    st.sampled_from(
        ["\0", "\ud800", "²", "9" * 5000, "-1", "1e400", "0001-01-01T00:00:00+14:00", "9999-12-31"]
    ),
    st.integers(-(10**30), 10**30),
    st.floats(),
    st.none(),
    st.lists(st.just("\ud800"), max_size=2),
    st.dictionaries(st.sampled_from(["\ud800", "a"]), st.none(), max_size=2),
)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    ["/%00", "/archive/?outlet=%00", "/stories/?theme=%00", "/admin/desk/?beat=%C2%B2", "/archive/?day=%00"],
)
def test_an_address_with_what_is_no_character_is_refused(client, admin_client, site, path):
    assert admin_client.get(path).status_code in {200, 400, 404}
    assert client.get(path).status_code in {200, 302, 400, 404}


@pytest.mark.django_db
@pytest.mark.parametrize("number", ["²", "9" * 40, "9" * 5000, "-1", "\0", "x"])
@pytest.mark.parametrize(
    "path",
    ["/admin/desk/?story={}", "/admin/desk/?outlet={}", "/admin/desk/?beat={}", "/admin/desk/rows/?from={}"],
)
def test_a_number_beyond_all_bounds_is_no_error_of_ours(admin_client, site, path, number):
    assert admin_client.get(path.format(number)).status_code in {200, 400, 404}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    [
        "/admin/api/main/pages/find/?id=abc",
        "/admin/choose-page/chosen-multiple/?id=abc",
        "/admin/bulk/digest/picture/delete/?id=abc",
    ],
)
def test_words_where_an_address_wants_a_number_are_no_error_of_ours(admin_client, site, path):
    assert admin_client.get(path).status_code in {302, 400, 404}


def test_a_fault_of_ours_is_no_visitors(rf):
    fit = Fit(lambda request: None)
    request = rf.get("/admin/desk/?story=7&title=Rome")
    for said in ("'7' is not in list", "there is no outlet 'Rome'"):
        assert fit.process_exception(request, ValueError(said)) is None
    assert (
        fit.process_exception(request, ValueError("Field 'id' expected a number but got 'Rome'.")).status_code
        == 400
    )


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["uploads/%00/", "state/%00/", "nowhere/"])
@pytest.mark.parametrize("kind", ["application/json", "application/offset+octet-stream"])
def test_a_phone_knows_every_refusal_for_the_newsrooms(client, path, kind):
    """In words, by a header: what is not the newsroom's is asked again, without end."""
    answer = client.post(f"/capture/api/{path}", "{}", content_type=kind)
    assert 400 <= answer.status_code < 500 and answer.json()["error"] and answer.headers["X-Griot"]


@pytest.mark.django_db
@settings(max_examples=80, deadline=None)
@given(st.sampled_from(["teller", "consent", "answers", ""]), st.data())
def test_whatever_a_phone_sends_is_taken_or_refused_in_words(part, data):
    from django.db import transaction

    with transaction.atomic():
        make_messenger(make_campaign())
        sent = as_sent()
        target = sent[part] if part else sent
        key = data.draw(st.sampled_from(sorted(target)))
        target[key] = data.draw(WORST)
        phone = Phone()
        answer = phone.client.generic(
            "POST", "/capture/api/testimonies/", json.dumps(sent), "application/json", **phone.auth
        )
        assert answer.status_code in {200, 201, 400}, (key, target[key])
        if answer.status_code == 400:
            assert answer.json()["error"] and not Testimony.objects.exists()
        transaction.set_rollback(True)
