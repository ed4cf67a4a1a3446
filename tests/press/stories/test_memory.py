"""What the newsroom remembers of stories: verdicts, what was told, judgements, retention, archives."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from django.utils import timezone

from griot.press.core.language.vectors import default_encoder
from griot.press.models import (
    Article,
    Beat,
    Entry,
    Fetch,
    Line,
    Organisation,
    Outlet,
    Override,
    Rating,
    Source,
    Story,
    Verdict,
)
from griot.press.stories.beats_store import first_beat, judge
from griot.press.stories.lines import draft_story
from griot.press.stories.pipeline import (
    find_story,
    group_articles,
    mark_told,
    rate_stories,
    regroup,
    stories_on_beat,
)
from griot.press.stories.retention import retain
from griot.press.stories.verdicts import merge_stories, restore, snapshot, split_off

pytestmark = pytest.mark.django_db
RESCUE = "Coast guard rescues 57 migrants from a wooden boat adrift south of Lampedusa"
FIRE = "A fire destroyed 1,200 shelters in a refugee camp near Cox's Bazar on Sunday"


TOPICS = ("Ferries between the islands stay in port", RESCUE, FIRE, "Niger counts people at its border posts")


def vector_of(topic: int, tilt: float = 0.0) -> list[float]:
    """The topic's own vector, tilted a little. A real one: what is like no text at all, the index
    may not find.
    """
    v = default_encoder().encode([TOPICS[topic]])[0]
    other = np.random.default_rng(int(tilt * 100)).standard_normal(512)
    v = v + tilt * other / np.linalg.norm(other)
    return list(v / np.linalg.norm(v))


@pytest.fixture
def add(db):
    def add(title: str, topic: int, hours: float = 1, outlet: str = "", **facts) -> Article:
        count = Article.objects.count()
        row, _ = Outlet.objects.get_or_create(name=outlet or f"Outlet {count}")
        now = timezone.now()
        return Article.objects.create(
            outlet=row,
            url=f"https://o{count}.example/{count}",
            title=title,
            summary=f"{title}.",
            language="en",
            published=now - timedelta(hours=hours),
            published_from="feed",
            read_from="feed",
            vector=vector_of(topic, 0.05 * (count % 3)),
            **facts,
        )

    return add


@pytest.fixture
def two_stories(add):
    rescue = [add(RESCUE, 1, 5 - n) for n in range(3)]
    fire = [add(FIRE, 2, 5 - n) for n in range(2)]
    group_articles(timezone.now())
    for article in rescue + fire:
        article.refresh_from_db()
    return rescue, fire


def test_articles_find_their_stories_and_late_ones_join_them(two_stories, add):
    rescue, fire = two_stories
    assert {a.story_id for a in rescue} != {a.story_id for a in fire}
    assert len({a.story_id for a in rescue}) == len({a.story_id for a in fire}) == 1
    late = add(RESCUE, 1, 0.1)
    group_articles(timezone.now())
    late.refresh_from_db()
    assert late.story_id == rescue[0].story_id


def test_an_editors_merge_is_for_ever(two_stories, add, django_user_model):
    rescue, fire = two_stories
    editor = django_user_model.objects.create_user("editor")
    merged = merge_stories([rescue[0].story, fire[0].story], editor)
    gone = {rescue[0].story_id, fire[0].story_id} - {merged.pk}
    assert find_story(gone.pop()) == merged
    add(FIRE, 2, 0.1)
    group_articles(timezone.now())
    regroup(set(Article.objects.values_list("pk", flat=True)))
    assert set(Article.objects.values_list("story", flat=True)) == {merged.pk}
    assert Verdict.objects.filter(by=editor, together=True).count() == 4


def test_not_these_of_a_large_story_takes_all_that_were_chosen(add):
    rescue = [add(RESCUE, 1, 40 - n / 4, outlet=f"Outlet {n % 30}") for n in range(130)]
    story = Story.objects.create(first_published=rescue[0].published, last_published=rescue[-1].published)
    Article.objects.update(story=story)
    chosen = [rescue[0], rescue[60], *rescue[-2:]]
    new = split_off(story, chosen)
    assert set(new.articles.all()) == set(chosen) and story.articles.count() == 126


def test_not_this_one_is_for_ever_and_can_be_taken_back(two_stories, add):
    rescue, _ = two_stories
    story = rescue[0].story
    before = snapshot([story])
    split_off(story, [rescue[1]])
    add(RESCUE, 1, 0.1)
    group_articles(timezone.now())
    regroup(set(Article.objects.values_list("pk", flat=True)))
    rescue[0].refresh_from_db()
    rescue[1].refresh_from_db()
    assert rescue[0].story_id == story.pk != rescue[1].story_id
    assert Article.objects.filter(story=story).count() == 3
    restore(before)
    assert not Verdict.objects.exists()
    regroup(set(Article.objects.values_list("pk", flat=True)))
    assert len(set(Article.objects.filter(title=RESCUE).values_list("story", flat=True))) == 1


def test_the_last_word_counts(two_stories):
    rescue, _ = two_stories
    new = split_off(rescue[0].story, [rescue[1]])
    merge_stories([rescue[0].story, new])
    regroup({a.pk for a in rescue})
    assert len(set(Article.objects.filter(title=RESCUE).values_list("story", flat=True))) == 1


def test_a_split_leaves_something_on_either_side(two_stories):
    rescue, _ = two_stories
    with pytest.raises(ValueError, match="either side"):
        split_off(rescue[0].story, rescue)


def test_a_told_story_comes_again_only_with_something_new(two_stories, add):
    first_beat()
    rescue, _ = two_stories
    rate_stories({rescue[0].story_id})
    now = timezone.now()
    window = (now - timedelta(hours=36), now + timedelta(hours=1))
    story = rescue[0].story
    assert story in stories_on_beat(*window)
    mark_told({story.pk: "The Outlet reported that …"}, now)
    assert story not in stories_on_beat(*window)
    late = add("Lampedusa: the 57 rescued migrants were brought to Sicily by ferry", 1, 0.1)
    group_articles(timezone.now())
    late.refresh_from_db()
    assert late.story_id == story.pk
    story = Story.objects.get(pk=story.pk)
    assert story in stories_on_beat(*window)
    assert late in story.articles.all()
    assert "brought to Sicily" in draft_story(story, "en").body
    assert story.told_line == "The Outlet reported that …"


def test_a_merged_storys_memory_goes_with_it(two_stories):
    rescue, fire = two_stories
    mark_told({fire[0].story_id: "told"}, timezone.now())
    merged = merge_stories([rescue[0].story, fire[0].story])
    assert Story.objects.get(pk=merged.pk).told_line == "told"


def test_judgements_move_what_is_alike_and_say_so(two_stories):
    rescue, fire = two_stories
    beat = Beat.objects.create(name="all", query="migrants OR refugee", threshold=1.0)
    ids = {rescue[0].story_id, fire[0].story_id}
    Article.objects.filter(title=FIRE).update(places=["BD"])
    rate_stories(ids)
    rating = Rating.objects.get(story=fire[0].story, beat=beat)
    before = rating.score
    assert any("refugee" in r for r in rating.reasons)
    for _ in range(6):
        judge(rating, False)
        judge(rating, None)
    rate_stories(ids)
    rating.refresh_from_db()
    assert rating.score < before - 0.5, "further down, and still there"
    assert "you discard much with country BD" in rating.reasons
    judge(rating, True)
    assert rating.judgement == "accepted"
    beat.refresh_from_db()
    assert beat.learned["country:BD"] < 0


def test_a_line_mentions_our_organisation(add):
    Organisation.objects.create(
        name="Passage Network", names="the Passage Network\nRéseau Passage", spokespeople="Aminata Sow"
    )
    add("Niger registered 14,300 people at its border posts, according to the Passage Network", 3)
    group_articles(timezone.now())
    line = draft_story(Story.objects.get(), "en")
    assert line.mention == "It cited Passage Network figures."
    (mention,) = line.mentions
    assert (mention["kind"], mention["passage"][:16]) == ("figures", "Niger registered")


def test_an_unsupported_claim_blocks_until_a_named_person_vouches(add, django_user_model):
    add(RESCUE, 1)
    group_articles(timezone.now())
    line = draft_story(Story.objects.get(), "en")
    assert line.may_be_approved
    line.claims = [*line.claims, {"text": "58", "kind": "number", "url": "", "passage": ""}]
    line.save()
    assert not line.may_be_approved
    Override.objects.create(
        line=line, claim="58", by=django_user_model.objects.create_user("editor"), why="Said on the phone."
    )
    assert line.may_be_approved


# --- retention ---------------------------------------------------------------------------


def test_what_nobody_used_goes_and_what_was_used_stays(add, settings, django_user_model):
    settings.KEEP_DAYS = 30
    hours = (900, 901, 902, 903, 1)
    old, used, spoken, taken, fresh = (add(f"{RESCUE} {n}", n % 4, ago) for n, ago in enumerate(hours))
    now = timezone.now()
    for a in (old, used, spoken, taken):
        a.story = Story.objects.create(first_published=a.published, last_published=a.published)
        a.save()
    mark_told({used.story_id: "told"}, now)
    Story.objects.filter(pk=taken.story_id).update(decision="accepted")
    Verdict.objects.create(first=spoken, second=fresh, together=False)
    source = Source.objects.create(outlet=old.outlet, url="https://a.example/feed")
    Entry.objects.create(source=source, identity="1", title="x", article=old, first_seen=old.published)
    Entry.objects.create(source=source, identity="2", title="x", first_seen=old.published, state="kept out")
    Fetch.objects.create(source=source, at=now - timedelta(days=90), outcome="silent")
    Line.objects.create(story=old.story, outlets=[], body="x", claims=[], ok=True)
    gone = retain(now)
    assert (gone.left_window, gone.articles, gone.stories, gone.entries, gone.visits) == (4, 1, 1, 1, 1)
    assert set(Article.objects.values_list("pk", flat=True)) == {used.pk, spoken.pk, taken.pk, fresh.pk}
    assert set(Article.objects.filter(in_window=True).values_list("pk", flat=True)) == {fresh.pk}
    assert retain(now).articles == 0


def test_by_default_everything_is_kept(add):
    add(RESCUE, 1, 9000)
    assert retain(timezone.now()).articles == 0 and Article.objects.count() == 1


# --- web archives ------------------------------------------------------------------------
