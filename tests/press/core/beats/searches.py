"""What people may type where they search: words, signs of many scripts, and what looks like a query."""

from __future__ import annotations

from hypothesis import strategies as st

_PIECES = (
    *(
        "boat",
        "1,800",
        "1 800",
        "migrants,",
        "Lampedusa",
        "لامبيدوزا،",
        "AND",
        "OR",
        "NOT",
        "NEAR",
        "NEAR/3",
        "NEAR/99",
    ),
    *(
        "(",
        ")",
        '"',
        "“",
        "”",
        "«",
        "»",
        ":",
        "-",
        "*",
        "/",
        "&",
        "|",
        "؛",
        "؟",
        "^2",
        "^",
        "🙂",
        "\0",
        "\x07",
        "\ud800",
    ),
    *(
        "foo:bar",
        "title:",
        "lang:fr",
        "lang:\0",
        "country:LY,",
        "country:Atlantis",
        "author:x",
        "outlet:",
        "a*",
        "x" * 400,
    ),
    *("㌀" * 300, "ﷺ" * 300, "((((((((((((", "²", "%00", "'", "\\", "NOT (a "),
)
pieces = st.lists(st.sampled_from(_PIECES) | st.text(st.characters(categories=None), max_size=8), max_size=12)
searches = st.builds(str.join, st.sampled_from(["", " "]), pieces)
