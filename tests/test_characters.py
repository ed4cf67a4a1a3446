"""Words from strangers: what is read is what was checked."""

from __future__ import annotations

import pytest

from griot.characters import fit_text
from griot.press.core.pages.plain import plain_text
from griot.press.core.sources.feeds import parse_feed
from griot.press.core.sources.fitting import fit_entry

SIGNS = [chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))]
FEED = """<rss version="2.0"><channel><title>x</title><item><title>{0}</title><description>{0}</description>
<link>https://a.example/1</link><guid>1</guid></item></channel></rss>"""


@pytest.mark.parametrize("sign", SIGNS, ids=ascii)
def test_no_sign_turns_a_figure_round(sign):
    said = f"Coast guard: {sign}79\u202c migrants rescued"
    assert fit_text(said) == plain_text(said) == "Coast guard: 79 migrants rescued"
    [entry] = map(fit_entry, parse_feed(FEED.format(said).encode(), "https://a.example/feed").entries)
    assert entry.title == entry.summary == "Coast guard: 79 migrants rescued"


def test_what_each_script_needs_stays():
    for said in ("می‌خواهم", "क्‍ष", "abc \u200e- \u200fعربي"):
        assert fit_text(said) == said
