"""Subtitles: read leniently, written as WebVTT."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from griot.testimonies.core.media.subtitles import BadSubtitles, Cue, as_vtt, parse, within, write
from tests.support import ROOT

SRT = (
    "1\r\n00:00:01,000 --> 00:00:02,500\r\nJe suis <i>partie</i>.\r\n\r\n2\r\n00:00:03,000 -->"
    " 00:00:04,000\r\nDe nuit.\r\n"
)


def test_srt_becomes_webvtt():
    assert (
        as_vtt(SRT)
        == "WEBVTT\n\n00:00:01.000 --> 00:00:02.500\nJe suis partie.\n\n00:00:03.000 --> 00:00:04.000\nDe"
        " nuit.\n"
    )
    assert as_vtt(as_vtt(SRT)) == as_vtt(SRT) and as_vtt("  ") == ""


def test_character_references_are_read_as_what_they_say():
    """WebVTT 6.4: a name is looked for in what is read, not in how it is written."""
    vtt = "WEBVTT\n\n00:00.000 --> 00:01.000\nZ&eac<b></b>ute;phyrine &#90;&shy;&amp;eacute; &lt;b&gt; --&gt;&#10;&#10;a\n"
    (cue,) = parse(vtt)
    assert cue.text == "Zéphyrine Z\xad&eacute; <b> -->\na"
    assert parse(write([cue])) == [cue] and "&amp;eacute; &lt;b&gt; --&gt;\na\n" in write([cue])
    assert as_vtt(as_vtt(vtt)) == as_vtt(vtt)


@pytest.mark.parametrize(
    ("text", "line"),
    [("WEBVTT\n\nx --> y\nword", 3), ("00:02.000 --> 00:01.000\nword", 1), ("just words", 1)],
)
def test_what_can_not_be_read_names_its_line(text, line):
    with pytest.raises(BadSubtitles, match=f"line {line}:"):
        parse(text)


cues = st.lists(
    st.builds(
        lambda begins, length, text: Cue(begins / 1000, (begins + length) / 1000, text),
        st.integers(0, 10**8),
        st.integers(1, 10**5),
        st.text(alphabet="abc éش.&;<>-", min_size=1).map(str.strip).filter(bool),
    ),
    max_size=6,
)


@given(cues)
def test_what_is_written_reads_back(found):
    again = parse(write(found)) if found else []
    assert [c.text for c in again] == [c.text for c in sorted(found, key=lambda c: (c.begins, c.ends))]
    assert all(
        abs(a.begins - b.begins) < 0.001
        for a, b in zip(again, sorted(found, key=lambda c: (c.begins, c.ends)), strict=True)
    )


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_in_words(text):
    try:
        parse(text)
    except BadSubtitles as error:
        assert str(error).startswith("line ")


@pytest.mark.parametrize("worst", ["{", "{{a", "<", "}{", "{\\", "1:05 "])
def test_the_worst_text_is_read_in_one_pass(worst):
    """Of two megabytes; looked through once for each character, it would take days."""
    code = (
        "from griot.testimonies.core.media.subtitles import as_vtt, unmarked, BadSubtitles, chapters\n"
        f"text = {worst!r} * 400_000\n"
        "for read in (unmarked, lambda t: as_vtt('00:00.000 --> 00:01.000\\n' + t), chapters):\n"
        "    try: read(text)\n"
        "    except BadSubtitles: pass"
    )
    environment = {"PYTHONPATH": str(ROOT / "src")}
    subprocess.run([sys.executable, "-c", code], timeout=300, check=True, env=environment)


@pytest.mark.parametrize(
    ("begins", "ends", "kept"),
    [
        (0.0, None, ["a", "b", "c"]),
        (0.0, 4.1, ["a"]),  # b has hardly begun
        (3.9, 9.0, ["b", "c"]),
        (4.1, 9.0, ["c"]),
        (1.04, 8.96, ["a", "b", "c"]),  # as near as players and editors round
        (7.5, 8.2, []),
    ],
)
def test_of_a_subtitle_that_a_cut_goes_through_nothing_is_read(begins, ends, kept):
    found = within([Cue(1, 3, "a"), Cue(4, 7.9, "b"), Cue(8, 9, "c")], begins, ends)
    assert [cue.text for cue in found] == kept
    assert all(0 <= cue.begins < cue.ends for cue in found)
