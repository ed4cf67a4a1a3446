"""Elements of XML, of words that may hold what XML forbids."""

from __future__ import annotations

from lxml import etree

from griot.characters import fit_text


def add(
    namespace: str, parent: etree._Element, name: str, text: str | None = None, /, **attributes: str
) -> etree._Element:
    """An element below `parent`, which is given back."""
    fitting = {key: fit_text(value) for key, value in attributes.items()}
    element = etree.SubElement(parent, f"{{{namespace}}}{name}", fitting)
    element.text = None if text is None else fit_text(text)
    return element
