"""What happens on the day of the demonstration, hour by hour; the agreements are those of the book `demo`.

Alpha and Bravo are allied, Charlie is a neighbour. Alpha announces a test and flies it into its range; Alpha
and Bravo observe it. Everything is made up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from synaspis.agreement import Category, Label
from synaspis.core.clock import SECOND_US, from_rfc3339, to_rfc3339
from synaspis.exchange.demo.flight import (
    AIM_DEG,
    LAUNCH_DEG,
    Observer,
    azimuth_deg,
    fly,
    launch_report,
    track_reports,
)
from synaspis.messages import Message, canonical_json, read_message
from synaspis.messages.message import SCHEMA

PARTNERS: Final = ("alpha", "bravo", "charlie")
DAY_US: Final = from_rfc3339("2026-06-15T00:00:00Z")
LAUNCH_S: Final = 12 * 3_600.0

_OPEN: Final = Label("DEMO", "UNCLASSIFIED")
_RESTRICTED: Final = Label("DEMO", "RESTRICTED")
_SECRET: Final = Label("DEMO", "SECRET")
_SATELLITE: Final = Label(
    "DEMO", "RESTRICTED", (Category("Special handling", "RESTRICTIVE", ("SATELLITE",)),)
)

_ALPHA: Final = Observer("radar", 150.0, 4.0, 3_000.0, 310_000)
_BRAVO: Final = Observer("infrared", 600.0, 15.0, 6_000.0, 730_000)

_BETWEEN_TICKS_US: Final = 20_000
"""A message that comes at the very instant of a tick may fall into it or not; one between two may not."""

_STEP_S: Final = 15.0
_STEP_FAST_S: Final = 60.0


@dataclass(frozen=True)
class Step:
    """One message of the day.

    at_us: when it is sent, microseconds since the epoch. message: as it is sent, unsigned.
    """

    at_us: int
    message: Message = field(repr=False)

    @property
    def sender(self) -> str:
        """Who sends it."""
        return self.message.sender


class _Writer:
    """Writes steps; ids come from the seed, so that the same day has the same ids."""

    def __init__(self, chance: np.random.Generator) -> None:
        self._chance = chance
        self.steps: list[Step] = []

    def say(self, at_s: float, sender: str, kind: str, body: Mapping[str, Any], label: Label = _OPEN) -> str:
        """Add a message, at_s: seconds after midnight; returns its id."""
        return self.say_at(DAY_US + round(at_s * SECOND_US) + _BETWEEN_TICKS_US, sender, kind, body, label)

    def say_at(self, at_us: int, sender: str, kind: str, body: Mapping[str, Any], label: Label) -> str:
        """Add a message at an instant, microseconds since the epoch; returns its id."""
        members = {
            "schema": SCHEMA,
            "kind": kind,
            "id": self._chance.bytes(16).hex(),
            "sender": sender,
            "sent_at": to_rfc3339(at_us),
            "label": label.to_json(),
            "body": body,
        }
        self.steps.append(Step(at_us, read_message(canonical_json(members))))
        return str(members["id"])


def story(seed: int, *, fast: bool = False) -> list[Step]:
    """The messages of the day in the order of sending.

    seed: of ids and noise, 0 or more. fast: fewer track reports.
    """
    ids, alpha, bravo = (np.random.default_rng(each) for each in np.random.SeedSequence(seed).spawn(3))
    writer = _Writer(ids)
    announced = _morning(writer)
    _launch(writer, alpha, bravo, _STEP_FAST_S if fast else _STEP_S)
    _evening(writer, announced)
    return sorted(writer.steps, key=lambda step: step.at_us)


def _morning(writer: _Writer) -> str:
    """Notifications, a sensor under repair, texts of several markings; returns the id of Alpha's notice."""
    announced = writer.say(
        5 * 3_600.0,
        "alpha",
        "pre-launch-notification",
        {
            "missile_class": "mrbm",
            "number": "single",
            "window": _window(11.5, 13.0),
            "launch_area": _circle("Ship at sea", LAUNCH_DEG, 30e3),
            "azimuth_deg": round(azimuth_deg(), 1),
            "impact_areas": [_circle("Alpha's test range", AIM_DEG, 80e3)],
        },
    )
    writer.say(
        6.2 * 3_600.0,
        "alpha",
        "sensor-status",
        {
            "sensor": "Coast radar",
            "sensor_kind": "radar",
            "state": "maintenance",
            "since": _hour(6.0),
            "until": _hour(10.0),
        },
    )
    rocket = writer.say(
        7.3 * 3_600.0,
        "bravo",
        "pre-launch-notification",
        {
            "missile_class": "sounding-rocket",
            "number": "single",
            "window": _window(14.0, 16.0),
            "launch_area": _circle("Bravo's rocket field", (66.0, 12.5), 5e3),
            "impact_areas": [_circle("Open sea", (67.5, 8.0), 40e3)],
        },
    )
    writer.say(
        8.5 * 3_600.0, "charlie", "text", {"text": "Our fishing fleet leaves the test range by 11:00."}
    )
    writer.say(
        9.25 * 3_600.0, "alpha", "text", {"text": "Satellite pass over the range at 12:04."}, _SATELLITE
    )
    writer.say(9.5 * 3_600.0, "alpha", "text", {"text": "A note that Bravo is not cleared to read."}, _SECRET)
    writer.say(
        10.1 * 3_600.0,
        "bravo",
        "cancellation",
        {"refers_to": {"id": rocket, "kind": "pre-launch-notification"}, "reason": "Wind."},
    )
    return announced


