"""What was done about each flight, and which expected actions were seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from synaspis.core.clock import SECOND_US, from_rfc3339, to_rfc3339
from synaspis.exchange.release.correlation import distance_to_area_m
from synaspis.exercise.reading import Impact
from synaspis.exercise.review.knowledge import is_impact_of, is_track_of
from synaspis.exercise.review.links import about, message_of, names_of
from synaspis.exercise.review.people import speaks_of
from synaspis.exercise.review.record import Record, Sent
from synaspis.exercise.truth import TrueFlight, instant_us
from synaspis.messages import Area


def claims(record: Record, flight_id: str) -> list[dict[str, Any]]:
    """Claims and intentions on a flight: who, with what, when after launch."""
    flight, launch_us = record.flights[flight_id], record.launched[flight_id]
    return [
        {
            "nation": sent.sender,
            "kind": sent.kind,
            "battery": sent.body["battery"],
            "after_launch_s": (sent.at_us - launch_us) / SECOND_US,
        }
        for sent in record.sent
        if sent.kind in ("engagement-claim", "engagement-intent") and _means(sent, flight, launch_us)
    ]


def covered(record: Record, flight_id: str) -> list[dict[str, Any]]:
    """Batteries of plans in force at the impact whose area holds the place of impact."""
    flight, launch_us = record.flights[flight_id], record.launched[flight_id]
    impact_us = instant_us(launch_us, flight.impact_s)
    plans: dict[str, Sent] = {
        sent.sender: sent for sent in record.sent if sent.kind == "defence-plan" and sent.at_us <= launch_us
    }
    return [
        {"nation": nation, "battery": task["battery"]}
        for nation, plan in sorted(plans.items())
        for task in plan.body["tasks"]
        if _in_force(task, impact_us)
        and distance_to_area_m(*flight.impact_deg, Area.model_validate(task["area"])) <= 0.0
    ]


def warnings_in_vain(record: Record) -> list[dict[str, Any]]:
    """Warnings to take shelter where nothing came down."""
    return [
        {"nation": sent.sender, "at": to_rfc3339(sent.at_us)}
        for sent in record.sent
        if sent.kind == "warning"
        and sent.body["level"] == "take-shelter"
        and not any(is_warning_of(sent, record, flight_id) for flight_id in record.launched)
    ]


def is_warning_of(sent: Sent, record: Record, flight_id: str) -> bool:
    """Whether a warning is of the impact of a flight, in place and time."""
    flight, launch_us = record.flights[flight_id], record.launched[flight_id]
    if not speaks_of(sent, launch_us, instant_us(launch_us, flight.impact_s)):
        return False
    area = Area.model_validate(sent.body["area"])
    return distance_to_area_m(*flight.impact_deg, area) <= 100_000.0


def actions(record: Record) -> Iterator[dict[str, Any]]:
    """Every expected action, with when it was seen.

    seen: in time; late: after its time; missed: not at all. Where the inject launches a flight, a warning or
    a claim counts only if it is of that flight.
    """
    ids = names_of(record)
    for event_id, _, inject_id, inject in record.loaded.document.injects():
        objectives = inject.objectives or record.loaded.document.events[event_id].objectives
        for expected in inject.expected:
            for nation in expected.by:
                done_us = record.done.get(inject_id)
                row: dict[str, Any] = {
                    "inject": inject_id,
                    "objectives": list(objectives),
                    "nation": nation,
                    "action": expected.action,
                    "within_s": expected.within.si,
                    "observer": inject.observer,
                    "verdict": "not injected",
                    "after_inject_s": None,
                }
                if done_us is not None:
                    row["after_inject_s"] = _first(
                        record, nation, expected.action, inject_id, inject.payload.flight, ids
                    )
                    row["verdict"] = _verdict(row["after_inject_s"], expected.within.si)
                yield row


def objectives(record: Record, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each objective with how many of its expected actions were seen in time."""
    return [
        {
            "id": name,
            "text": objective.text,
            "expected": sum(name in row["objectives"] for row in rows),
            "seen": sum(name in row["objectives"] and row["verdict"] == "seen" for row in rows),
        }
        for name, objective in record.loaded.document.objectives.items()
    ]


def _first(
    record: Record,
    nation: str,
    action: str,
    inject_id: str,
    flight_id: str | None,
    ids: Mapping[tuple[str, str], str],
) -> float | None:
    done_us, asked = record.done[inject_id], message_of(record, inject_id)
    for sent in record.sent:
        if sent.sender != nation or sent.kind != action or sent.at_us < done_us:
            continue
        if flight_id is not None and not _is_about(sent, record, flight_id):
            continue
        is_answer = asked is not None and action == "acknowledgement"
        if is_answer and asked and str(asked.message["id"]) not in about(sent, ids):
            continue
        return (sent.at_us - done_us) / SECOND_US
    return None


def _is_about(sent: Sent, record: Record, flight_id: str) -> bool:
    """Whether a message is of a flight, as far as its kind says of which it is."""
    if sent.kind == "warning":
        return is_warning_of(sent, record, flight_id)
    if sent.kind in ("engagement-claim", "engagement-intent"):
        return _means(sent, record.flights[flight_id], record.launched[flight_id])
    return True


def _verdict(after_s: float | None, within_s: float) -> str:
    if after_s is None:
        return "missed"
    return "seen" if after_s <= within_s else "late"


def _means(sent: Sent, flight: TrueFlight, launch_us: int) -> bool:
    """Whether the object of a claim is a flight: by its place, or by where it is said to come down."""
    said: Mapping[str, Any] = sent.body["object"]
    if is_track_of(said, flight, launch_us):
        return True
    centre = said.get("impact_area", {}).get("centre")
    if centre is None or "impact_time" not in said:
        return False
    impact = Impact(centre["latitude_deg"], centre["longitude_deg"], from_rfc3339(said["impact_time"]))
    return is_impact_of(impact, flight, launch_us)


def _in_force(task: Mapping[str, Any], at_us: int) -> bool:
    until = task.get("until")
    return from_rfc3339(task["since"]) <= at_us and (until is None or at_us < from_rfc3339(until))
