"""Feeds with the quirks of public bug reports, all invented, each with the answer that a press officer expects."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from griot.press.core.language.languages import detect_language
from griot.press.core.sources.feeds import parse_feed

HERE = Path(__file__).parent
EXPECTED = json.loads((HERE / "feeds.json").read_text())


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_feed_is_read_as_its_readers_do(name):
    case = EXPECTED[name]
    feed = parse_feed((HERE / "feeds" / name).read_bytes(), case["url"])
    by_id = {e.id: e for e in feed.entries}
    wrong = []
    for key, wanted in case["expect"].items():
        if key == "feed":
            found = {"feed": feed.title}
            wanted = {"feed": wanted}
        elif key == "count":
            found, wanted = {"count": len(feed.entries)}, {"count": wanted}
        else:
            entry = by_id[wanted["id"]] if "id" in wanted else feed.entries[int(key)]
            found = {
                "id": entry.id,
                "url": entry.url,
                "title": entry.title,
                "summary": entry.summary,
                "published": entry.published and entry.published.isoformat(),
                "language": entry.language or detect_language(f"{entry.title}. {entry.summary}") or None,
            }
        wrong += [(key, k, found[k], wanted[k]) for k in wanted if found[k] != wanted[k]]
    assert not wrong