def _launch(writer: _Writer, alpha: np.random.Generator, bravo: np.random.Generator, step_s: float) -> None:
    """One flight as two partners see it."""
    flight = fly()
    launch_us = DAY_US + round(LAUNCH_S * SECOND_US)
    report = launch_report(flight, _BRAVO, launch_us, bravo)
    writer.say(LAUNCH_S + 65.0, "bravo", "launch-report", report, _RESTRICTED)
    report = launch_report(flight, _ALPHA, launch_us, alpha)
    writer.say(LAUNCH_S + 151.5, "alpha", "launch-report", report, _RESTRICTED)
    for sender, observer, chance in (("alpha", _ALPHA, alpha), ("bravo", _BRAVO, bravo)):
        for at_us, body in track_reports(flight, observer, launch_us, step_s, chance):
            writer.say_at(at_us, sender, "track-report", body, _RESTRICTED)


def _evening(writer: _Writer, announced: str) -> None:
    """What is told after the flight; the last message comes after everything that is delayed."""
    writer.say(
        LAUNCH_S + 1_200.0,
        "alpha",
        "post-launch-notification",
        {
            "notification": announced,
            "missile_class": "mrbm",
            "number": "single",
            "launch_time": to_rfc3339(DAY_US + round(LAUNCH_S * SECOND_US)),
            "launch_area": _circle("Ship at sea", LAUNCH_DEG, 30e3),
            "impact_areas": [_circle("Alpha's test range", AIM_DEG, 80e3)],
        },
    )
    writer.say(18 * 3_600.0, "charlie", "text", {"text": "Thank you for the notice. Good evening."})


def _hour(hour: float) -> str:
    return to_rfc3339(DAY_US + round(hour * 3_600.0) * SECOND_US)


def _window(earliest: float, latest: float) -> dict[str, str]:
    return {"earliest": _hour(earliest), "latest": _hour(latest)}


def _circle(name: str, centre_deg: tuple[float, float], radius_m: float) -> dict[str, Any]:
    latitude_deg, longitude_deg = centre_deg
    return {
        "name": name,
        "centre": {"latitude_deg": latitude_deg, "longitude_deg": longitude_deg},
        "radius_m": radius_m,
    }
