"""Whatever comes in, in whatever order: no repetition shrinks a covariance, no report breaks a picture."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synaspis.engine.ballistic import advance
from synaspis.engine.earth import geodetic_to_ecef
from synaspis.engine.tracking import BALLISTIC_COEFFICIENT_KG_M2
from synaspis.fusion import Picture, Report, covariance_intersection, update
from synaspis.messages.tracks import RADIUS_MAX_M, RADIUS_MIN_M, SPEED_MAX_M_S

START_US = 1_800_000_000_000_000
START = np.concatenate([geodetic_to_ecef(0.7, 0.3, 300e3), [1000.0, -2500.0, 2000.0]])
SCALE = np.diag([200.0] * 3 + [5.0] * 3)

seeds = st.integers(0, 2**32 - 1)


def covariance_of(seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(6, 6)) * 10.0 ** rng.uniform(-1.0, 1.0, size=6)
    return SCALE @ (root @ root.T + 0.01 * np.eye(6)) @ SCALE


def report(source: str, seed: int, time_s: float = 0.0, estimate: str = "track", name: str = "") -> Report:
    rng = np.random.default_rng(seed)
    state, covariance = START.copy(), np.eye(6)
    advance(state, covariance, time_s, 1.0 / BALLISTIC_COEFFICIENT_KG_M2, 0.0)
    covariance = covariance_of(seed)
    state = state + 0.5 * np.linalg.cholesky(covariance) @ rng.normal(size=6)
    time_us = START_US + round(1e6 * time_s)
    digest = name or f"{source} {seed} {time_s} {estimate}"
    return Report(source, source, time_us, state[:3], state[3:], covariance, estimate, digest)


def shown(picture: Picture, reports: list[Report], at_s: float = 10.0):
    return update([(picture, reports)], START_US + round(1e6 * at_s))[0]


def not_smaller(found: np.ndarray, known: np.ndarray, slack: float = 1e-7) -> bool:
    """Whether no direction has a smaller variance than before (but for rounding)."""
    root = np.linalg.inv(np.linalg.cholesky(np.array(known)))
    return bool(np.linalg.eigvalsh(root @ np.array(found) @ root.T)[0] > 1.0 - slack)


@given(st.lists(seeds, min_size=1, max_size=4, unique=True), st.data())
@settings(max_examples=60, deadline=None)
def test_relaying_what_the_picture_holds_under_other_names_shrinks_nothing(drawn, data):
    picture = Picture()
    reports = [report(f"s{k}", seed) for k, seed in enumerate(drawn)]
    before = shown(picture, reports)
    relayed = data.draw(st.lists(st.sampled_from(drawn), min_size=1, max_size=5))
    for n, seed in enumerate(relayed):
        original = report("x", seed)
        copy = Report(
            f"relay {n}", "x", original.time_us, original.position_ecef_m, original.velocity_ecef_m_s,
            original.covariance, "track", f"relay {n}",
        )  # fmt: skip
        after = shown(picture, [copy])
        if len(drawn) == len(before) == len(after) == 1:
            assert not_smaller(after[0].covariance, before[0].covariance)
        # With several sources a relay may change the weights, but never make it better than all of them were:
        # the determinant of an intersection cannot fall below that of the best weights of the originals.
        for track in after:
            originals = [report("x", each).spread for each in drawn]
            least = best_log_determinant(originals)
            assert np.linalg.slogdet(np.array(track.covariance))[1] >= least - 1e-3


def best_log_determinant(spreads: list[np.ndarray]) -> float:
    """A lower bound of log det of (sum of w[k] P[k]^-1)^-1 over all weights that add up to 1.

    By the multiplicative rule of D-optimal design. The function is convex, so that at weights w its value is
    at most max(g) - 6 above the least, g[k] = trace(P P[k]^-1).
    """
    informations = [np.linalg.inv(spread) for spread in spreads]
    weights = np.full(len(spreads), 1.0 / len(spreads))
    for _ in range(400):
        total = np.linalg.inv(sum(w * y for w, y in zip(weights, informations, strict=True)))
        pull = np.array([np.trace(total @ y) for y in informations])
        weights = weights * pull / 6.0
    return float(np.linalg.slogdet(total)[1]) - float(pull.max() - 6.0)


@given(seeds, seeds)
@settings(max_examples=100, deadline=None)
def test_an_intersection_is_no_better_than_independence_and_no_worse_than_either_in_volume(one, two):
    p1, p2 = covariance_of(one), covariance_of(two)
    _, found, _ = covariance_intersection(np.zeros(6), p1, np.zeros(6), p2)
    independent = np.linalg.inv(np.linalg.inv(p1) + np.linalg.inv(p2))
    assert not_smaller(found, independent)
    volume = np.linalg.slogdet(found)[1]
    assert volume <= min(np.linalg.slogdet(p1)[1], np.linalg.slogdet(p2)[1]) + 1e-6


@given(st.lists(st.tuples(st.floats(0.0, 8.0), st.sampled_from(["track", "tracklet"]), seeds), max_size=8))
@settings(max_examples=60, deadline=None)
def test_reports_that_come_again_later_change_nothing(drawn):
    picture = Picture()
    reports = [report("a", seed, round(time_s, 3), kind) for time_s, kind, seed in drawn]
    for each in reports:
        shown(picture, [each])
    before = picture.members(), picture.to_bytes().split(b"\n", 1)[1]
    again = [
        Report(
            r.source,
            r.track,
            r.time_us,
            r.position_ecef_m,
            r.velocity_ecef_m_s,
            r.covariance,
            r.estimate,
            f"again {n}",
        )
        for n, r in enumerate(reports)
    ]
    assert shown(picture, [*reports, *again]) == []
    assert (picture.members(), picture.to_bytes().split(b"\n", 1)[1]) == before


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.floats(0.0, 8.0), seeds), max_size=12), st.integers(0, 12)
)
@settings(max_examples=40, deadline=None)
def test_a_picture_carried_over_a_restart_or_copied_goes_on_as_if_nothing_had_been(drawn, cut):
    reports = [report(source, seed, round(time_s, 3), "tracklet") for source, time_s, seed in drawn]
    picture = Picture()
    for each in reports[:cut]:
        shown(picture, [each])
    twins = Picture.from_bytes(picture.to_bytes()), picture.copy(), picture
    for each in reports[cut:]:
        results = [shown(twin, [each]) for twin in twins]
        assert results[0] == results[1] == results[2]
    assert len({twin.to_bytes() for twin in twins}) == 1


coordinates = st.floats(-1.0, 1.0)
directions = st.tuples(coordinates, coordinates, coordinates).filter(lambda v: np.linalg.norm(v) > 1e-3)


@given(
    st.lists(
        st.tuples(
            directions, st.floats(RADIUS_MIN_M, RADIUS_MAX_M), directions, st.floats(0.0, SPEED_MAX_M_S),
            st.floats(-2.0, 7.0), st.floats(-4.0, 4.0), st.floats(0.0, 9.0), st.sampled_from("ab"),
        ),
        min_size=1,
        max_size=6,
    )
)  # fmt: skip
@settings(max_examples=150, deadline=None)
@pytest.mark.filterwarnings("error")
def test_no_report_that_a_message_may_carry_makes_a_picture_say_what_is_no_number(drawn):
    picture = Picture()
    for n, (place, radius, way, speed, place_power, speed_power, time_s, source) in enumerate(drawn):
        position = radius * np.array(place) / np.linalg.norm(place)
        velocity = speed * np.array(way) / np.linalg.norm(way)
        covariance = np.diag([10.0 ** (2.0 * place_power)] * 3 + [10.0 ** (2.0 * speed_power)] * 3)
        time_us = START_US + round(1e6 * time_s)
        each = Report(source, "t", time_us, position, velocity, covariance, "tracklet", f"d{n}")
        for track in shown(picture, [each]):
            numbers = [*track.position_ecef_m, *track.velocity_ecef_m_s, *np.ravel(track.covariance)]
            for estimate in (track.launch, track.impact):
                if estimate is not None:
                    numbers += [estimate.latitude_rad, estimate.longitude_rad, estimate.time_sigma_s]
                    numbers += [float(estimate.time_us), *np.ravel(estimate.covariance_m2)]
            assert np.isfinite(numbers).all()
            np.linalg.cholesky(np.array(track.covariance))
