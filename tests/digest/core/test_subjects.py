"""What an issue's mail is called: proposed from what it tells, whatever that is."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from griot.digest.core.subjects import LONGEST, LONGEST_PREHEADER, preheader, propose, topics, unsupported
from griot.digest.core.types import Feature, Issue, Portrait, PressLine, PressReview

GUARD = (
    "reported that the coast guard rescued 43 people off Lampedusa, after two days of storms in the channel."
)
TOLL = "reported that Bangladesh halved the toll on the Padma bridge."
PRISON = (
    "reported that the court will release all 12 fishermen next week if the ministry does not appeal in time."
)
LISTED = "reported that Guinea, Senegal, Mali, Mauritania and Gambia have agreed on one card for all of their drivers."


def an_issue(*bodies: str, title: str = "", language: str = "en", summary: str = "", blocks=()) -> Issue:
    feature = [Feature("item-1", title, "", "<p>x</p>", None, None)] if title else []
    lines = tuple(PressLine(("Nius",), (("Nius", "https://n.example/"),), body) for body in bodies)
    told = (*feature, *blocks, PressReview("item-2", "", lines))
    return Issue("Kora", "Kora, 24 November", date(2026, 11, 24), language, "", "", "", "", summary, told)


def test_the_lead_and_the_first_lines_name_the_day():
    issue = an_issue(TOLL, GUARD, title="Cinema on Wheels in Pikine")
    assert propose(issue) == "Cinema on Wheels in Pikine"  # no second one fits beside it
    assert propose(an_issue(GUARD, TOLL)) == "The coast guard rescued 43 people off Lampedusa"
    short = an_issue("reported that 57 people agreed.", "reported that Malta opened a school.")
    assert propose(short) == "57 people agreed; Malta opened a school"


def test_after_the_lead_the_lines_come_before_further_features():
    further = Feature("item-9", "Islands that lend to themselves", "", "<p>x</p>", None, None)
    issue = an_issue("reported that 57 people agreed.", title="Cinema in Pikine", blocks=[further])
    assert list(topics(issue)) == ["Cinema in Pikine", "57 people agreed", further.title]
    assert propose(issue).startswith("Cinema in Pikine; 57 people agreed")


def test_a_count_is_nothing_that_an_inbox_goes_on_with():
    issue = an_issue(TOLL, GUARD, summary="2 stories from the night’s press")
    subject = propose(issue)
    assert "stories" not in preheader(issue, subject) and preheader(issue, subject)
    assert preheader(an_issue(TOLL, summary="2 stories from the night’s press"), "") != ""


def test_a_long_line_is_cut_where_what_stays_says_the_same():
    [cut] = topics(an_issue(GUARD))
    assert cut == "The coast guard rescued 43 people off Lampedusa"


def test_what_a_verb_needs_is_not_cut_off():
    issue = an_issue(
        "reported that Kenya has turned schools near the lake’s northern shore into shelters for 20,000."
    )
    assert not any(topic.endswith("schools") for topic in topics(issue))


def test_a_reason_may_be_cut_off_but_not_of_what_is_denied():
    halted = "reported that judges halted a flight to Rwanda because 14 people on its list had been denied a lawyer."
    stayed = "reported that the families did not leave the camp because they feared its armed guards and the long road."
    assert list(topics(an_issue(halted))) == ["Judges halted a flight to Rwanda"]
    assert not list(topics(an_issue(stayed)))
    malta = "ont rapporté que Malte a fermé le port parce qu’un navire n’avait pas les papiers que la loi demande."
    assert list(topics(an_issue(malta, language="fr"))) == ["Malte a fermé le port"]


@pytest.mark.parametrize("body", [PRISON, LISTED])
def test_no_condition_is_cut_off_and_no_list_is_broken(body):
    assert not list(topics(an_issue(body)))
    begun = propose(an_issue(body))
    assert begun.endswith("…") and len(begun) <= LONGEST  # which shows that it goes on


def test_what_is_no_news_of_its_own_gives_no_topic():
    portrait = Portrait("item-3", "Awa", "I carried my sister over the river.", None, None)
    issue = an_issue("published an opinion piece by Ana Sy on bridges.", TOLL, blocks=[portrait])
    assert list(topics(issue)) == ["Bangladesh halved the toll on the Padma bridge"]
    assert "Awa" not in propose(an_issue(blocks=[portrait]))


@pytest.mark.parametrize(
    ("language", "body", "told"),
    [
        (
            "fr",
            "a rapporté que la garde côtière a secouru 43 personnes.",
            "La garde côtière a secouru 43 personnes",
        ),
        ("es", "informó que Malta abrió una escuela.", "Malta abrió una escuela"),
        ("ar", "أفادت بأن مالطا افتتحت مدرسة.", "مالطا افتتحت مدرسة"),
    ],
)
def test_editions_are_named_in_their_language(language, body, told):
    assert propose(an_issue(body, language=language)) == told


def test_a_subject_is_checked_like_a_line():
    issue = an_issue(GUARD, TOLL)
    assert not unsupported("43 rescued off Lampedusa; Padma toll halved", issue)
    assert not unsupported("A morning at sea", issue)
    assert {claim.text for claim in unsupported("57 rescued off Malta", issue)} == {"57", "Malta"}


def test_the_preheader_goes_on_from_the_subject():
    issue = an_issue(GUARD, TOLL, summary="The coast guard rescued 43 people")
    assert preheader(issue, propose(issue)) == "Bangladesh halved the toll on the Padma bridge"
    own = an_issue(GUARD, TOLL, summary="Also: who pays for the bridge")
    assert preheader(own, propose(own)) == "Also: who pays for the bridge"
    assert preheader(an_issue(GUARD), "The coast guard rescued 43 people off Lampedusa") == ""


@given(
    st.lists(st.text(max_size=160).map(lambda t: f"reported that {t}"), max_size=4),
    st.sampled_from(["en", "fr", "es", "ar", "wo"]),
    st.text(max_size=200),
)
def test_whatever_an_issue_tells_its_subject_fits_and_is_its_own(bodies, language, title):
    issue = an_issue(*bodies, title=title, language=language)
    subject = propose(issue)
    assert 0 < len(subject) <= LONGEST
    assert len(preheader(issue, subject)) <= LONGEST_PREHEADER
