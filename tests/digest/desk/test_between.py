"""The machine groups while editors merge and split: what it did is looked at again, and nothing is lost."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections

from griot.digest.desk import deciding
from griot.digest.desk.acting import Refused, line_of
from griot.digest.desk.actions import act, undo_last
from griot.press.models import Article, Line, Story
from griot.press.stories.pipeline import find_story, merge_into, rate_stories, stories_held
from tests.support import until_waiting

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("into", ["another", "the other of them"])
def test_what_the_machine_merges_while_an_editor_merges_it_is_not_lost(editor, night, into):
    rescue, court, fire = night
    whole = fire if into == "another" else court
    Story.objects.filter(pk=whole.pk).update(first_published=rescue.first_published - timedelta(days=300))

    def merges() -> str:
        try:
            return act("merge", editor, {"story": rescue.pk, "with": [court.pk]}).label
        except Refused as refusal:
            return str(refusal)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        with stories_held():  # the machine is at work, and finds that two are one
            other = pool.submit(merges)
            until_waiting(other)
            merge_into(whole, [rescue.pk])
            rate_stories({whole.pk})
        said = other.result()
    assert not Article.objects.filter(story__merged_into__isnull=False).exists(), "on the desk all are found"
    assert find_story(rescue.pk) == find_story(court.pk) == whole
    assert ("Merged 2 stories" in said) if into == "another" else ("one story already" in said)


@pytest.fixture
def machine():
    """Merges a story into another in a thread of its own, until it is done or waits for us."""

    def merges(into: Story, gone: Story) -> Future[None]:
        def alone() -> None:
            try:
                with stories_held():
                    merge_into(Story.objects.get(pk=into.pk), [gone.pk])
                    rate_stories({into.pk})
            finally:
                connections.close_all()

        found = pool.submit(alone)
        until_waiting(found)
        return found

    with ThreadPoolExecutor(1) as pool:
        yield merges


def test_an_undo_that_waited_for_the_machine_keeps_a_colleague_s_words(editor, colleague, night):
    rescue, court, fire = night
    Story.objects.filter(pk=fire.pk).update(first_published=rescue.first_published - timedelta(days=300))
    act("merge", editor, {"story": rescue.pk, "with": [court.pk]})
    line = line_of(Story.objects.get(pk=fire.pk))
    act("edit", colleague, {"story": fire.pk, "version": line.version, "body": "reported that Bo knows."})

    def undoes() -> str:
        try:
            return undo_last(editor).label
        except Refused as refusal:
            return str(refusal)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        with stories_held():
            other = pool.submit(undoes)
            until_waiting(other)
            merge_into(Story.objects.get(pk=fire.pk), [rescue.pk])
            rate_stories({fire.pk})
        assert "not undone" in other.result()
    assert Line.objects.filter(body="reported that Bo knows.").exists()


@pytest.mark.parametrize("when", ["before it is written", "after"])
def test_what_the_machine_merges_while_an_editor_decides_is_decided_or_refused(
    editor, night, machine, monkeypatch, when
):
    rescue, _, fire = night
    Story.objects.filter(pk=fire.pk).update(first_published=rescue.first_published - timedelta(days=300))
    line_of(rescue)
    asked = "line_of" if when == "before it is written" else "judge"
    called, others = getattr(deciding, asked), []

    def meanwhile(*said):
        answer = called(*said)
        others.append(machine(fire, rescue))
        return answer

    monkeypatch.setattr(deciding, asked, meanwhile)
    if when == "before it is written":
        with pytest.raises(Refused, match="look again"):
            act("accept", editor, {"story": rescue.pk})
    else:
        act("accept", editor, {"story": rescue.pk})
    others[0].result()
    assert Story.objects.get(pk=fire.pk).decision == ("" if when == "before it is written" else "accepted")


def test_a_story_is_found_however_often_it_was_merged(night):
    first, second, third = night
    Story.objects.filter(pk=first.pk).update(merged_into=second)
    Story.objects.filter(pk=second.pk).update(merged_into=third)
    assert find_story(first.pk) == third
