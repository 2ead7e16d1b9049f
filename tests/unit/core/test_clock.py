import pytest
from hypothesis import given
from hypothesis import strategies as st

from synaspis.core.clock import ManualClock, from_rfc3339, to_rfc3339

YEAR_9999_US = (
    253_402_300_799_999_999  # 9999-12-31T23:59:59.999999Z, the last instant that RFC 3339 can write
)


@pytest.mark.parametrize(
    ("text", "instant_us"),
    [
        # Examples of RFC 3339, section 5.8; seconds since the epoch by `date -u -d TEXT +%s`.
        ("1985-04-12T23:20:50.52Z", 482_196_050_520_000),
        ("1996-12-19T16:39:57-08:00", 851_042_397_000_000),
        ("1970-01-01T00:00:00Z", 0),
    ],
)
def test_examples_of_the_standard(text: str, instant_us: int):
    assert from_rfc3339(text) == instant_us


@given(st.integers(min_value=0, max_value=YEAR_9999_US))
def test_text_and_instant_are_inverse(instant_us: int):
    assert from_rfc3339(to_rfc3339(instant_us)) == instant_us


@pytest.mark.parametrize(
    "text",
    ["", "2026-11-22", "2026-11-22T05:00:00", "2026-02-30T05:00:00Z", "2026-11-22T05:00:60Z",
     "2026-11-22T05:00:00.1234567Z", "2026-11-22 05:00:00Z", "٢٠٢٦-11-22T05:00:00Z"],
)  # fmt: skip
def test_what_is_no_instant_is_refused(text: str):
    with pytest.raises(ValueError, match=r"is not a time such as|out of range|must be in"):
        from_rfc3339(text)


def test_a_manual_clock_moves_only_by_hand():
    clock = ManualClock(5)
    assert clock.now_us() == 5
    clock.advance(10)
    clock.set(clock.now_us() - 3)
    assert clock.now_us() == 12
