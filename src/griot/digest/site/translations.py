"""What of an edition a person has not translated yet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from wagtail_localize.models import StringSegment, StringTranslation, Translation

from griot.digest.core.types import State


@dataclass(frozen=True, slots=True)
class Unread:
    """A text of the original that no person has read in the edition's language. `path` is its field's
    ("body.<block>.title").
    """

    path: str
    state: State
    words: str


def unread_in(page: Any) -> Iterator[Unread]:
    """The texts of a translated page that nobody has translated, or a machine alone; none of a page that is
    no translation, or is written by hand.
    """
    found = (
        page.pk
        and Translation.objects.filter(
            source__object_id=page.translation_key, target_locale_id=page.locale_id, enabled=True
        ).first()
    )
    if not found:
        return
    done = {
        (context, string): kind
        for context, string, kind in StringTranslation.objects.filter(
            locale_id=page.locale_id, context__object_id=page.translation_key, has_error=False
        ).values_list("context_id", "translation_of_id", "translation_type")
    }
    segments = StringSegment.objects.filter(source_id=found.source_id)
    for path, context, string, words in segments.values_list(
        "context__path", "context_id", "string_id", "string__data"
    ):
        kind = done.get((context, string))
        if kind is None:
            yield Unread(path, "untranslated", words)
        elif kind == StringTranslation.TRANSLATION_TYPE_MACHINE:
            yield Unread(path, "machine", words)


def states_of(page: Any) -> dict[str, State]:
    """By the path of each field of a translated page whether it is "untranslated" or "machine".

    Fields that a person has translated, and pages that are no translation, have none.
    """
    states: dict[str, State] = {}
    for text in unread_in(page):
        if states.get(text.path) != "untranslated":
            states[text.path] = text.state
    return states
