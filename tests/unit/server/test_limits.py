import pytest
from hypothesis import given
from hypothesis import strategies as st

from synaspis.server.limits import Bucket, Limits


def test_bucket_gives_its_burst_at_once_and_then_its_rate():
    bucket = Bucket.full(2.0, 3, 100.0)
    assert [bucket.take(1, 100.0) for _ in range(3)] == [0.0, 0.0, 0.0]
    assert bucket.take(1, 100.0) == pytest.approx(0.5)  # one token at 2 a second
    assert bucket.take(1, 100.5) == 0.0
    assert bucket.take(1, 100.75) == pytest.approx(0.25)


def test_bucket_holds_no_more_than_its_burst_after_a_long_rest():
    bucket = Bucket.full(10.0, 5, 0.0)
    assert bucket.take(5, 1e6) == 0.0
    assert bucket.take(1, 1e6) > 0.0


@given(st.lists(st.floats(0.0, 1.0), max_size=200), st.floats(0.5, 50.0), st.integers(1, 20))
def test_bucket_never_gives_more_than_burst_and_rate_allow(pauses: list[float], rate: float, burst: int):
    bucket, now_s, granted = Bucket.full(rate, burst, 0.0), 0.0, 0
    for pause in pauses:
        now_s += pause
        granted += bucket.take(1, now_s) == 0.0
    assert granted <= burst + rate * now_s + 1e-6


def test_every_limit_says_what_it_is_and_default_leaves_each_of_200_partners_its_connections():
    assert all(field.description for field in Limits.model_fields.values())
    limits = Limits()
    # 200 partners are the scale for which the system of the 2000 agreement was designed.
    assert limits.connections_total >= 200 * limits.connections_per_partner
    assert limits.feeds_per_partner <= limits.connections_per_partner
