"""The states of an Orbit Ephemeris Message: numbers, order of times, and whether they can be a path."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from synaspis.gateways._kvn import FaultList, parse_number, parse_time
from synaspis.gateways._oem_text import RawSegment

_DISTANCE_MIN_KM: Final = 6_300.0
_DISTANCE_MAX_KM: Final = 1_000_000.0
MISMATCH_NOTED: Final = 0.02
_MISMATCH_MAX: Final = 0.2
"""Relative difference between the way from node to node and mean velocity times time.

In free flight with nodes 60 s apart it is 0.0004; a velocity of the celestial frame in the turning frame
gives 0.06 for a long-range missile, mixed units give 1 or 1000."""


@dataclass(frozen=True)
class States:
    """Understood data rows: nanoseconds since 1970, km, km/s; lines of the file."""

    time_ns: NDArray[np.int64]
    position_km: NDArray[np.float64]
    velocity_km_s: NDArray[np.float64]
    line: list[int]


def read_states(raw: RawSegment, faults: FaultList) -> States | None:
    """Understand the data rows of a segment; None if any is faulty."""
    before = len(faults.faults) + faults.uncounted
    times: list[int] = []
    numbers: list[list[float]] = []
    for line, fields in raw.rows:
        if len(fields) not in (7, 10):
            faults.add(
                line, f"a state of {len(fields)} fields; allowed are 7 (time, km, km/s) or 10 (km/s2 too)"
            )
            continue
        try:
            moment = parse_time(fields[0])
        except ValueError as error:
            faults.add(line, str(error))
            continue
        row = [_number(text, line, faults) for text in fields[1:7]]
        if times and moment <= times[-1]:
            word = "the same as" if moment == times[-1] else "before"
            faults.add(line, f"time {fields[0]} is {word} that of the state before; times must increase")
        times.append(moment)
        numbers.append(row)
    if len(raw.rows) < 2:
        faults.add(raw.line, f"the segment has {len(raw.rows)} states; it needs 2 or more")
    if len(faults.faults) + faults.uncounted > before:
        return None
    table = np.array(numbers)
    states = States(
        np.array(times, dtype=np.int64), table[:, :3], table[:, 3:], [line for line, _ in raw.rows]
    )
    return states if _plausible(states, faults) else None


def _number(text: str, line: int, faults: FaultList) -> float:
    try:
        return parse_number(text)
    except ValueError as error:
        faults.add(line, str(error))
        return 0.0


def _plausible(states: States, faults: FaultList) -> bool:
    """Check that positions are in km around the Earth and that velocities fit them."""
    distance_km = np.linalg.norm(states.position_km, axis=1)
    bad = np.flatnonzero((distance_km < _DISTANCE_MIN_KM) | (distance_km > _DISTANCE_MAX_KM))
    if bad.size:
        faults.add(
            states.line[bad[0]],
            f"{distance_km[bad[0]]:,.6g} km from the centre of the Earth ({bad.size} states like this); "
            f"allowed is {_DISTANCE_MIN_KM:,.0f} to {_DISTANCE_MAX_KM:,.0f} km",
            remedy="OEM positions are km from the centre of the Earth; check the unit.",
        )
        return False
    share = mismatch(states)
    if share > _MISMATCH_MAX:
        faults.add(
            states.line[0],
            f"velocities differ by {100 * share:,.0f} % from how the positions move (median); "
            f"allowed is {100 * _MISMATCH_MAX:.0f} %",
            remedy="OEM velocities are km/s in the frame of the positions; check unit, frame and times.",
        )
        return False
    return True


def mismatch(states: States) -> float:
    """Median over the nodes of |way - mean velocity x time| / (mean speed x time)."""
    step_s = np.diff(states.time_ns)[:, None] / 1e9
    way_km = np.diff(states.position_km, axis=0)
    run_km = 0.5 * (states.velocity_km_s[1:] + states.velocity_km_s[:-1]) * step_s
    difference = np.linalg.norm(way_km - run_km, axis=1)
    # One metre a second more, so that an object at rest on a pad is no fault.
    return float(np.median(difference / (np.linalg.norm(run_km, axis=1) + 0.001 * step_s[:, 0])))
