"""What the faults that were injected did: what stood still, what came late, who was told what is not so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from synaspis.core.clock import SECOND_US, from_rfc3339, to_rfc3339
from synaspis.exercise.inject import Inject
from synaspis.exercise.review.links import about, message_of, names_of, reached
from synaspis.exercise.review.record import Record, Sent
from synaspis.exercise.surroundings import CENTRES
from synaspis.exercise.truth import instant_us


def failures(record: Record) -> list[dict[str, Any]]:
    """Each fault of the list of events that was done, with its effect, in the order in which it began."""
    done = [
        (record.done[inject_id], inject_id, inject)
        for _, _, inject_id, inject in record.loaded.document.injects()
        if inject.payload.fault is not None and inject_id in record.done
    ]
    return [
        {
            "inject": inject_id,
            "fault": inject.payload.fault,
            "at": to_rfc3339(at_us),
            **_effect(record, inject_id, inject, at_us),
        }
        for at_us, inject_id, inject in sorted(done, key=lambda each: each[:2])
    ]


def _effect(record: Record, inject_id: str, inject: Inject, at_us: int) -> dict[str, Any]:
    payload = inject.payload
    if payload.lasts is None:
        return _of_message(record, inject_id, at_us)
    until_us = at_us + round(payload.lasts.si * SECOND_US)
    if payload.sensor is not None:
        return _of_sensor(record, payload.sensor, at_us, until_us)
    centres = (payload.centre,) if payload.centre else CENTRES
    if payload.nation is not None:
        return _of_link(record, payload.nation, centres, at_us, until_us)
    return _of_centre(record, centres, at_us, until_us)


def _of_link(
    record: Record, nation: str, centres: tuple[str, ...], at_us: int, until_us: int
) -> dict[str, Any]:
    """Events that waited for the link, and that nothing of the nation was taken meanwhile."""
    late = [
        each
        for each in record.delivered[nation]
        if each.centre in centres and at_us <= each.at_us < until_us and each.known_us > each.at_us
    ]
    waits = [(each.known_us - each.at_us) / SECOND_US for each in late]
    taken = _taken(record, centres, at_us, until_us, nation)
    return {
        "who": nation,
        "centres": list(centres),
        "until": to_rfc3339(until_us),
        "waited": len(late),
        "longest_s": max(waits, default=0.0),
        "taken": taken,
        "text": f"{name_of(record, nation)} had no link to the {' and the '.join(centres)} centre until "
        f"{to_rfc3339(until_us)[11:19]}: {len(late)} events reached it late, the latest by "
        f"{max(waits, default=0.0):.0f} s, and {taken} messages of it were taken meanwhile.",
    }


def _of_centre(record: Record, centres: tuple[str, ...], at_us: int, until_us: int) -> dict[str, Any]:
    """That a centre took and delivered nothing, and what it took when it was back."""
    taken = _taken(record, centres, at_us, until_us)
    delivered = sum(
        at_us <= each.at_us < until_us
        for events in record.delivered.values()
        for each in events
        if each.centre in centres
    )
    (centre,) = centres
    after = [each for each in record.sent if each.centre == centre and each.at_us >= until_us]
    at_once = sum(each.at_us == after[0].at_us for each in after) if after else 0
    return {
        "who": centre,
        "until": to_rfc3339(until_us),
        "taken": taken,
        "delivered": delivered,
        "taken_when_back": at_once,
        "text": f"The {centre} centre stood still until {to_rfc3339(until_us)[11:19]}: it took {taken} "
        f"messages and delivered {delivered} events meanwhile, and took {at_once} at once when it was back.",
    }


def _taken(
    record: Record, centres: tuple[str, ...], at_us: int, until_us: int, sender: str | None = None
) -> int:
    return sum(
        each.centre in centres and at_us < each.at_us < until_us and sender in (None, each.sender)
        for each in record.sent
    )


def _of_sensor(record: Record, sensor: str, at_us: int, until_us: int) -> dict[str, Any]:
    """Flights that the sensor would have seen in the time, and how many reports of it came none the less."""
    asset = next(each for each in record.loaded.scenario.assets if each.id == sensor)
    unseen = []
    for name, launch_us in record.launched.items():
        flight = record.flights[name]
        views = flight.views([asset]) if asset.kind == "radar" else ()
        spans = [(view.firm_s, view.lost_s) for view in views]
        if asset.kind == "satellite":
            spans = [(each.report_s, each.report_s) for each in flight.sightings([asset])]
        for first_s, last_s in spans:
            if instant_us(launch_us, first_s) < until_us and instant_us(launch_us, last_s) >= at_us:
                unseen.append(name)
    came = sum(
        sent.kind == "track-report"
        and str(sent.body["track"]).startswith(f"{sensor}-")
        and at_us <= from_rfc3339(sent.body["time"]) < until_us
        for sent in record.sent
    )
    return {
        "who": sensor,
        "until": to_rfc3339(until_us),
        "reports": came,
        "unseen": unseen,
        "text": f"{sensor} saw nothing until {to_rfc3339(until_us)[11:19]}; it would have seen "
        f"{', '.join(unseen) or 'no flight'} in that time, and {came} reports of it are of that time.",
    }


def _of_message(record: Record, inject_id: str, at_us: int) -> dict[str, Any]:
    """Whom a report or notification that is not as it should be reached, and what was done about it."""
    sent = message_of(record, inject_id)
    if sent is None:
        return {"who": None, "text": "Nothing was sent."}
    got = reached(record).get((sent.centre, sent.sender, str(sent.message["id"])), {})
    ids = names_of(record)
    said = [
        {"sender": each.sender, "kind": each.kind, "after_s": (each.at_us - sent.at_us) / SECOND_US}
        for each in record.sent
        if str(sent.message["id"]) in set(about(each, ids))
    ]
    told: dict[str, Any] = {
        "who": sent.sender,
        "reached_after_s": {
            nation: round((known_us - sent.at_us) / SECOND_US, 3)
            for nation, known_us in sorted(got.items())
            if nation != sent.sender
        },
        "answers": said,
    }
    if (late_s := _late_s(sent)) is not None:
        told["late_s"] = late_s
    return {**told, "text": _sentence(record, told, sent)}


def _late_s(sent: Sent) -> float | None:
    """How long after the earliest instant of its launch a notification came; None for what is none."""
    window: Mapping[str, str] = sent.body.get("window") or {}
    first = window.get("earliest") if "notification" in sent.kind else None
    if sent.kind == "post-launch-notification":
        first = sent.body.get("launch_time")
    return None if first is None else (sent.at_us - from_rfc3339(first)) / SECOND_US


def _sentence(record: Record, told: Mapping[str, Any], sent: Sent) -> str:
    late = f", {told['late_s']:.0f} s after the launch could first take place" if "late_s" in told else ""
    return f"{name_of(record, sent.sender)} sent {_a(sent.kind)}{late}; {_list(_answers(record, told))}."


def _a(kind: str) -> str:
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind.replace('-', ' ')}"


def name_of(record: Record, partner: str) -> str:
    """Name of a nation, of the white cell or of the centre, as a sentence has it."""
    known = record.loaded.scenario.document.partners
    others = {"white": "the white cell", "centre": "the centre"}
    return known[partner].name if partner in known else others.get(partner, partner)


def _answers(record: Record, told: Mapping[str, Any]) -> Iterator[str]:
    nations = [name_of(record, nation) for nation in told["reached_after_s"]]
    yield f"it reached {_list(nations)}" if nations else "it reached nobody else"
    for each in told["answers"]:
        who = name_of(record, each["sender"])
        yield f"{who} answered with {_a(each['kind'])} after {each['after_s']:.0f} s"


def _list(names: Iterator[str] | list[str]) -> str:
    found = list(names)
    return found[0] if len(found) == 1 else f"{', '.join(found[:-1])} and {found[-1]}"
