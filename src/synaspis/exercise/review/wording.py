"""Messages of coordination in a sentence each, for people who read a review."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from synaspis.exercise.review.record import Sent

_Body = Mapping[str, Any]


def in_words(sent: Sent) -> str:
    """What a message says, shortly; its kind where there is nothing to add."""
    words = _WORDS.get(sent.kind)
    return sent.kind.replace("-", " ") if words is None else words(sent.body)


def _plan(body: _Body) -> str:
    tasks = [f"{task['battery']} over {_area(task['area'])}" for task in body["tasks"]]
    needs = [_area(need["area"]) for need in body.get("to_defend", ())]
    text = f"{body['plan']}: {', '.join(tasks) or 'covers nothing'}"
    return f"{text}; asks for {', '.join(needs)}" if needs else text


def _claim(body: _Body) -> str:
    impact = body["object"].get("impact_time")
    return f"with {body['battery']}" + (f", impact {impact[11:19]}" if impact else "")


def _hand_over(body: _Body) -> str:
    by = body.get("answer_by")
    return f"offered to {body['to']}" + (f", answer by {by[11:19]}" if by else "")


def _query(body: _Body) -> str:
    by = body.get("answer_by")
    return str(body["question"]) + (f" By {by[:10]} {by[11:19]}." if by else "")


def _area(area: _Body) -> str:
    return str(area.get("name") or "an area")


_WORDS: Final[Mapping[str, Callable[[_Body], str]]] = {
    "defence-plan": _plan,
    "engagement-claim": _claim,
    "engagement-intent": _claim,
    "hand-over": _hand_over,
    "acknowledgement": lambda body: f"{body['says']} ({body['role']})",
    "response": lambda body: f"{body['response']} ({body['role']})",
    "ambiguity-query": _query,
    "ambiguity-answer": lambda body: f"{body['position']}: {body.get('answer', '')}".rstrip(": "),
    "correction": lambda body: f"of its {body['refers_to']['kind']}. {body.get('reason', '')}".rstrip(),
    "cancellation": lambda body: f"of its {body['refers_to']['kind']}. {body.get('reason', '')}".rstrip(),
}
