"""What a scripted cell answers: acknowledgements, offered claims, questions, pre-planned responses."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from synaspis.coordination import COORDINATION, Responses, heard
from synaspis.exercise.nations import Doctrine
from synaspis.exercise.reading import Impact, content_of
from synaspis.exercise.said import impact_of_claim
from synaspis.messages import Body
from synaspis.messages.bodies import read_body

ROLE: Final = "duty officer"

Reaches = Callable[[Impact], bool]
"""Whether a battery of the cell is near enough to an expected impact to claim it."""


class Answers:
    """Rules 4 to 7 of a scripted cell.

    name: its partner id. responses: pre-planned ones that it knows. reaches: see `Reaches`.
    """

    def __init__(self, name: str, doctrine: Doctrine, responses: Responses | None, reaches: Reaches) -> None:
        self._name, self._doctrine, self._responses, self._reaches = name, doctrine, responses, reaches
        self._claims: dict[str, list[Impact]] = {}
        self._own: set[str] = set()
        self._invoked: set[str] = set()

    def take(self, event: Mapping[str, Any], centre: str) -> Iterator[Body]:
        """What is to be said, after the reaction, to a message that the nation was delivered."""
        kind, sender, shown = content_of(event)
        if kind == "engagement-claim":
            self._claims[event["reference"]] = impact_of_claim(shown)
        if sender == self._name:
            self._own.add(event["reference"])
            return
        where = "about" if centre == COORDINATION else "elsewhere"
        if kind in self._doctrine.acknowledges:
            yield _acknowledgement("seen", {where: [event["reference"]]})
        if (
            kind == "ambiguity-query"
            and "id" in event["message"]
            and self._own & {*event.get("concerns", ())}
        ):
            yield _maintained(event["message"]["id"])
        if kind == "hand-over" and shown.get("to") == self._name:
            says = "accepted" if self._would_take(event) else "declined"
            yield _acknowledgement(says, {where: [event["reference"]]})
        yield from self._respond(kind, shown, event, centre)

    def _would_take(self, event: Mapping[str, Any]) -> bool:
        claims = [impact for name in event.get("concerns", ()) for impact in self._claims.get(name, ())]
        return any(map(self._reaches, claims))

    def _respond(
        self, kind: str, shown: Mapping[str, Any], event: Mapping[str, Any], centre: str
    ) -> Iterator[Body]:
        if self._responses is None:
            return
        where = "about" if centre == COORDINATION else "elsewhere"
        if kind == "response" and shown.get("responses") == self._responses.id:
            planned = self._responses.responses.get(str(shown.get("response")))
            if planned is not None and self._name in planned.acknowledged_by:
                yield _acknowledgement("accepted", {where: [event["reference"]]})
        for name in self._responses.called_for(heard(centre, event)):
            if name in self._doctrine.invokes and name not in self._invoked:
                self._invoked.add(name)
                told = {"responses": self._responses.id, "response": name, "role": ROLE}
                yield read_body("response", {**told, where: [event["reference"]]})


def _acknowledgement(says: str, of: Mapping[str, Any]) -> Body:
    return read_body("acknowledgement", {"says": says, "role": ROLE, **of})


def _maintained(query: str) -> Body:
    said = "The report rests on what our sensors measured; it stands."
    return read_body("ambiguity-answer", {"query": query, "position": "maintained", "answer": said})
