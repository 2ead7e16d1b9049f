"""What the centre counts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Tally:
    """What the centre has done since it started; for the metrics, without content.

    submitted: by outcome: `accepted`, `known`, or the code of a refusal. released: events, each recipient
    counted. ticks, seals: that stored something. failures: commits that failed.
    """

    submitted: Counter[str] = field(default_factory=Counter)
    released: int = 0
    ticks: int = 0
    seals: int = 0
    failures: int = 0
