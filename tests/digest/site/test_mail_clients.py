"""Whatever CSS and HTML the e-mail uses is known to mail clients, or degrades harmlessly, and says
why (caniemail's data).
"""

from __future__ import annotations

import json
import re

import pytest
from lxml import html as lxml_html

from griot.digest.core.rendering import render
from griot.digest.site.composing import issue_of
from tests.browser.tools import tool
from tests.digest.issues import make_full_issue

CLIENTS = {
    "gmail": ("desktop-webmail", "ios", "android", "mobile-webmail"),
    "outlook": ("windows", "outlook-com"),
    "apple-mail": ("macos", "ios"),
    "yahoo": ("desktop-webmail", "ios", "android"),
    "samsung-email": ("android",),
}
# What some of these clients don't know, and why the mail is whole without it.
HARMLESS = {
    "css-at-media": (
        "only the dark colours and the phone's column widths stand in it; without it the mail is light, and"
        " its one column as wide as the window"
    ),
    "css-at-media-prefers-color-scheme": "without it the mail is light",
    "css-background": "a colour; the sheet is white or takes the client's own",
    "css-border": "Outlook draws at most 8 pixels, and not on paragraphs: ours are 1 and 2 pixels",
    "css-border-spacing": "cells then touch, as ours do anyway",
    "css-font-weight": "400, 600 and 700 are known to all of them",
    "css-text-align": "only left, right and center are used, which all of them know",
    "css-word-spacing": "a reset to normal",
    "html-mailto-links": "an address alone, without copies",
    "html-width": "pictures have whole pixels, tables the full width",
    "css-border-radius": "corners are square",
    "css-color-scheme": "without it the client keeps to light",
    "css-direction": "the dir attribute says it, too",
    "css-display": "inline-block of columns stands beside Outlook's own table",
    "css-height": "auto heights of pictures, which have their attribute",
    "css-important": "only in the dark colours",
    "css-line-height": "lines stand a little closer or wider",
    "css-margin": "paragraphs stand a little closer or wider",
    "css-max-width": "Outlook has a table of 600 pixels in its own comment",
    "css-outline": "only none, for linked pictures",
    "css-padding": "Outlook ignores it on some elements; MJML pads table cells",
    "css-selector-child": "only in the dark colours",
    "css-selector-descendant": "only in the dark colours and paragraphs' margins",
    "css-selector-type": "resets; the same stands inline",
    "css-selector-class": "only in the dark colours and the phone's column widths",
    "css-selector-id": "MJML's fix for one client",
    "css-selector-grouping": "resets and dark colours",
    "css-text-decoration": "links are underlined in any case",
    "css-word-break": "long addresses are never shown",
    "css-width": "tables have the attribute as well",
    "css-font-size": "text has the client's own size",
    "css-display-none": "the preview line, which Outlook hides by mso-hide",
    "css-opacity": "the preview line is hidden by its size, too",
    "css-overflow": "the preview line is hidden by its size, too",
    "css-max-height": "the preview line is hidden by its size, too",
    "html-aria-label": "a screen reader then reads the title",
    "html-body": "clients that drop it keep what stands inside",
    "html-dir": "the text of Arabic editions is right to left by its letters",
    "html-height": "the style says it, too",
    "html-lang": "a screen reader then guesses",
    "html-role": "a screen reader then announces a table",
    "html-style": "all that matters stands inline",
    "html-target": "the client opens links as it does",
}
_SHORT = {
    "border": "css-border",
    "margin": "css-margin",
    "padding": "css-padding",
    "background": "css-background",
    "text-decoration": "css-text-decoration",
    "font": "css-font",
}
_UNITS = {
    "px": "css-unit-px",
    "%": "css-unit-percent",
    "em": "css-unit-em",
    "rem": "css-unit-rem",
    "vh": "css-unit-vh",
    "vw": "css-unit-vw",
    "pt": "css-unit-pt",
}


