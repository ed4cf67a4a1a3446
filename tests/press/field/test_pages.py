"""Pages with the quirks of public bug reports, all invented, each with the answer that a press officer expects."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from griot.press.core.pages.pages import read_page

HERE = Path(__file__).parent
EXPECTED = json.loads((HERE / "pages.json").read_text())


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_page_is_read_as_its_readers_do(name):
    case = EXPECTED[name]
    page = read_page((HERE / "pages" / name).read_bytes(), case["url"])
    wanted, published = case["expect"], page.published and page.published.moment.isoformat()
    assert page.kind == wanted.get("kind", page.kind)
    assert page.title == wanted.get("title", page.title)
    if "published" in wanted:
        stated = wanted["published"]
        assert published in (stated if isinstance(stated, list) else [stated])
    assert all(page.text.count(words) == 1 for words in wanted.get("once", []))
    assert all(words in page.text for words in wanted.get("has", []))
    assert not any(words in page.text for words in wanted.get("hasnot", []))
