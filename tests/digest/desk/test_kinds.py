"""The kind of piece that a line tells of is set at the desk; the sentence follows, and undo."""

from __future__ import annotations

import pytest

from griot.digest.desk.acting import Refused
from griot.digest.desk.actions import act, undo_last
from griot.digest.desk.placing import draft_of, issue_in_the_making
from griot.digest.site.composing import issue_of
from griot.press.models import Line, Story

pytestmark = pytest.mark.django_db


def printed(story: Story) -> dict:
    with draft_of(issue_in_the_making().pk) as draft:
        place = draft.place_of(story.pk)
        return draft.lines(place.section)[place.index]["value"]


def version(story: Story) -> int:
    line = Line.objects.filter(story=story).first()
    return line.version if line else 0


def tell_as(who, story: Story, piece: str) -> None:
    act("tell_as", who, {"story": story.pk, "version": version(story), "piece": piece})


def test_a_line_told_as_a_feature_says_so_in_the_issue_too(editor, night):
    act("accept", editor, {"story": night[0].pk})
    before = Line.objects.get(story=night[0])
    assert before.piece == "news" and printed(night[0])["piece"] == "news"
    tell_as(editor, night[0], "feature")
    line = Line.objects.get(story=night[0])
    assert line.piece == "feature" and line.is_by_hand and line.edited_by == editor
    assert (
        line.body == "ran a story headlined “57 migrants rescued off Lampedusa”." == printed(night[0])["body"]
    )
    assert printed(night[0])["piece"] == "feature"
    (review,) = [
        b
        for b in issue_of(issue_in_the_making().get_latest_revision_as_object()).blocks
        if b.kind == "press_review"
    ]
    assert [told.piece for told in review.lines] == ["feature"]
    undo_last(editor)
    line = Line.objects.get(story=night[0])
    assert (line.piece, line.body) == ("news", before.body)
    assert (printed(night[0])["piece"], printed(night[0])["body"]) == ("news", before.body)


def test_the_kind_alone_is_set_where_the_words_are_the_editor_s_own(editor, night):
    act("accept", editor, {"story": night[0].pk})
    data = {
        "story": night[0].pk,
        "version": version(night[0]),
        "body": "interviewed its captain.",
        "piece": "interview",
    }
    act("edit", editor, data)
    line = Line.objects.get(story=night[0])
    assert (line.piece, line.body) == ("interview", "interviewed its captain.")
    act("edit", editor, {"story": night[0].pk, "version": line.version, "body": "interviewed the captain."})
    assert Line.objects.get(story=night[0]).piece == "interview", "an edit that says nothing of it leaves it"
    undo_last(editor)
    undo_last(editor)
    assert Line.objects.get(story=night[0]).piece == "news" == printed(night[0])["piece"]


@pytest.mark.parametrize("piece", ["poem", "", None, 7, ["news"]])
def test_no_other_kinds_are_taken(editor, night, piece):
    for kind in ("tell_as", "edit"):
        with pytest.raises(Refused, match="no such kind"):
            act(
                kind,
                editor,
                {"story": night[0].pk, "version": version(night[0]), "piece": piece, "body": "x."},
            )


def test_what_the_articles_don_t_bear_out_is_refused_in_words(editor, night):
    Story.objects.get(pk=night[2].pk).articles.update(text="It burned.", summary="")
    with pytest.raises(Refused, match="remarks"):
        tell_as(editor, night[2], "statement")


def test_who_saw_another_version_is_refused(editor, colleague, night):
    seen = version(night[0])
    tell_as(colleague, night[0], "feature")
    with pytest.raises(Refused, match="meanwhile"):
        act("tell_as", editor, {"story": night[0].pk, "version": seen, "piece": "review"})
