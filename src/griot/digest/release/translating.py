"""The newsroom's translator as wagtail-localize wants it. What it translates is marked until a person
has read it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from wagtail_localize.machine_translators.base import BaseMachineTranslator
from wagtail_localize.models import StringSegment
from wagtail_localize.strings import StringValue

from griot.characters import fit_text
from griot.digest.models import DigestIndexPage, IssuePage
from griot.helpers.clients import helper_from
from griot.helpers.protocols import HelperError


class Machine(BaseMachineTranslator):
    """LibreTranslate, DeepL or an OpenAI-compatible service, by the one address in GRIOT_TRANSLATOR."""

    display_name = "the newsroom’s translator"

    def can_translate(self, source_locale: Any, target_locale: Any) -> bool:
        return bool(settings.TRANSLATOR) and source_locale.language_code != target_locale.language_code

    def translate(
        self, source_locale: Any, target_locale: Any, strings: Sequence[StringValue]
    ) -> dict[StringValue, StringValue]:
        helper = helper_from(settings.TRANSLATOR)
        most = _room_for(strings)
        found = {}
        for string in strings:
            if "<" in string.data:
                continue  # links inside a sentence would be lost; a person places them
            try:
                words = helper.translate(
                    string.render_text(), source_locale.language_code, target_locale.language_code
                )
            except HelperError:
                continue  # stays untranslated, and says so
            said = StringValue.from_plaintext(fit_text(words))
            if len(said.data) <= most.get(string.data, len(said.data)):
                found[string] = said
        return found


def _room_for(strings: Sequence[StringValue]) -> dict[str, int]:
    """The characters that a translation may have, by its string: of those that stand in a bounded column."""
    columns = {
        field.name: field.max_length
        for model in (IssuePage, DigestIndexPage)
        for field in model._meta.concrete_fields
        if field.max_length
    }
    segments = StringSegment.objects.filter(
        context__path__in=columns, string__data__in={string.data for string in strings}
    )
    rows = segments.values_list("string__data", "context__path").distinct()
    return {data: columns[path] for data, path in rows}
