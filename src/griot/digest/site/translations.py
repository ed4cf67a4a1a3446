"""What of an edition a person has not translated yet."""

from __future__ import annotations

from typing import Any

from wagtail_localize.models import StringSegment, StringTranslation, Translation

from griot.digest.core.types import State


def states_of(page: Any) -> dict[str, State]:
    """By the path of each field of a translated page ("body.<block>.title") whether it is
    "untranslated" or "machine".

    Fields that a person has translated, and pages that are no translation, have none.
    """
    if not page.pk:
        return {}
    found = Translation.objects.filter(
        source__object_id=page.translation_key, target_locale_id=page.locale_id, enabled=True
    ).first()
    if found is None:
        return {}
    done = {
        (context, string): kind
        for context, string, kind in StringTranslation.objects.filter(
            locale_id=page.locale_id, context__object_id=page.translation_key, has_error=False
        ).values_list("context_id", "translation_of_id", "translation_type")
    }
    states: dict[str, State] = {}
    for path, context, string in StringSegment.objects.filter(source_id=found.source_id).values_list(
        "context__path", "context_id", "string_id"
    ):
        kind = done.get((context, string))
        if kind is None:
            states[path] = "untranslated"
        elif kind == StringTranslation.TRANSLATION_TYPE_MACHINE and states.get(path) != "untranslated":
            states[path] = "machine"
    return states
