"""Options as numbers, places and times; everything wrong with them is found before anything is said.

Options arrive as text. This is the one border where degrees and kilometres become radians and metres.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from math import isfinite, pi, radians
from typing import NamedTuple

from synaspis.core.errors import Fault, InputError


class Point(NamedTuple):
    """A place on the ground, radians."""

    latitude_rad: float
    longitude_rad: float


class Options:
    """Reads options one by one, keeps the faults, and reports them together by `done`."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def done(self) -> None:
        """Raise InputError with all faults found so far, if there are any."""
        if self._faults:
            raise InputError(self._faults)

    def fault(self, option: str, what: str, remedy: str = "") -> None:
        """Note a fault of an option."""
        self._faults.append(Fault(what, remedy=remedy, source=option))

    def length_m(self, option: str, text: str | None) -> float | None:
        """Read kilometres above 0 as metres."""
        value = self._number(option, text, "km", lambda v: v > 0.0, "above 0 km")
        return None if value is None else 1e3 * value

    def speed_m_s(self, option: str, text: str | None) -> float | None:
        """Read kilometres a second, above 0 and at most 20, as metres a second."""
        value = self._number(option, text, "km/s", lambda v: 0.0 < v <= 20.0, "above 0 and at most 20 km/s")
        return None if value is None else 1e3 * value

    def time_s(self, option: str, text: str | None) -> float | None:
        """Read seconds above 0."""
        return self._number(option, text, "s", lambda v: v > 0.0, "above 0 s")

    def rounding(self, option: str, text: str | None, unit: str, factor: float = 1.0) -> float | None:
        """Read a number of 0 or more in a unit; factor: to SI."""
        value = self._number(option, text, unit, lambda v: v >= 0.0, f"0 {unit} or more")
        return None if value is None else factor * value

    def percent(self, option: str, text: str | None, most: float) -> float | None:
        """Read percent from 0 to a bound as a share."""
        bounds = f"0 to {most:g} percent"
        value = self._number(option, text, "percent", lambda v: 0.0 <= v <= most, bounds)
        return None if value is None else 0.01 * value

    def angle_rad(self, option: str, text: str | None, low_deg: float, high_deg: float) -> float | None:
        """Read degrees between two bounds as radians."""
        value = self._number(
            option, text, "deg", lambda v: low_deg <= v <= high_deg, f"{low_deg:g} to {high_deg:g} deg"
        )
        return None if value is None else radians(value)

    def step_deg(self, option: str, text: str | None) -> float | None:
        """Read the side of a map cell; degrees stay degrees, for the grid counts in them."""
        return self._number(option, text, "deg", lambda v: 0.01 <= v <= 10.0, "0.01 to 10 deg")

    def place(self, option: str, text: str | None) -> Point | None:
        """Read LAT,LON in degrees; latitude -90 to 90, longitude -180 to 360."""
        if text is None:
            return None
        parts = [part.strip() for part in text.split(",")]
        if len(parts) != 2:
            remedy = "Write LAT,LON in degrees, such as 38.35,37.79; no space after the comma, or quote it."
            self.fault(
                option, f"{text!r} is not a place: two numbers with a comma between are needed", remedy
            )
            return None
        before = len(self._faults)
        latitude = self._number(
            option, parts[0], "deg", lambda v: abs(v) <= 90.0, "-90 to 90 deg", "latitude"
        )
        longitude = self._number(
            option, parts[1], "deg", lambda v: -180.0 <= v <= 360.0, "-180 to 360 deg", "longitude"
        )
        if latitude is None or longitude is None or len(self._faults) > before:
            return None
        east = radians(longitude)
        return Point(radians(latitude), east - 2.0 * pi if east > pi else east)

    def clock(self, option: str, text: str | None) -> datetime | None:
        """Read a date and time with a time zone."""
        if text is None:
            return None
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            lack = "is not a date and time" if moment is None else "has no time zone"
            self.fault(option, f"{text!r} {lack}", "Write it such as 2022-03-24T05:34:00Z.")
            return None
        return moment

    def _number(
        self,
        option: str,
        text: str | None,
        unit: str,
        allowed: Callable[[float], bool],
        bounds: str,
        what: str = "",
    ) -> float | None:
        if text is None:
            return None
        name = f"{what} " if what else ""
        try:
            value = float(text)
        except ValueError:
            self.fault(option, f"{name}{text!r} is not a number; {bounds} is allowed")
            return None
        if not isfinite(value):
            self.fault(option, f"{name}{text} is not finite; {bounds} is allowed", "Leave it out if unknown.")
            return None
        if not allowed(value):
            self.fault(option, f"{name}{value:g} {unit} is out of bounds; {bounds} is allowed")
            return None
        return value
