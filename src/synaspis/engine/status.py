"""What became of each case of a batch; kernels never raise for one bad case."""

from __future__ import annotations

from enum import IntEnum


class Status(IntEnum):
    """Outcome of one flight."""

    DONE = 0
    BEYOND_REACH = 1
    BELOW_MINIMUM_RANGE = 2
    NOT_CONVERGED = 3
    NO_IMPACT = 4
    NOT_FINITE = 5
    NO_SUCH_FLIGHT = 6

    @property
    def sentence(self) -> str:
        """The outcome in words, with what to do about it."""
        return _SENTENCES[self]


_SENTENCES = {
    Status.DONE: "the flight ends at the aim point",
    Status.BEYOND_REACH: "the aim point is beyond the range of this class; choose a longer-range class",
    Status.BELOW_MINIMUM_RANGE: (
        "the aim point is below the shortest range of this class; choose a shorter-range class"
    ),
    Status.NOT_CONVERGED: "no flight within 100 m of the aim point was found; report the case",
    Status.NO_IMPACT: "the flight does not come back to the ground; lower the energy",
    Status.NOT_FINITE: "a coordinate is not a finite number; mend the input",
    Status.NO_SUCH_FLIGHT: (
        "no powered flight of the booster has this apogee and range; try a higher apogee or a shorter range"
    ),
}
