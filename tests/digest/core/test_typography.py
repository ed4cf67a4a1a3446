"""Marks as each language prints them, whatever is written; and nothing but marks."""

from __future__ import annotations

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from griot.digest.core.typography import fine, fine_html

N, W = "\u202f", "\u00a0"
LANGUAGES = st.sampled_from(["en", "fr", "es", "ar"])
# What the rules look at, more often than it comes by chance.
WORDS = st.lists(
    st.sampled_from(
        [
            *"\"'«»“”‘’;!?: \n.,()-–—/@…a5é",
            "l'",
            "https://a.example/?q='x';y",
            "www.b.example/!",
            "a'b@c.example",
        ]
    )
    | st.characters(),
    max_size=60,
).map("".join)


@pytest.mark.parametrize(
    ("language", "written", "printed"),
    [
        ("en", 'It\'s "a border", she said.', "It’s “a border”, she said."),
        ("en", "the '90s, and 'no' again", "the ’90s, and ‘no’ again"),
        ("en", '("So!")', "(“So!”)"),
        ("en", "migrants' rights; 5\" of rain", 'migrants’ rights; 5" of rain'),
        ("fr", 'L\'Italie dit "non"', f"L’Italie dit «{N}non{N}»"),
        ("fr", "Vraiment? Oui ! Voici : « ça »; fin", f"Vraiment{N}? Oui{N}! Voici{W}: «{N}ça{N}»{N}; fin"),
        ("fr", 'à 18:00, l\'"accord"', f"à 18:00, l’«{N}accord{N}»"),
        ("fr", "Quoi?!", f"Quoi{N}?!"),
        ("es", '¿Dijo "no"?', "¿Dijo «no»?"),
        ("ar", 'قال "لا"', "قال «لا»"),
        ("fr", 'https://a.example/?q="x"; voir a.example/b?', 'https://a.example/?q="x"; voir a.example/b?'),
        ("es", 'dijo: "esto "y" eso"', "dijo: «esto “y” eso»"),
    ],
)
def test_marks_are_as_the_language_prints_them(language, written, printed):
    assert fine(written, language) == printed


@pytest.mark.parametrize(
    ("language", "written", "printed"),
    [
        ("en", '<p>"<b>No</b>", it\'s <a href="https://a.example/\'x\'">"there"</a>.</p>',
         '<p>“<b>No</b>”, it’s <a href="https://a.example/\'x\'">“there”</a>.</p>'),
        ("fr", "<p>caf&eacute; &amp; th&eacute;?</p>", f"<p>café &amp; thé{N}?</p>"),
        ("en", "<p>it's <code>a = \"b\"</code></p>", "<p>it’s <code>a = \"b\"</code></p>"),
    ],
)  # fmt: off
def test_markup_is_left_alone(language, written, printed):
    assert fine_html(written, language) == printed


@given(WORDS, LANGUAGES)
def test_what_was_set_once_is_set_for_good_and_no_letter_is_changed(text, language):
    once = fine(text, language)
    assert fine(once, language) == once
    bare = re.compile(r"[\s\"'«»“”‘’]+")
    assert bare.sub("", once) == bare.sub("", text)
    for address in re.findall(r"(?<!\S)(?:https://a\.example/\?q='x';y|www\.b\.example/!)(?!\S)", text):
        assert address in once


@given(WORDS, LANGUAGES)
def test_markup_says_the_same_in_the_same_tags(text, language):
    html = f'<p>{text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")}</p><p><b>"x"</b></p>'
    once = fine_html(html, language)
    assert fine_html(once, language) == once
    assert re.findall(r"<[^<>]*>", once) == re.findall(r"<[^<>]*>", html)
    bare = re.compile(r"[\s\"'«»“”‘’]+")
    assert bare.sub("", unescape(once)) == bare.sub("", unescape(html))
