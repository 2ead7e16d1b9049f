"""Why a defence cannot engage a flight: the gate at which the case ended, in the order of how far it came."""

from __future__ import annotations

from enum import IntEnum


class Gate(IntEnum):
    """Where a case ended. The gate of a case is the highest over all batteries: the one that came closest."""

    NO_INTERCEPTOR = 0
    OUT_OF_REACH = 1
    TOO_HIGH = 2
    TOO_LOW = 3
    BEFORE_BURNOUT_ONLY = 4
    NOT_SEEN = 5
    NOT_SHARED = 6
    NO_FIRM_TRACK = 7
    TRACK_TOO_LATE = 8
    NO_GUIDANCE = 9
    TOO_FEW_SHOTS = 10
    ENGAGED = 11
    NOT_THREATENED = 12

    @property
    def sentence(self) -> str:
        """The reason in words."""
        return _SENTENCES[self]


_SENTENCES = {
    Gate.NO_INTERCEPTOR: "no interceptor battery is in service",
    Gate.OUT_OF_REACH: "the flight stays outside the kinematic reach of every battery",
    Gate.TOO_HIGH: "within range of a battery the flight is above the greatest intercept altitude",
    Gate.TOO_LOW: "within range of a battery the flight is below the least intercept altitude",
    Gate.BEFORE_BURNOUT_ONLY: "the flight is within reach only before burnout",
    Gate.NOT_SEEN: "no radar in service sees the flight",
    Gate.NOT_SHARED: "a radar sees the flight, but no battery in reach may launch on that track",
    Gate.NO_FIRM_TRACK: "the flight is seen too briefly for a firm track",
    Gate.TRACK_TOO_LATE: "the track is firm too late for a launch in time",
    Gate.NO_GUIDANCE: "no radar that the battery may use holds the flight up to the intercept",
    Gate.TOO_FEW_SHOTS: "the flight can be engaged, but fewer shots fit in than are required",
    Gate.ENGAGED: "the flight can be engaged",
    Gate.NOT_THREATENED: "no launch point of the threat reaches here",
}
