"""Events as a centre writes them, and the day `two-claims` played once."""

import hashlib
from types import SimpleNamespace
from typing import Any

import pytest

from synaspis.coordination import rehearse
from synaspis.core.clock import from_rfc3339, to_rfc3339
from synaspis.exchange.script import load_script

NOON_US = from_rfc3339("2026-06-15T12:00:00Z")
POSITION = (6_900_000.0, 0.0, 0.0)
VELOCITY = (0.0, 4_000.0, 5_000.0)


def at(seconds: float) -> str:
    return to_rfc3339(NOON_US + round(seconds * 1e6))


def triangle(position_m: float, velocity_m_s: float) -> list[float]:
    variances = [position_m**2] * 3 + [velocity_m_s**2] * 3
    found = [0.0] * 21
    for place, variance in zip((0, 2, 5, 9, 14, 20), variances, strict=True):
        found[place] = variance
    return found


def state(seconds: float = 0.0, *, off_m=(0.0, 0.0, 0.0), sigma_m: float | None = 100.0, track=None) -> dict:
    told: dict[str, Any] = {
        "time": at(seconds),
        "position_ecef_m": [place + off for place, off in zip(POSITION, off_m, strict=True)],
        "velocity_ecef_m_s": list(VELOCITY),
    }
    if sigma_m is not None:
        told["covariance"] = triangle(sigma_m, 1.0)
    if track is not None:
        told["source_track"] = track
    return told


def claim(seconds: float = 0.0, *, battery="b-1", until=600.0, **more) -> dict:
    window = {"earliest": at(0), "latest": at(until)}
    return {"object": state(seconds, **more), "battery": battery, "window": window}


def event(
    kind, sender, body, seconds=0.0, *, name="", concerns=(), quality="covariance", exercise=None, **more
):
    """The event of a message; name: made into its reference."""
    reference = hashlib.sha256(f"{kind} {sender} {seconds} {name}".encode()).hexdigest()[:32]
    message: dict[str, Any] = {"kind": kind, "sender": sender, "label": {}}
    if exercise:
        message["exercise"] = exercise
    told = {
        "type": "message",
        "at": at(seconds),
        "policy": "p",
        "quality": quality,
        "why": [],
        "reference": reference,
        "message": message,
        **more,
    }
    if concerns:
        told["concerns"] = [each["reference"] for each in concerns]
    if quality == "covariance":
        id = hashlib.md5(reference.encode()).hexdigest()
        told["message"] |= {"id": id, "sent_at": at(seconds), "body": body}
        told["envelope"] = f"envelope of {id}"
    else:
        told["extract"] = body
    return told


@pytest.fixture(scope="session")
def make() -> SimpleNamespace:
    return SimpleNamespace(at=at, claim=claim, event=event, state=state, triangle=triangle, NOON_US=NOON_US)


@pytest.fixture(scope="session")
def day():
    """The day that comes with the package, with the objects of every board at every tick."""
    script, path = load_script("two-claims")
    seen: dict[str, dict[str, Any]] = {}

    def look(now_us, boards):
        clock = to_rfc3339(now_us)[11:19]
        if not "12:03:00" <= clock <= "12:05:30":
            return
        seen[clock] = {name: board.to_dict(now_us)["objects"] for name, board in boards.items()}

    played = rehearse(script, path, responses="coordination-demo", look=look)
    return SimpleNamespace(script=script, path=path, played=played, at=seen)
