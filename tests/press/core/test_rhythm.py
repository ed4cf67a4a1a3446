"""Silent, quiet or new: a source against its own rhythm."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import accumulate, pairwise

from hypothesis import given
from hypothesis import strategies as st

from griot.press.core.rhythm import (
    AT_ONCE,
    LATE,
    MEMORY,
    YOUNG,
    Heard,
    is_young,
    state_of,
    still_for,
)

NOW = datetime(2026, 11, 30, 5, 30, tzinfo=UTC)
gaps = st.lists(st.timedeltas(timedelta(minutes=10), timedelta(days=9)), max_size=40)


def stillness_of(brought: list[datetime]) -> timedelta | None:
    return max((later - earlier for earlier, later in pairwise(brought)), default=None)


@st.composite
def sources(draw: st.DrawFn) -> Heard:
    """A source of any rhythm, at any moment after its last piece."""
    ago = list(accumulate([draw(st.timedeltas(timedelta(0), timedelta(days=40))), *draw(gaps)]))
    brought = sorted(NOW - span for span in ago if span < MEMORY)
    added = min([*brought, NOW]) - draw(st.timedeltas(timedelta(0), timedelta(days=400)))
    night = draw(st.sampled_from([12, 36, 168])) * timedelta(hours=1)
    new = sum(moment > NOW - night for moment in brought) * draw(st.integers(1, 30))
    return Heard(
        added,
        NOW,
        brought[-1] if brought else None,
        stillness_of(brought),
        draw(st.sampled_from([True, True, True, False, None])),
        draw(st.integers(0, 9)),
        new,
    )


@given(sources())
def test_a_source_is_silent_only_beyond_its_rhythm(heard):
    state, stillness = state_of(heard), heard.stillness
    if state == "silent":
        assert stillness is not None and heard.new == 0 and heard.reached
        assert still_for(heard) > max(AT_ONCE, LATE * stillness) and not is_young(heard)
    if state == "brought pieces":
        assert heard.new
    if state in {"quiet", "not visited"}:
        assert not heard.new
    if heard.reached and heard.until - heard.added < YOUNG:
        assert state == "new"


@given(st.timedeltas(timedelta(minutes=10), timedelta(days=8)), st.floats(0, 3))
def test_a_regular_source_is_silent_once_it_is_late_and_never_before(rhythm, late):
    still = rhythm * late
    brought = [NOW - still - n * rhythm for n in range(300) if still + n * rhythm < MEMORY][::-1]
    last, added = (brought or [None])[-1], NOW - timedelta(days=90)
    heard = Heard(added, NOW, last, stillness_of(brought), True, 3, int(still < timedelta(hours=12)))
    is_late = still > max(AT_ONCE, LATE * rhythm)
    assert len(brought) < 2 or (state_of(heard) == "silent") == is_late
