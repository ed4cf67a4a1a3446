"""The commands on plain files, each in a process of its own as a person would run it."""

from __future__ import annotations

import json

import pytest

from griot.demo.core.rendering import render_feed, render_page
from tests.support import griot

ROWS = [
    {
        "url": "https://a.example/1",
        "outlet": "The Gulf Today",
        "title": "Boat with 57 people reaches Lampedusa",
        "language": "en",
        "summary": "A wooden boat with 57 migrants reached Lampedusa on Sunday.",
        "published": "2026-02-17T06:00:00Z",
        "story": "x",
    },
    {
        "url": "https://b.example/1",
        "outlet": "Rudaw",
        "title": "57 migrants arrive in Lampedusa by boat",
        "language": "en",
        "summary": "A boat with 57 migrants on board reached Lampedusa.",
        "published": "2026-02-17T07:00:00Z",
        "story": "x",
    },
    {
        "url": "https://c.example/1",
        "outlet": "BBC",
        "title": "Wheat prices fall after record harvest",
        "language": "en",
        "summary": "Wheat prices fell to a two-year low.",
        "published": "2026-02-17T08:00:00Z",
        "story": "y",
    },
]


@pytest.fixture
def rows(tmp_path):
    path = tmp_path / "in.jsonl"
    path.write_text("".join(json.dumps(r) + "\n" for r in ROWS))
    return path


@pytest.fixture
def one_story(tmp_path):
    path = tmp_path / "story.jsonl"
    path.write_text("".join(json.dumps(r) + "\n" for r in ROWS[:2]))
    return path


def without_database(*arguments):
    """No database is reachable here; these commands must not want one."""
    return griot(*arguments, env={"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"})


def test_parse_feed(tmp_path, wire):
    path = tmp_path / "feed.xml"
    path.write_bytes(render_feed(wire, wire.outlets["phare-du-sud"])[1])
    done = without_database("parse_feed", str(path))
    feed = json.loads(done.stdout)
    assert done.returncode == 0 and feed["title"] == "Le Phare du Sud"
    assert set(feed["entries"][0]) == {"id", "url", "title", "summary", "published", "language"}
    assert feed["entries"][0]["language"] == "fr"


def test_extract_page(tmp_path, wire):
    article = wire.articles[0]
    path = tmp_path / "page.html"
    path.write_text(render_page(wire, wire.outlets[article.outlet], article)[1])
    page = json.loads(without_database("extract_page", str(path), "--url", wire.url(article)).stdout)
    assert (page["kind"], page["title"], page["language"], page["published_from"]) == (
        "article",
        article.title,
        "en",
        "json-ld",
    )


def test_cluster_and_evaluate(rows):
    first, again = (without_database("cluster_articles", str(rows)).stdout for _ in range(2))
    assert first == again
    story = {r["url"]: r["story"] for r in map(json.loads, first.splitlines())}
    assert story["https://a.example/1"] == story["https://b.example/1"] != story["https://c.example/1"]
    scores = json.loads(without_database("evaluate_clusters", str(rows)).stdout)
    assert scores["articles"] == 3 and scores["pairwise"]["f1"] == scores["b3"]["f1"] == 1.0


def test_an_article_that_two_feeds_carry_is_one(tmp_path):
    path = tmp_path / "in.jsonl"
    path.write_text("".join(json.dumps(r) + "\n" for r in [*ROWS, ROWS[0]]))
    done = without_database("cluster_articles", str(path))
    assert done.returncode == 0
    assert [json.loads(line)["url"] for line in done.stdout.splitlines()] == [r["url"] for r in ROWS]


def test_rank_puts_the_beat_first(rows):
    ranked = [
        json.loads(line)
        for line in without_database("rank_articles", str(rows), "--beat", "migration").stdout.splitlines()
    ]
    assert ranked[-1]["url"] == "https://c.example/1" and ranked[0]["score"] > ranked[-1]["score"]


def test_draft_and_check(one_story):
    drafted = json.loads(without_database("draft_line", str(one_story)).stdout)
    assert drafted["ok"] and [o["name"] for o in drafted["outlets"]] == ["The Gulf Today", "Rudaw"]
    assert drafted["line"].startswith("The Gulf Today and Rudaw reported that a ")
    assert '<a href="https://a.example/1">The Gulf Today</a>' in drafted["html"]
    assert drafted["proposals"][0]["line"] == drafted["line"]
    assert len({p["line"] for p in drafted["proposals"]}) == len(drafted["proposals"]) == 2
    holds = without_database("check_line", "--line", drafted["line"], str(one_story))
    assert holds.returncode == 0 and json.loads(holds.stdout) == {
        "ok": True,
        "unsupported": [],
        "undecided": [],
    }
    changed = without_database("check_line", "--line", drafted["line"].replace("57", "75"), str(one_story))
    assert changed.returncode == 1 and json.loads(changed.stdout)["unsupported"] == [
        {"text": "75", "kind": "number"}
    ]


@pytest.mark.parametrize(
    ("arguments", "content"),
    [
        (["parse_feed", "FILE"], "<html></html>"),
        (["parse_feed", "no-such-file"], ""),
        (["parse_feed"], ""),
        (["extract_page", "FILE"], "<html></html>"),
        (["cluster_articles", "FILE"], "not json\n"),
        (["cluster_articles", "FILE"], ""),
        (["cluster_articles", "FILE"], '{"url": "https://a.example/"}\n'),
        (["cluster_articles", "FILE"], '["list"]\n'),
        (["cluster_articles", "FILE"], json.dumps({**ROWS[0], "published": "not a date"})),
        (["evaluate_clusters", "FILE"], json.dumps({k: v for k, v in ROWS[0].items() if k != "story"})),
        (["rank_articles", "FILE", "--beat", "gardening"], json.dumps(ROWS[0])),
        (["draft_line", "FILE"], "\n\n"),
        (["check_line", "--line", " ", "FILE"], json.dumps(ROWS[0])),
    ],
)
def test_bad_input_is_one_clear_line_and_exit_2(tmp_path, arguments, content):
    path = tmp_path / "input"
    path.write_text(content)
    done = without_database(*[str(path) if a == "FILE" else a for a in arguments])
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1 and done.stderr.startswith("griot ")


def test_help_lists_every_command_by_subject():
    done = griot("help")
    assert done.returncode == 0
    for word in ("up", "morning", "draft_line", "send_issue", "render_issue", "test"):
        assert f"./griot {word}" in done.stdout


def test_a_pipeline_that_is_missing_stops_a_draft(one_story, tmp_path):
    done = griot("draft_line", str(one_story), env={"GRIOT_PARSER": str(tmp_path / "nothing")})
    assert done.returncode == 2 and "GRIOT_PARSER" in done.stderr and not done.stdout
