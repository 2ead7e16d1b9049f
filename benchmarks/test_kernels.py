"""The kernels alone: free flight, descent, whole flights. Every answer is used and checked."""

from __future__ import annotations

from typing import Any

import arcs
import numpy as np
import roofline
from quiet import Timed

from synaspis.engine.booster import Programme
from synaspis.engine.earth import ecef_to_geodetic
from synaspis.engine.flight import APOGEE, IMPACT, LANDED
from synaspis.engine.propagate import descend, propagate_free

BETA_KG_M2 = 5_000.0


def note(
    timed: Timed,
    what: str,
    count: int,
    target: float,
    operations: dict[str, float],
    gflop_s: float,
) -> None:
    timed.note.update(
        kind="kernel",
        what=what,
        count=count,
        target=target,
        operations=operations,
        matrix_product_gflop_s=gflop_s,
    )


def test_free_arcs(timed: Timed, exact: arcs.Floats, counts: dict[str, Any], gflop_s: float) -> None:
    steps, start = 180, arcs.rising(128 * arcs.SAMPLE)
    end = timed(propagate_free, start, arcs.ARC_S, steps)
    assert arcs.worst_error_m(end, arcs.turned_back(exact, arcs.ARC_S)) < 1e-3
    each = {kind: steps * number for kind, number in counts["operations"]["free"].items()}
    note(timed, "free flight with J2, 180 steps", start.shape[1], 1e6, each, gflop_s)


def test_descents(timed: Timed, counts: dict[str, Any], gflop_s: float) -> None:
    start = arcs.falling(64 * arcs.SAMPLE)
    time_s, position, landed = timed(descend, start, BETA_KG_M2)
    assert landed.all()
    assert np.abs(ecef_to_geodetic(position.T)[2]).max() < 1.0  # m
    assert 15.0 < time_s.min() < time_s.max() < 300.0
    # The sample repeats: every repetition has to end in the same place.
    repeated = position.reshape(3, -1, arcs.SAMPLE)
    assert np.ptp(repeated, axis=1).max() < 1e-3
    each = roofline.operations_of(counts, counts["descent"], counts["lanes"])
    note(timed, "descent from 120 km with drag", start.shape[1], 1e5, each, gflop_s)


def check_flights(summary: arcs.Floats) -> None:
    assert (summary[:, LANDED] == 1.0).all()
    latitude, longitude, height = ecef_to_geodetic(summary[:, IMPACT + 1 : IMPACT + 4])
    assert np.abs(height).max() < 1.0  # m
    assert np.ptp(longitude) > np.radians(20.0)
    assert np.ptp(latitude) > np.radians(20.0)
    assert 400.0 < summary[:, IMPACT].min() < summary[:, IMPACT].max() < 900.0  # s


def test_flights(
    timed: Timed,
    steering: Programme,
    launch: arcs.Floats,
    counts: dict[str, Any],
    gflop_s: float,
) -> None:
    def fly() -> arcs.Floats:
        return steering.booster.fly(launch, with_nodes=False)[0]

    check_flights(timed(fly))
    each = roofline.operations_of(counts, counts["flight"], counts["lanes"])
    note(timed, "whole flight, launch to impact", launch.shape[1], 1e5, each, gflop_s)


def test_flights_with_nodes(
    timed: Timed,
    steering: Programme,
    launch: arcs.Floats,
    counts: dict[str, Any],
    gflop_s: float,
) -> None:
    some = np.ascontiguousarray(launch[:, :8192])  # as many as a coverage run flies at once
    summary, nodes = timed(steering.booster.fly, some)
    check_flights(summary)
    assert (np.diff(nodes[:, 0], axis=1) >= 0.0).all()
    assert np.isfinite(nodes).all()
    assert (summary[:, APOGEE + 1] > 150_000.0).all()  # m
    each = roofline.operations_of(counts, counts["flight"], counts["lanes"])
    note(timed, "whole flight, states stored", some.shape[1], 1e5, each, gflop_s)
