"""What is out of order at an instant: links, centres, sensors."""

from __future__ import annotations

from synaspis.core.clock import SECOND_US
from synaspis.exercise.document import ExerciseDocument
from synaspis.exercise.inject import Payload
from synaspis.exercise.surroundings import CENTRES

_Spans = list[tuple[int, int]]


class Faults:
    """Outages that the file plans, and those that injects began; instants in microseconds since the epoch."""

    def __init__(self, document: ExerciseDocument) -> None:
        self._links: dict[tuple[str, str], _Spans] = {}
        self._centres: dict[str, _Spans] = {}
        self._sensors: dict[str, _Spans] = {}
        for nation in document.nations.values():
            for sensor, entry in nation.sensors.items():
                for span in entry.outages:
                    begins, until = (
                        document.starts_us + round(end.si * SECOND_US) for end in (span.begins, span.until)
                    )
                    self._sensors.setdefault(sensor, []).append((begins, until))

    def begin(self, payload: Payload, now_us: int) -> None:
        """Begin what an inject of the channel `fault` says."""
        assert payload.lasts is not None
        span = (now_us, now_us + round(payload.lasts.si * SECOND_US))
        if payload.sensor is not None:
            self._sensors.setdefault(payload.sensor, []).append(span)
        elif payload.nation is not None:
            for centre in (payload.centre,) if payload.centre else CENTRES:
                self._links.setdefault((payload.nation, centre), []).append(span)
        elif payload.centre is not None:
            self._centres.setdefault(payload.centre, []).append(span)

    def cut_until_us(self, nation: str, centre: str, now_us: int) -> int | None:
        """When the link of a nation to a centre is back; None if it is there."""
        return _until(self._links.get((nation, centre), []), now_us)

    def dead_until_us(self, centre: str, now_us: int) -> int | None:
        """When a centre is back; None if it is there."""
        return _until(self._centres.get(centre, []), now_us)

    def back_us(self, nation: str, centre: str, now_us: int) -> int | None:
        """When a nation can reach a centre again; None if it can."""
        ends = (self.cut_until_us(nation, centre, now_us), self.dead_until_us(centre, now_us))
        return max((end for end in ends if end is not None), default=None)

    def is_blind(self, sensor: str, at_us: int) -> bool:
        """Whether a sensor sees nothing."""
        return _until(self._sensors.get(sensor, []), at_us) is not None

    @property
    def links(self) -> dict[tuple[str, str], list[tuple[int, int]]]:
        """Spans of lost links, by nation and centre."""
        return self._links


def _until(spans: _Spans, now_us: int) -> int | None:
    return max((until for begins, until in spans if begins <= now_us < until), default=None)
