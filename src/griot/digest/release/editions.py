"""Editions: the same issue in other languages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from wagtail.blocks import CharBlock, StreamValue, StructValue, TextBlock
from wagtail.blocks.list_block import ListValue
from wagtail.models import Locale
from wagtail_localize.machine_translators import get_machine_translator
from wagtail_localize.models import StringSegment, StringTranslation, Translation, TranslationSource
from wagtail_localize.views.edit_translation import apply_machine_translation, user_can_edit_instance

from griot.digest.core.words import issue_title
from griot.digest.models import IssuePage
from griot.digest.release.judging import is_held
from griot.troubles.sweeping import each

LATELY = timedelta(days=2)  # of issues that may still be translated


def make_editions(page: Any, user: Any = None) -> list[Any]:
    """The issue in every other language as drafts: new ones begun, those there brought up to date
    with the draft.

    What nobody has translated stays as it is in the original, and is marked. An edition whose translation was
    stopped is written by hand, and is left as it is. Gives the editions.
    """
    draft = page.get_latest_revision_as_object()
    _fill_gaps(draft.body)
    source, _ = TranslationSource.update_or_create_from_instance(draft)
    for locale in Locale.objects.exclude(language_code=settings.LANGUAGE_CODE):
        translation, _ = Translation.objects.get_or_create(source=source, target_locale=locale)
        if translation.enabled:
            _say_title(draft, source, locale)
            translation.save_target(user=user, publish=False)
    return list(page.get_translations().select_related("locale"))


def _fill_gaps(value: Any) -> None:
    """What an issue's template leaves out is an empty text: wagtail-localize takes no None."""
    if isinstance(value, StructValue):
        for name, block in value.block.child_blocks.items():
            if value.get(name) is None and isinstance(block, CharBlock | TextBlock):
                value[name] = ""
            else:
                _fill_gaps(value.get(name))
    elif isinstance(value, ListValue | StreamValue):
        for child in value.bound_blocks if isinstance(value, ListValue) else value:
            _fill_gaps(child.value)


def _say_title(draft: Any, source: Any, locale: Locale) -> None:
    """A title that is only the day's is said in every language."""
    if draft.title != issue_title(draft.day, settings.LANGUAGE_CODE):
        return
    for segment in StringSegment.objects.filter(source=source, context__path="title"):
        StringTranslation.objects.get_or_create(
            translation_of=segment.string,
            locale=locale,
            context=segment.context,
            defaults={
                "data": issue_title(draft.day, locale.language_code),
                "translation_type": StringTranslation.TRANSLATION_TYPE_MANUAL,
            },
        )


def translate_editions(page: Any, user: Any = None) -> None:
    """Let the newsroom's translator fill in what nobody has translated yet, in the editions that `user` may
    edit; it stays marked until somebody reads it.
    """
    keys = Translation.objects.filter(source__object_id=page.translation_key, enabled=True).values_list("pk")
    each("translating editions", [pk for (pk,) in keys], lambda pk: _translate(pk, user))


def _translate(pk: int, user: Any) -> None:
    translation, machine = Translation.objects.get(pk=pk), get_machine_translator()
    if (
        machine.can_translate(translation.source.locale, translation.target_locale)
        and user is not None
        and user_can_edit_instance(user, translation.get_target_instance())
    ):
        apply_machine_translation(pk, user, machine)
        translation.save_target(user=user, publish=False)


def to_translate(user: Any) -> list[dict[str, Any]]:
    """The newest issues' editions that somebody may translate, each with how much of it is translated, of how
    much.
    """
    since = timezone.localdate() - LATELY
    editions = IssuePage.objects.filter(day__gte=since).exclude(language=settings.LANGUAGE_CODE)
    rows = []
    for edition in editions.select_related("locale").order_by("-day", "language"):
        if edition.permissions_for_user(user).can_edit():
            known = Translation.objects.filter(
                source__object_id=edition.translation_key, target_locale=edition.locale
            ).first()
            total, done = known.get_progress() if known else (0, 0)
            facts = {"total": total, "done": done, "left": total - done, "is_held": is_held(edition)}
            rows.append({"edition": edition, **facts})
    return rows
