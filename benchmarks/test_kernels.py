"""The kernels alone: free flight, descent, whole flights. Every answer is used and checked."""

from __future__ import annotations

from typing import Any

import arcs
import numpy as np
import roofline
from pytest_benchmark.fixture import BenchmarkFixture

from synaspis.engine.booster import Programme
from synaspis.engine.earth import ecef_to_geodetic
from synaspis.engine.flight import APOGEE, IMPACT, LANDED
from synaspis.engine.propagate import descend, propagate_free

ROUNDS = 25
BETA_KG_M2 = 5_000.0


def note(
    benchmark: BenchmarkFixture,
    what: str,
    count: int,
    target: float,
    operations: dict[str, float],
    gflop_s: float,
) -> None:
    benchmark.extra_info.update(
        kind="kernel",
        what=what,
        count=count,
        target=target,
        operations=operations,
        matrix_product_gflop_s=gflop_s,
    )


def test_free_arcs(
    benchmark: BenchmarkFixture, exact: arcs.Floats, counts: dict[str, Any], gflop_s: float
) -> None:
    steps, start = 180, arcs.rising(128 * arcs.SAMPLE)
    end = benchmark.pedantic(propagate_free, (start, arcs.ARC_S, steps), rounds=ROUNDS, warmup_rounds=2)
    assert arcs.worst_error_m(end, arcs.turned_back(exact, arcs.ARC_S)) < 1e-3
    each = {kind: steps * number for kind, number in counts["operations"]["free"].items()}
    note(benchmark, "free flight with J2, 180 steps", start.shape[1], 1e6, each, gflop_s)


def test_descents(benchmark: BenchmarkFixture, counts: dict[str, Any], gflop_s: float) -> None:
    start = arcs.falling(64 * arcs.SAMPLE)
    time_s, position, landed = benchmark.pedantic(
        descend, (start, BETA_KG_M2), rounds=ROUNDS, warmup_rounds=2
    )
    assert landed.all()
    assert np.abs(ecef_to_geodetic(position.T)[2]).max() < 1.0  # m
    assert 15.0 < time_s.min() < time_s.max() < 300.0
    # The sample repeats: every repetition has to end in the same place.
    repeated = position.reshape(3, -1, arcs.SAMPLE)
    assert np.ptp(repeated, axis=1).max() < 1e-3
    each = roofline.operations_of(counts, counts["descent"], counts["lanes"])
    note(benchmark, "descent from 120 km with drag", start.shape[1], 1e5, each, gflop_s)


def check_flights(summary: arcs.Floats) -> None:
    assert (summary[:, LANDED] == 1.0).all()
    latitude, longitude, height = ecef_to_geodetic(summary[:, IMPACT + 1 : IMPACT + 4])
    assert np.abs(height).max() < 1.0  # m
    assert np.ptp(longitude) > np.radians(20.0)
    assert np.ptp(latitude) > np.radians(20.0)
    assert 400.0 < summary[:, IMPACT].min() < summary[:, IMPACT].max() < 900.0  # s


def test_flights(
    benchmark: BenchmarkFixture,
    steering: Programme,
    launch: arcs.Floats,
    counts: dict[str, Any],
    gflop_s: float,
) -> None:
    def fly() -> arcs.Floats:
        return steering.booster.fly(launch, with_nodes=False)[0]

    check_flights(benchmark.pedantic(fly, rounds=ROUNDS, warmup_rounds=1))
    each = roofline.operations_of(counts, counts["flight"], counts["lanes"])
    note(benchmark, "whole flight, launch to impact", launch.shape[1], 1e5, each, gflop_s)


def test_flights_with_nodes(
    benchmark: BenchmarkFixture,
    steering: Programme,
    launch: arcs.Floats,
    counts: dict[str, Any],
    gflop_s: float,
) -> None:
    some = np.ascontiguousarray(launch[:, :8192])  # as many as a coverage run flies at once
    summary, nodes = benchmark.pedantic(steering.booster.fly, (some,), rounds=ROUNDS, warmup_rounds=1)
    check_flights(summary)
    assert (np.diff(nodes[:, 0], axis=1) >= 0.0).all()
    assert np.isfinite(nodes).all()
    assert (summary[:, APOGEE + 1] > 150_000.0).all()  # m
    each = roofline.operations_of(counts, counts["flight"], counts["lanes"])
    note(benchmark, "whole flight, states stored", some.shape[1], 1e5, each, gflop_s)
