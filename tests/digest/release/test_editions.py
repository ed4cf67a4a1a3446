"""Editions, as the translator's editor takes them."""

from __future__ import annotations

import pytest
from wagtail_localize.models import OverridableSegment, StringSegment

from griot.digest.release.editions import make_editions
from tests.digest.issues import make_issue

pytestmark = pytest.mark.django_db


def test_no_passage_has_the_id_of_a_value_that_is_kept(site):
    """The editor opens both by their ids alone."""
    make_editions(make_issue())
    passages = StringSegment.objects.order_by("pk").last()
    kept = OverridableSegment.objects.order_by("pk").first()
    assert passages and kept and passages.pk < 1_000_000_000 < kept.pk
