"""What a consent allows, and nothing more."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from griot.testimonies.core import names
from griot.testimonies.core.consent import problems, shown, state, without_name
from griot.testimonies.core.types import USES, Consent, Guardian, Teller

NOW = datetime(2026, 11, 24, 7, tzinfo=UTC)
TELLER = Teller(
    "Awa Diop", "Kiné", 1990, "SN", "Dakar", "12 rue des Pêcheurs", 14.69, -17.44, "Thiès", "Agadez"
)
CONSENT = Consent(
    frozenset({"web"}),
    "named",
    "exact",
    "show",
    "show",
    "fr",
    "read",
    NOW - timedelta(days=3),
    evidence="file",
)

consents = st.builds(
    Consent,
    uses=st.frozensets(st.sampled_from(USES)),
    naming=st.sampled_from(["named", "first_name", "alias", "unnamed"]),
    place=st.sampled_from(["exact", "region", "country"]),
    face=st.sampled_from(["show", "blur", "hide"]),
    voice=st.sampled_from(["show", "alter", "hide"]),
    language=st.just("fr"),
    explained=st.just("read"),
    given=st.just(NOW - timedelta(days=3)),
    until=st.none() | st.dates(date(2026, 11, 1), date(2027, 1, 1)),
)


@given(consents, st.sampled_from(USES), st.text(alphabet="Awa Diop.,", max_size=40))
def test_nothing_is_shown_that_was_not_allowed(consent, use, text):
    found = shown(TELLER, consent, None, use, NOW.date(), {"body": text})
    if found is None:
        assert use not in consent.uses or (consent.until and consent.until < NOW.date())
        return
    said = repr(found)
    named = set(re.findall(r"\w+", said)) & {"Awa", "Diop"}  # whole words: Awa is not in AwaA
    if consent.naming in {"unnamed", "alias"}:
        assert not named
    if consent.naming == "first_name":
        assert named <= {"Awa"}
    if consent.place != "exact":
        assert "Pêcheurs" not in said and "14.69" not in said
    if consent.place == "country":
        assert "Dakar" not in said and "Thiès" not in said and "Agadez" not in said
    assert (found.face, found.voice) == (consent.face, consent.voice)


def test_a_use_inside_the_team_comes_with_any_other():
    assert shown(TELLER, CONSENT, None, "team", NOW.date()) is not None
    assert shown(TELLER, CONSENT, None, "mail", NOW.date()) is None


@pytest.mark.parametrize(
    ("until", "withdrawn", "expected"),
    [
        (None, None, ""),
        (NOW.date(), None, ""),
        (NOW.date() - timedelta(days=1), None, "expired"),
        (None, NOW, "withdrawn"),
    ],
)
def test_a_consent_is_over_when_it_was_taken_back_or_its_last_day_is_past(until, withdrawn, expected):
    consent = replace(CONSENT, until=until)
    assert state(consent, withdrawn, NOW.date()) == expected
    assert (shown(TELLER, consent, withdrawn, "web", NOW.date()) is None) == bool(expected)


def test_a_name_goes_out_of_texts_as_a_whole_word_only():
    teller = replace(TELLER, name="Ali Ba")
    assert (
        without_name("Ali left Alicante with BA and Bara.", teller, "") == "… left Alicante with … and Bara."
    )
    assert without_name("Ali Ba spoke; Ali wept.", teller, "Ali") == "Ali spoke; Ali wept."


@pytest.mark.parametrize(
    ("changes", "teller", "words"),
    [
        ({"evidence": ""}, TELLER, "evidence"),
        ({"until": date(2026, 1, 1)}, TELLER, "ends before"),
        ({"is_minor": True}, TELLER, "guardian"),
        (
            {"naming": "unnamed", "place": "region", "face": "blur"},
            replace(TELLER, birth_year=2010),
            "guardian",
        ),
        ({"is_minor": True, "guardian": Guardian("Fatou", "mother")}, TELLER, "without their name"),
        ({"naming": "alias"}, replace(TELLER, alias=" "), "another name"),
    ],
)
def test_what_is_missing_of_a_consent_is_said_in_words(changes, teller, words):
    assert words in " ".join(problems(replace(CONSENT, **changes), teller, NOW.date(), CONSENT.given.date()))


def test_a_whole_consent_has_no_problem():
    assert not list(problems(CONSENT, TELLER, NOW.date(), CONSENT.given.date()))


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("Awa Diop", "Awa"),
        ("DIOP Awa", "Awa"),
        ("Diop, Awa Marie", "Awa"),
        ("Mme Awa Diop", "Awa"),
        ("Dr. AWA DIOP", "AWA"),
        ("Doña María López", "María"),
        ("السيدة فاطمة حسن", "فاطمة"),
        ("J. Awa", "Awa"),
        ("Awa", "Awa"),
        ("Mr", "Mr"),
        ("  ", ""),
        (", Awa", "Awa"),
        ("Diop,", "Diop"),
    ],
)
def test_who_goes_by_their_first_name_is_shown_by_that(name, first):
    assert names.first_name(name) == first
