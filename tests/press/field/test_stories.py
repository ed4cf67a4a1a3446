"""Small sets of look-alikes, events told from different ends, and a whole night, all invented, with their stories."""

from __future__ import annotations

from pathlib import Path

import pytest

from griot.demo.evaluating import evaluate_night, grouping, pairwise, read_labelled, small_sets
from griot.demo.training import by_event, labelled_sets, scores

SETS = sorted(p.stem for p in (Path(__file__).parent / "cluster").glob("*.jsonl") if p.stem != "night")


@pytest.mark.parametrize("name", SETS)
def test_no_two_events_become_one_story(name):
    articles, stories = read_labelled(Path(__file__).parent / "cluster" / f"{name}.jsonl")
    story = {a.url: s for a, s in zip(articles, stories, strict=True)}
    title = {a.url: a.title for a in articles}
    found = grouping(articles)
    wrong = [
        (title[a], title[b])
        for a in story
        for b in story
        if a < b and found[a] == found[b] and story[a] != story[b]
    ]
    assert not wrong


@pytest.mark.parametrize(
    "name",
    ["c1-same-event", "c2-wrecks-only", "v1-wrecks-two-countries", "v3-figures", "camp-fires", "two-laws"],
)
def test_no_event_falls_apart(name):
    articles, stories = read_labelled(Path(__file__).parent / "cluster" / f"{name}.jsonl")
    story = {a.url: s for a, s in zip(articles, stories, strict=True)}
    assert pairwise(story, grouping(articles))["r"] == 1


def test_most_of_each_event_is_one_story():
    assert small_sets()["pairwise"]["r"] >= 0.85


def test_a_night_of_seven_languages():
    night = evaluate_night()
    assert night["pairwise"]["p"] >= 0.95 and night["pairwise"]["r"] >= 0.65
    assert night["across_languages"]["p"] >= 0.95 and night["across_languages"]["r"] >= 0.6
    assert night["order"]["most_change"] <= 0.02


@pytest.mark.slow
def test_events_that_the_decision_has_not_seen_are_told_apart_as_well():
    sets = labelled_sets(None)
    found = scores(sets, by_event(sets))
    for name, recall in (("demo", 0.9), ("night", 0.65), ("small sets, each alone", 0.8)):
        assert found[name]["p"] >= 0.95 and found[name]["r"] >= recall, name
