"""Quotations: what stands in quotation marks must be a passage's own words, one for one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from griot.press.core.lines.passages import Text
from griot.press.core.types import Claim

_QUOTED = re.compile(r"“([^”]+)”|\"([^\"]+)\"|«([^»]+)»")
_RUNS_ON = 2  # sentences after the one a quotation begins in


def quotations(said: str, passages: Sequence[Text]) -> Iterator[Claim]:
    for found in _QUOTED.finditer(said):
        quoted = found.group(1) or found.group(2) or found.group(3)
        passage = _passage_with(quoted, passages)
        yield Claim(quoted, "quotation", *((passage.url, passage.text) if passage else ()))


def without_quotations(said: str) -> str:
    """The text with its quotations blanked; everything else stands where it stood."""
    return _QUOTED.sub(lambda found: "·" * len(found.group()), said)


def _passage_with(quoted: str, passages: Sequence[Text]) -> Text | None:
    wanted = Text(quoted, "").spaced
    for i, passage in enumerate(passages):
        following = passages[i + 1 : i + 1 + _RUNS_ON]
        joined = passage.spaced + "".join(p.spaced[1:] for p in following if p.url == passage.url)
        if wanted in joined:
            return passage
    return None
