"""Undo at the desk: what one editor did is undone from the newest back, and nobody else's work with it."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as run

from griot.digest.desk.acting import Refused
from griot.digest.desk.actions import act, undo_last
from griot.digest.desk.placing import draft_of, issue_in_the_making
from griot.digest.models import Assignment
from griot.digest.release.preflight import preflight
from griot.press.models import Article, Line, Override, Rating, Story, Verdict
from griot.press.stories.beats_store import first_beat
from griot.press.stories.lines import check_again, check_lines
from griot.press.stories.pipeline import merge_into, rate_stories, stories_held
from tests.digest.desk.nights import lines, tell
from tests.testimonies.people import committed

pytestmark = pytest.mark.django_db


def write(who, story: Story, body: str) -> None:
    line = Line.objects.filter(story=story).first()
    act("edit", who, {"story": story.pk, "version": line.version if line else 0, "body": body})


def refused(who, words: str) -> Refused:
    """Undo is refused in these words, and changes nothing."""
    before = desk()
    with pytest.raises(Refused, match=words) as refusal:
        undo_last(who)
    assert refusal.value.conflict and desk() == before
    return refusal.value


def test_two_edits_of_one_line_are_undone_in_turn(editor, night):
    act("accept", editor, {"story": night[0].pk})
    first = Line.objects.get(story=night[0])
    write(editor, night[0], "reported that boats came.")
    write(editor, night[0], "reported that ships came.")
    for body in ("reported that boats came.", first.body):
        undo_last(editor)
        line = Line.objects.get(story=night[0])
        assert line.body == body == printed(night[0])["body"]
    assert line.edited_by is None and line.version == 4, "who has seen another version is refused"
    undo_last(editor)
    assert lines() == []


def test_a_colleagues_later_decision_stays(editor, colleague, night):
    rescue, court, _ = night
    act("accept", editor, {"story": rescue.pk})
    act("discard", editor, {"story": court.pk})
    act("discard", colleague, {"story": rescue.pk, "seen": "accepted"})
    act("accept", colleague, {"story": court.pk, "seen": "discarded"})
    assert refused(editor, "not undone: “Discarded: Court .*”, for bo has accepted this story since").story
    refused(editor, "“Accepted: 57 .*”, for bo has discarded this story since")
    with pytest.raises(Refused, match="nothing to undo"):
        undo_last(editor)
    rescue.refresh_from_db()
    assert (rescue.decision, rescue.decided_by) == ("discarded", colleague) and lines() == [court.pk]


def test_what_is_refused_is_told_once_and_what_is_older_is_undone(editor, colleague, night):
    rescue, court, fire = night
    for story in night:
        act("accept", editor, {"story": story.pk})
    act("later", colleague, {"story": court.pk})
    assert undo_last(editor).story == fire.pk
    refused(editor, "bo has put off this story since")
    assert undo_last(editor).story == rescue.pk
    assert lines() == []


def test_a_story_that_a_colleague_reopened_stays_open(editor, colleague, night):
    story = night[0].pk
    act("discard", editor, {"story": story})
    act("reopen", editor, {"story": story})
    act("accept", colleague, {"story": story})
    act("reopen", colleague, {"story": story})
    with pytest.raises(Refused, match="bo has reopened this story meanwhile"):
        act("discard", editor, {"story": story, "seen": "accepted"})
    refused(editor, "bo has reopened this story since")
    assert Story.objects.get(pk=story).decision == ""


def test_words_that_a_colleague_wrote_since_stay(editor, colleague, night):
    rescue, court, fire = night
    act("accept", editor, {"story": rescue.pk})
    act("merge", editor, {"story": rescue.pk, "with": [court.pk]})
    write(colleague, rescue, "reported that Bo knows better.")
    refused(editor, "bo has changed this line since")
    refused(editor, "bo has changed this line since")
    act("discard", editor, {"story": fire.pk})
    write(colleague, fire, "reported that the camp burnt.")
    refused(editor, "bo has changed this line since")
    assert {"reported that Bo knows better.", "reported that the camp burnt."} <= {
        line.body for line in Line.objects.all()
    }


def test_words_written_in_the_issue_itself_stay(editor, colleague, night):
    act("accept", editor, {"story": night[0].pk})
    write(editor, night[0], "reported that boats came.")
    with draft_of(issue_in_the_making().pk, colleague) as draft:
        draft.update(night[0].pk, {"body": "reported that Bo wrote this in the issue."})
    refused(editor, "what the issue says of it has been changed since")
    refused(editor, "“Accepted: .*”, for you have changed this line since")
    assert printed(night[0])["body"] == "reported that Bo wrote this in the issue."


def test_a_colleagues_place_for_a_line_stays(editor, colleague, night):
    for story in night:
        act("accept", editor, {"story": story.pk})
    act("move", editor, {"story": night[1].pk, "index": 0})
    act("move", colleague, {"story": night[1].pk, "index": 1})
    there = lines()
    refused(editor, "its line has been moved in the issue since")
    assert lines() == there
    act("move", editor, {"story": night[0].pk, "section": "opinion"})
    act("move", colleague, {"story": night[1].pk, "section": "opinion", "index": 0})
    undo_last(editor)
    assert lines("opinion") == [night[1].pk], "that others move beside it keeps nobody from undoing"


def test_each_vouches_for_themselves(editor, colleague, desk_client, night):
    write(editor, night[0], "reported that 99 boats came.")
    for who, why in ((colleague, "I rang the coast guard"), (editor, "I was there"), (editor, "I saw it")):
        act("vouch", who, {"story": night[0].pk, "claim": "99", "why": why})
    act("accept", editor, {"story": night[0].pk})
    page = desk_client.get(f"/admin/desk/story/{night[0].pk}/").content.decode()
    assert "bo vouches for “99”: I rang" in page and "ana vouches for “99”: I saw it" in page
    draft = issue_in_the_making().get_latest_revision_as_object()
    said = [f.text for f in preflight(draft) if "Vouched for" in f.text]
    assert len(said) == 2
    for mine in (["I saw it"], ["I was there"], []):
        undo_last(editor)
        assert list(Override.objects.filter(by=editor).values_list("why", flat=True)) == mine
    assert Override.objects.get().why == "I rang the coast guard"


def test_what_a_colleague_accepted_as_it_was_vouched_for_stays_vouched_for(editor, colleague, night):
    write(editor, night[0], "reported that 99 boats came.")
    act("vouch", editor, {"story": night[0].pk, "claim": "99", "why": "I was there"})
    act("accept", colleague, {"story": night[0].pk})
    refused(editor, "what the issue says of it has been changed since")
    refused(editor, "what the issue says of it has been changed since")
    assert Line.objects.get(story=night[0]).may_be_approved


def test_a_colleagues_later_merge_or_split_stays(editor, colleague, night):
    rescue, court, fire = night
    act("merge", editor, {"story": rescue.pk, "with": [court.pk]})
    act("merge", colleague, {"story": fire.pk, "with": [court.pk]})
    refused(editor, "its articles have been merged or split since")
    assert Story.objects.filter(merged_into=None).count() == 1
    undo_last(colleague)
    chosen = list(rescue.articles.order_by("pk").values_list("pk", flat=True)[:1])
    act("split", editor, {"story": rescue.pk, "articles": chosen})
    new = Article.objects.get(pk=chosen[0]).story
    act("accept", colleague, {"story": new.pk})
    refused(editor, "bo has accepted this story since")
    assert lines() == [new.pk]


def split_first(who, story: Story) -> None:
    act(
        "split",
        who,
        {"story": story.pk, "articles": list(story.articles.order_by("pk").values_list("pk", flat=True)[:1])},
    )


def test_what_is_undone_after_a_split_is_told_of_the_articles_that_are_left(editor, colleague, night):
    story = Story.objects.annotate(of=Count("articles")).filter(of__gt=1).first()
    act("accept", editor, {"story": story.pk})
    write(editor, story, "reported that boats were met.")
    write(editor, story, "reported that 99 boats came.")
    split_first(colleague, story)
    for is_by_hand in (True, False):
        undo_last(editor)
        is_told_of_its_articles(line := Line.objects.get(story=story))
        assert line.body == printed(story)["body"] and line.is_by_hand == is_by_hand


def test_what_is_taken_out_and_split_comes_back_as_what_is_left(editor, colleague, night):
    story = Story.objects.annotate(of=Count("articles")).filter(of__gt=1).first()
    act("accept", editor, {"story": story.pk})
    act("discard", editor, {"story": story.pk})
    split_first(colleague, story)
    undo_last(editor)
    is_told_of_its_articles(line := Line.objects.get(story=story))
    assert line.body == printed(story)["body"]


@pytest.mark.parametrize("kind", ["discard", "later", "reopen"])
def test_a_story_that_a_colleague_has_merged_keeps_nobodys_undo_from_going_on(editor, colleague, night, kind):
    first, gone, other = sorted(night, key=lambda story: (story.first_published, story.pk))
    for story in (other, gone):
        act("accept", editor, {"story": story.pk})
    act(kind, editor, {"story": gone.pk})
    act("merge", colleague, {"story": first.pk, "with": [gone.pk]})
    refused(editor, "merged or split since")
    refused(editor, "“Accepted: ")
    undo_last(editor)
    assert lines() == []


def test_what_a_story_has_grown_by_since_keeps_no_merge_from_being_undone(editor, night):
    rescue, court, _ = night
    act("merge", editor, {"story": rescue.pk, "with": [court.pk]})
    late = tell("57 migrants are safe, says the harbour").articles.get()
    Article.objects.filter(pk=late.pk).update(story=rescue)
    undo_last(editor)
    assert court.articles.count() == 1 and rescue.articles.count() == 4


def test_an_issue_that_is_planned_or_out_is_left_as_it_is(editor, night):
    for story in night:
        act("accept", editor, {"story": story.pk})
    act("discard", editor, {"story": night[2].pk})
    page = issue_in_the_making().get_latest_revision_as_object()
    page.go_live_at = timezone.now() + timedelta(hours=1)
    page.save_revision().publish(skip_permission_checks=True)
    assert issue_in_the_making().approved_schedule
    refused(editor, "has been planned or has gone out since")
    page = issue_in_the_making().get_latest_revision_as_object()
    page.go_live_at = None
    with committed():
        page.save_revision().publish(skip_permission_checks=True)
    assert issue_in_the_making() is None
    refused(editor, "you have discarded this story since")
    refused(editor, "an issue has told this story since")


def test_merged_lines_stand_again_where_they_stood(editor, night):
    for story in night:
        act("accept", editor, {"story": story.pk})
    before = lines()
    act("merge", editor, {"story": before[0], "with": [before[1]]})
    undo_last(editor)
    assert lines() == before


def test_a_beat_is_as_it_was_and_knows_who_judged(editor, colleague, night):
    act("discard", colleague, {"story": night[0].pk})
    before = Rating.objects.values("judgement", "by", "at").get(story=night[0])
    act("accept", editor, {"story": night[0].pk})
    undo_last(editor)
    assert Rating.objects.values("judgement", "by", "at").get(story=night[0]) == before


LATE = "Late Post"  # which nobody at the desk has grouped
BY_HAND = {"body": "reported that Ana wrote this in the issue.", "head": "Sea"}


def comes(story: Story) -> None:
    """An article that is news of a story meanwhile."""
    late = tell("57 migrants are safe, says the harbour", LATE)
    late.articles.update(story=story)
    late.delete()
    check_lines(story)


@pytest.mark.parametrize("kind", ["discard", "later", "reopen", "edit"])
def test_a_persons_words_in_the_issue_stand_again_though_an_article_came(editor, night, kind):
    act("accept", editor, {"story": night[0].pk})
    with draft_of(issue_in_the_making().pk, editor) as draft:
        draft.update(night[0].pk, BY_HAND)
    if kind == "edit":
        write(editor, night[0], "reported that boats came.")
    else:
        act(kind, editor, {"story": night[0].pk})
    comes(night[0])
    undo_last(editor)
    assert {name: printed(night[0])[name] for name in BY_HAND} == BY_HAND


@pytest.mark.parametrize("is_by_a_person", [True, False])
@pytest.mark.parametrize("kind", ["discard", "later"])
def test_a_decision_that_went_along_into_another_story_is_not_said_to_be_undone(
    editor, colleague, night, kind, is_by_a_person
):
    first, gone, _ = night
    act(kind, editor, {"story": gone.pk})
    if is_by_a_person:
        act("merge", colleague, {"story": first.pk, "with": [gone.pk]})
    else:
        with stories_held():
            merge_into(first, [gone.pk])
    refused(editor, "its articles have been merged or split since")
    first.refresh_from_db()
    assert first.decision, "it is decided as it was, and the desk says so"


def test_a_refused_undo_draws_the_story_anew(desk_client, editor, colleague, night):
    act("accept", editor, {"story": night[0].pk})
    act("discard", colleague, {"story": night[0].pk})
    answer = desk_client.post(
        "/admin/desk/act/", json.dumps({"kind": "undo"}), content_type="application/json"
    )
    assert answer.status_code == 409 and answer.json()["message"].startswith("Not undone: “Accepted: 57")
    assert 'data-decision="discarded"' in answer.json()["row"]


# --- in any order --------------------------------------------------------------------------


def printed(story: Story) -> dict:
    """What the issue in the making says of a story."""
    with draft_of(issue_in_the_making().pk) as draft:
        place = draft.place_of(story.pk)
        return draft.lines(place.section)[place.index]["value"]


def desk() -> dict[tuple, object]:
    """All that acts at the desk set, each by what it is of."""
    found: dict[tuple, object] = {}
    for s in Story.objects.all():
        found["decision", s.pk] = (s.decision, s.decided_by_id, s.decided_at)
        found["went into", s.pk] = s.merged_into_id
    for line in Line.objects.exclude(edited_by=None):
        found["line", line.story_id] = (
            line.edited_by_id,
            line.body,
            line.mention,
            str(line.outlets),
        )
    for o in Override.objects.select_related("line"):
        found["vouched", o.line.story_id, o.claim, o.by_id] = (o.why, o.at)
    for row in Assignment.objects.all():
        found["assigned", row.story] = (row.user_id, row.by_id)
    for pk, story in Article.objects.exclude(outlet__name=LATE).values_list("pk", "story"):
        found["story of", pk] = story
    issue = issue_in_the_making()
    if issue:
        with draft_of(issue.pk) as draft:
            for section in ("press_review", "trending", "opinion"):
                for item in draft.lines(section):
                    found["place", item["value"]["story"]] = (section, item["id"])
                    found["printed", item["value"]["story"]] = item["value"]["body"]
    return found


def is_told_of_its_articles(line: Line) -> None:
    """A line was checked against the articles that its story has; the machine's names no outlet beside them,
    in the issue neither.
    """
    was = line.ok
    check_again(line)
    assert line.ok == was
    if line.is_by_hand:
        return
    there = set(line.story.articles.values_list("url", flat=True))
    assert {o["url"] for o in line.outlets} <= there
    if issue := issue_in_the_making():
        with draft_of(issue.pk) as draft:
            if place := draft.place_of(line.story_id):
                value = draft.lines(place.section)[place.index]["value"]
                assert {o["value"]["url"] for o in value["outlets"]} <= there


def order() -> tuple:
    """What has no single owner: the lines' order, and what was said of articles."""
    verdicts = Verdict.objects.order_by("first", "second").values_list("first", "second", "together", "by")
    places = (
        [lines(s) for s in ("press_review", "trending", "opinion")] if issue_in_the_making() else [[]] * 3
    )
    judged = Rating.objects.order_by("story").values_list("story", "judgement", "by", "at")
    return places, list(verdicts), list(judged)


