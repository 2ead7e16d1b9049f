"""What is open by when: acknowledgements, consultations, announced launches, warnings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from synaspis.coordination.claims import Offer
from synaspis.coordination.heard import Effective, Heard
from synaspis.coordination.responses import Responses
from synaspis.core.clock import SECOND_US, from_rfc3339, to_rfc3339


def due(by_us: int | None, now_us: int) -> dict[str, Any]:
    """A deadline, the time that is left (s, negative when it is over) and whether it is over."""
    if by_us is None:
        return {"by": None, "left_s": None, "overdue": False}
    left_s = round((by_us - now_us) / SECOND_US, 3)
    return {"by": to_rfc3339(by_us), "left_s": left_s, "overdue": left_s < 0.0}


def _instant(text: str | None) -> int | None:
    return None if text is None else from_rfc3339(text)


def acknowledgements(
    messages: Effective, given: Sequence[Offer], responses: Responses | None, now_us: int
) -> list[dict[str, Any]]:
    """Answers that are asked for: of each offered hand-over, and of each response that was set going."""
    found = []
    for offer in given:
        to = offer.message.body.get("to")
        found.append(
            {
                "of": offer.message.named(),
                "from": to,
                "what": f"hand-over of a claim of {offer.claim.sender}",
                "state": offer.state,
                "text": offer.reason,
                **due(_instant(offer.answer_by) if offer.state == "open" else None, now_us),
            }
        )
    for message in messages.of("response"):
        found += list(_response(message, messages, responses, now_us))
    return found


def _response(
    message: Heard, messages: Effective, responses: Responses | None, now_us: int
) -> Iterator[dict[str, Any]]:
    known = responses is not None and message.body.get("responses") == responses.id
    planned = responses.responses.get(str(message.body.get("response"))) if known and responses else None
    if planned is None:
        return
    answers = {
        answer.sender: str(answer.body.get("says", "seen"))
        for answer in messages.of("acknowledgement")
        if message in messages.about(answer)
    }
    for partner in planned.acknowledged_by:
        says = answers.get(partner) if partner != message.sender else "accepted"
        text = f"{partner} has not acknowledged" if says is None else f"{partner}: {says}"
        by_us = message.at_us + planned.within_us if says is None else None
        yield {
            "of": message.named(),
            "from": partner,
            "what": f"response {planned.name}",
            "state": "open" if says is None else says,
            "text": text,
            **due(by_us, now_us),
        }


def responses_table(messages: Effective, responses: Responses | None) -> dict[str, Any]:
    """Responses that were agreed on, which messages call for one, and which were set going."""
    if responses is None:
        return {"document": None, "planned": [], "called_for": [], "invoked": _invoked(messages)}
    planned = [
        {
            "id": name,
            "name": each.name,
            "says": each.says,
            "acknowledged_by": list(each.acknowledged_by),
            "within_s": each.within.si,
        }
        for name, each in responses.responses.items()
    ]
    kinds = {trigger.kind for each in responses.responses.values() for trigger in each.triggers}
    called = [
        {"response": name, "by": message.named()}
        for message in messages.of(*kinds)
        for name in responses.called_for(message)
    ]
    return {"document": responses.id, "planned": planned, "called_for": called, "invoked": _invoked(messages)}


def _invoked(messages: Effective) -> list[dict[str, Any]]:
    return [
        {"of": each.named(), "response": each.body.get("response"), "role": each.body.get("role")}
        for each in messages.of("response")
    ]


def calendar(messages: Effective, now_us: int) -> list[dict[str, Any]]:
    """Announced launches in the order of their windows, and which reports fit them.

    A report fits where the centre said so in its event, or where a post-launch notification names it.
    """
    reports: dict[tuple[str, str], list[dict[str, str]]] = {}
    for report in messages.of("launch-report"):
        for reference in report.matches:
            reports.setdefault((report.centre, reference), []).append(report.named())
    for after in messages.of("post-launch-notification"):
        named = messages.find(after.centre, str(after.body.get("notification", "")))
        if named is not None:
            reports.setdefault((named.centre, named.reference), []).append(after.named())
    found = []
    for message in messages.of("pre-launch-notification"):
        window = message.body.get("window")
        matched = reports.get((message.centre, message.reference), [])
        found.append(
            {
                "of": message.named(),
                "missile_class": message.body.get("missile_class"),
                "window": window,
                "state": _state(window, bool(matched), now_us),
                "matched": matched,
                "corrected": message.corrected,
            }
        )
    return sorted(found, key=lambda each: (each["window"] or {}).get("earliest", ""))


def _state(window: dict[str, str] | None, matched: bool, now_us: int) -> str:
    if matched:
        return "matched"
    if window is None:
        return "window not shown"
    if now_us < from_rfc3339(window["earliest"]):
        return "to come"
    return "open" if now_us <= from_rfc3339(window["latest"]) else "over, not matched"


def consultations(messages: Effective, now_us: int) -> list[dict[str, Any]]:
    """Questions with what they are about, the answers, and the time that is left for one."""
    answers: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for answer in messages.of("ambiguity-answer"):
        for reference in answer.concerns:
            told = {"sender": answer.sender, "position": answer.body.get("position")}
            answers.setdefault((answer.centre, reference), []).append(told)
    found = []
    for query in messages.of("ambiguity-query"):
        given = answers.get((query.centre, query.reference), [])
        by_us = None if given else _instant(query.body.get("answer_by"))
        found.append(
            {
                "of": query.named(),
                "question": query.body.get("question"),
                "about": [each.named() for each in messages.about(query)],
                "answers": given,
                "state": "answered" if given else "open",
                **due(by_us, now_us),
            }
        )
    return found


def warnings(messages: Effective, now_us: int) -> list[dict[str, Any]]:
    """Warnings that stand, with the time to the predicted impact; an all-clear of the sender ends one.

    An all-clear ends the warnings that it is about, or, if it names none, those of its sender for this area.
    """
    cleared: set[tuple[str, str]] = set()
    standing = list(messages.of("warning"))
    for clear in (each for each in standing if each.body.get("level") == "all-clear"):
        named = {messages.find(clear.centre, name) for name in clear.body.get("about", ())} - {None}
        for each in standing:
            same = each in named or (
                not named and each.body.get("area") == clear.body.get("area") is not None
            )
            if same and each.sender == clear.sender and each.order < clear.order:
                cleared.add((each.centre, each.reference))
    seen = {
        (about.centre, about.reference, answer.sender)
        for answer in messages.of("acknowledgement")
        for about in messages.about(answer)
    }
    found = []
    for each in standing:
        if each.body.get("level") == "all-clear":
            continue
        key, impact = (each.centre, each.reference), each.body.get("impact")
        begin_us = None if impact is None else from_rfc3339(impact["earliest"])
        end_us = None if impact is None else from_rfc3339(impact["latest"])
        over = key in cleared or (end_us is not None and end_us < now_us)
        found.append(
            {
                "of": each.named(),
                "level": each.body.get("level"),
                "area": each.body.get("area"),
                "impact": impact,
                "to_impact_s": None if begin_us is None else round((begin_us - now_us) / SECOND_US, 3),
                "state": "cleared" if key in cleared else "over" if over else "standing",
                "acknowledged_by": sorted(who for *of, who in seen if tuple(of) == key),
            }
        )
    return found