def used_features(html: str, known: set[str]) -> set[str]:
    """The features of caniemail's that a mail uses."""
    html = re.sub(r"<!--\[if.*?<!\[endif\]-->", "", html, flags=re.S)  # Outlook's own; nobody else reads it
    tree = lxml_html.fromstring(html)
    sheets = "\n".join(tree.xpath("//style/text()"))
    found = set(re.findall(r"@(import|font-face|media|supports|keyframes)", sheets))
    slugs = {f"css-at-{name}" for name in found}
    slugs |= {f"css-at-media-{f}" for f in re.findall(r"\((prefers-color-scheme|hover|orientation)", sheets)}
    declarations = re.findall(
        r"([\w-]+)\s*:\s*([^;{}]+)", ";".join([*tree.xpath("//@style"), *re.findall(r"\{([^{}]*)\}", sheets)])
    )
    for name, value in declarations:
        slugs |= {
            f"css-{name}",
            *(slug for short, slug in _SHORT.items() if name.startswith(f"{short}-") or name == short),
        }
        slugs |= {slug for unit, slug in _UNITS.items() if re.search(rf"\d{re.escape(unit)}(?![\w])", value)}
        slugs |= {f"css-display-{v}" for v in ("flex", "grid", "none") if name == "display" and v in value}
        slugs |= {"css-important"} if "!important" in value else set()
        slugs |= {"css-variables"} if "var(" in value else set()
        slugs |= {f"css-{f}" for f in ("rgba", "rgb", "linear-gradient") if f"{f}(" in value}
    for selector in re.findall(r"([^{}@;]+)\{", re.sub(r"@[\w-]+[^{;]*\{", "", sheets)):
        signs = {
            r"\.[\w-]": "class",
            r"#[\w-]": "id",
            r">": "child",
            r",": "grouping",
            r"\[": "attribute",
            r"\*": "universal",
            r"\w\s+[.\w#]": "descendant",
            r"(?:^|[\s,>])[a-z]": "type",
        }
        slugs |= {f"css-selector-{name}" for sign, name in signs.items() if re.search(sign, selector.strip())}
        slugs |= {f"css-pseudo-class-{p}" for p in re.findall(r"(?<!:):([\w-]+)", selector)}
    for element in tree.iter():
        if not isinstance(element.tag, str):
            continue
        heading = "html-h1-h6" if re.fullmatch(r"h[1-6]", element.tag) else f"html-{element.tag}"
        slugs |= {heading, *(f"html-{attribute}" for attribute in element.attrib)}
        slugs |= {"html-lists"} if element.tag in {"ul", "ol", "li"} else set()
        slugs |= {"html-mailto-links"} if (element.get("href") or "").startswith("mailto:") else set()
        slugs |= {"html-anchor-links"} if (element.get("href") or "").startswith("#") else set()
    return slugs & known


def weakest(feature: dict) -> dict[str, str]:
    """The clients of ours whose newest version doesn't know the feature, or not wholly."""
    found = {}
    for client, platforms in CLIENTS.items():
        for platform in platforms:
            versions = feature["stats"].get(client, {}).get(platform, {})
            newest = str(list(versions.values())[-1]) if versions else "u"
            if newest[0] in "na":
                found[f"{client} {platform}"] = newest
    return found


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "ar"])
def test_what_the_mail_uses_is_supported_or_degrades_by_design(site, language):
    data = {f["slug"]: f for f in json.loads(open(tool("caniemail/data/caniemail.json")).read())["data"]}
    used = used_features(render(issue_of(make_full_issue(language)), "email"), set(data))
    assert {
        "css-padding",
        "html-table",
        "css-at-media-prefers-color-scheme",
        "css-selector-class",
    } <= used, "the reader of the mail reads"
    unsupported = {slug: clients for slug in sorted(used) if (clients := weakest(data[slug]))}
    print({slug: (sorted(clients), HARMLESS.get(slug)) for slug, clients in unsupported.items()})
    assert {
        slug: (c, data[slug].get("notes_by_num")) for slug, c in unsupported.items() if slug not in HARMLESS
    } == {}
    assert set(HARMLESS) <= set(unsupported), "what is no longer used needs no excuse"
    assert not used & {
        "css-display-flex",
        "css-display-grid",
        "css-position",
        "html-svg",
        "html-form",
        "css-at-font-face",
        "css-variables",
    }