WHO, WHICH = st.sampled_from(["ana", "bo"]), st.integers(0, 2)
BODIES = st.sampled_from(["reported that 99 boats came.", "reported that boats were met.", "wrote of it."])


class Desk(RuleBasedStateMachine):
    """`setter` is who set each thing as it is now; `log` all acts not yet undone, with what each has changed:
    who had set that before.
    """

    people: dict

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.setter: dict[tuple, str | None] = {}
        self.log: list[tuple[str, str, dict]] = []
        self.is_whole = True  # nothing was refused to be undone
        self.beginning, self.learned = (desk(), order()), first_beat().learned

    def teardown(self) -> None:
        try:
            self.ends_at_the_beginning()
        finally:
            transaction.set_rollback(True)
            self.savepoint.__exit__(None, None, None)

    def story(self, which: int) -> Story:
        there = list(Story.objects.filter(merged_into=None).order_by("pk"))
        return there[which % len(there)]

    def does(self, who: str, kind: str, story: Story, **data) -> None:
        before = desk()
        try:
            done = act(kind, self.people[who], {"story": story.pk, **data})
        except Refused:
            assert desk() == before
            return
        after = desk()
        changed = {key for key in {*before, *after} if before.get(key) != after.get(key)}
        self.log.append((who, done.label, {key: self.setter.get(key) for key in changed}))
        self.setter.update(dict.fromkeys(changed, who))

    @rule(who=WHO, kind=st.sampled_from(["accept", "accept", "discard", "later", "reopen"]), which=WHICH)
    def decides(self, who, kind, which):
        self.does(who, kind, self.story(which))

    @rule(who=WHO, which=WHICH, body=BODIES)
    def writes(self, who, which, body):
        story = self.story(which)
        line = Line.objects.filter(story=story).first()
        self.does(who, "edit", story, version=line.version if line else 0, body=body)

    @rule(who=WHO, which=WHICH, why=st.sampled_from(["I was there", "I rang them"]))
    def vouches(self, who, which, why):
        self.does(who, "vouch", self.story(which), claim="99", why=why)

    @rule(
        who=WHO,
        which=WHICH,
        index=st.integers(0, 2),
        section=st.sampled_from(["press_review", "trending", ""]),
    )
    def moves(self, who, which, index, section):
        self.does(who, "move", self.story(which), index=index, section=section)

    @rule(who=WHO, which=WHICH, to=st.sampled_from(["ana", "bo", None]))
    def assigns(self, who, which, to):
        self.does(who, "assign", self.story(which), to=to and self.people[to].pk)

    @rule(who=WHO, which=WHICH, other=WHICH)
    def merges(self, who, which, other):
        self.does(who, "merge", self.story(which), **{"with": [self.story(other).pk]})

    @rule(who=WHO, which=WHICH)
    def splits(self, who, which):
        story = self.story(which)
        first = story.articles.order_by("pk").values_list("pk", flat=True)[:1]
        self.does(who, "split", story, articles=list(first))

    @rule(which=WHICH)
    def grows(self, which):
        comes(self.story(which))

    @rule(who=WHO)
    @precondition(lambda self: self.log)
    def undoes(self, who):
        """The newest of one's own, and nothing that another has set since; or it stays, and all with it."""
        mine = [n for n, (by, _, _) in enumerate(self.log) if by == who]
        before = desk()
        try:
            label = undo_last(self.people[who]).label
        except Refused as refusal:
            assert desk() == before
            if not mine:
                assert "nothing to undo" in str(refusal)
                return
            assert refusal.conflict and self.log.pop(mine[-1])[1] in str(refusal)
            self.is_whole = False
            return
        _, done, had = self.log.pop(mine[-1])
        assert label == f"Undone: {done}"
        after = desk()
        for key in {key for key in {*before, *after} if before.get(key) != after.get(key)}:
            assert self.setter.get(key) == who, (key, before.get(key), after.get(key), label)
            self.setter[key] = had.get(key)

    @invariant()
    def decision_and_issue_agree(self):
        now = desk()
        accepted = {key[1] for key, value in now.items() if key[0] == "decision" and value[0] == "accepted"}
        standing = {pk for name, pk, *_ in now if name == "place"}
        assert standing == {pk for pk in accepted if now["went into", pk] is None}
        for pk in standing:
            assert now["printed", pk] == Line.objects.get(story=pk).body

    @invariant()
    def lines_are_of_their_articles(self):
        for line in Line.objects.filter(story__merged_into=None):
            is_told_of_its_articles(line)

    def ends_at_the_beginning(self) -> None:
        """Undone in the order of the log, from its end; where nothing was refused, all is as it was."""
        while self.log:
            self.undoes(self.log[-1][0])
        for who in self.people.values():
            with pytest.raises(Refused, match="nothing to undo"):
                undo_last(who)
        Article.objects.filter(outlet__name=LATE).delete()
        rate_stories(set(Story.objects.values_list("pk", flat=True)))  # takes away those that have only grown
        if self.is_whole:
            assert (desk(), order()) == self.beginning
            learned = first_beat().learned
            for key in {*learned, *self.learned}:
                assert abs(learned.get(key, 0) - self.learned.get(key, 0)) < 0.01


def test_what_two_editors_did_in_any_order_is_undone_to_the_beginning(editor, colleague, night, is_long):
    """Thousands of steps with `./griot test --long`."""
    Desk.people = {"ana": editor, "bo": colleague}
    run(
        Desk,
        settings=settings(max_examples=200 if is_long else 12, stateful_step_count=25, deadline=None),
    )
