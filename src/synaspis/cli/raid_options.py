"""Options of `synaspis raid` as numbers; everything wrong with them is found before anything is said."""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite

from synaspis.cli.values import Options
from synaspis.core.errors import InputError


class RaidOptions(Options):
    """Reads counts, probabilities, volleys and test records."""

    def also(self, error: InputError) -> None:
        """Keep the faults of another input, to be reported with those of the options."""
        self._faults.extend(error.faults)

    def count(self, option: str, text: str | None, low: int, high: int) -> int | None:
        """Read a whole number within bounds."""
        bounds = f"a whole number from {low:,} to {high:,}"
        value = self._read(option, text, lambda v: v == int(v) and low <= v <= high, bounds)
        return None if value is None else int(value)

    def probability(self, option: str, text: str | None) -> float | None:
        """Read a number from 0 to 1."""
        return self._read(option, text, lambda v: 0.0 <= v <= 1.0, "0 to 1")

    def between(self, option: str, text: str | None) -> float | None:
        """Read a number above 0 and below 1."""
        return self._read(option, text, lambda v: 0.0 < v < 1.0, "above 0 and below 1")

    def volleys(self, option: str, text: str | None) -> tuple[int, ...] | None:
        """Read whole numbers with commas between, such as 2,1."""
        if text is None:
            return None
        sizes = [self.count(option, part.strip(), 1, 100) for part in text.split(",")]
        known = tuple(size for size in sizes if size is not None)
        if len(known) == len(sizes) and sum(known) > 100:
            self.fault(option, f"{text} are {sum(known)} shots at each missile; at most 100 are allowed")
            return None
        return known if len(known) == len(sizes) else None

    def record(self, option: str, text: str | None) -> tuple[int, int] | None:
        """Read hits of attempts, such as 22/27."""
        if text is None:
            return None
        from synaspis.analyses.raid.evidence import ATTEMPTS_MAX

        parts = text.split("/")
        if len(parts) != 2 or not all(part.strip().isdecimal() for part in parts):
            self.fault(option, f"{text!r} is not a test record", "Write hits of attempts, such as 22/27.")
            return None
        hits, attempts = (int(part) for part in parts)
        if not 1 <= attempts <= ATTEMPTS_MAX:
            self.fault(option, f"{attempts} attempts are out of bounds; 1 to {ATTEMPTS_MAX:,} are allowed")
            return None
        if hits > attempts:
            self.fault(option, f"{hits} hits in {attempts} attempts cannot be; 0 to {attempts} are allowed")
            return None
        return hits, attempts

    def kill_probabilities(self, option: str, texts: tuple[str, ...]) -> dict[str, float]:
        """Read K for every interceptor, under the empty id, or ID=K for one; each at most once."""
        found: dict[str, float] = {}
        for text in texts:
            name, _, value = text.rpartition("=")
            probability = self.probability(option, value)
            if name in found:
                self.fault(option, f"is given twice for {name or 'every interceptor'}", "Give it once.")
            elif probability is not None:
                found[name] = probability
        return found

    def _read(
        self, option: str, text: str | None, allowed: Callable[[float], bool], bounds: str
    ) -> float | None:
        """Read a pure number."""
        if text is None:
            return None
        try:
            value = float(text)
        except ValueError:
            self.fault(option, f"{text!r} is not a number; {bounds} is allowed")
            return None
        if not isfinite(value) or not allowed(value):
            self.fault(option, f"{text} is out of bounds; {bounds} is allowed")
            return None
        return value
