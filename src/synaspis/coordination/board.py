"""The board of one partner: what it was delivered by both centres, in order. It shows and decides nothing.

A board is a pure fold over delivered events: nothing else goes in, so nothing else can be shown, and the same
events give the same bytes in whatever order they came.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any, Final

from synaspis.coordination import claims, deadlines, plans
from synaspis.coordination.against_analysis import Analysis
from synaspis.coordination.heard import CENTRES, Effective, Heard, heard
from synaspis.coordination.responses import Responses
from synaspis.core.clock import from_rfc3339, to_rfc3339
from synaspis.core.errors import Fault, InputError
from synaspis.messages import canonical_json

FORMAT: Final = "synaspis.board/1"

_TRACK: Final = (
    "number", "status", "time", "position_ecef_m", "velocity_ecef_m_s", "covariance", "launch", "impact",
    "sources", "quality", "why",
)  # fmt: skip

Key = tuple[str, str, str]


class Board:
    """What one partner was delivered, side by side.

    partner: whose it is. responses: pre-planned responses that it knows; none if left out. analysis: what
    plans are held against; it is of the scenario, which everybody has, and of nothing that was delivered.
    """

    def __init__(
        self, partner: str, responses: Responses | None = None, analysis: Analysis | None = None
    ) -> None:
        self.partner, self.responses, self.analysis = partner, responses, analysis
        self._at_us = 0
        self._messages: dict[tuple[str, str], Heard] = {}
        self._tracks: dict[Key, tuple[int, str]] = {}
        self._sources: dict[Key, tuple[int, str]] = {}
        self._effective: Effective | None = None
        self._planned: tuple[tuple[str, int], dict[str, Any]] | None = None

    def take(self, centre: str, event: Mapping[str, Any]) -> None:
        """Take an event that the partner was delivered.

        centre: `data` or `coordination`. event: as the centre wrote it. Taking one twice changes nothing.
        Raises InputError for another centre, and for what is no event; the board is then as before.
        """
        if centre not in CENTRES:
            remedy = f"Name {' or '.join(map(repr, CENTRES))}."
            raise InputError(Fault(f"there is no centre {centre!r} here", "centre", remedy))
        try:
            at_us = from_rfc3339(event["at"])
            kind = event["type"]
            if kind == "picture":
                self._take_tracks(centre, event, at_us)
            elif kind == "message" and "reference" in event:
                self._take_message(heard(centre, event))
            elif kind == "message":
                self._take_source(centre, event, at_us)
            elif kind != "notice":
                raise ValueError(f"the type is {kind!r}")
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            what = f"this is no event of a centre: {type(error).__name__}: {error}"
            raise InputError(Fault(what, "event", "Hand on the events of the feed unchanged.")) from None
        self._at_us = max(self._at_us, at_us)

    def _take_message(self, message: Heard) -> None:
        key = (message.centre, message.reference)
        known = self._messages.get(key)
        # The same message may be shown twice, at two levels; which one stays does not depend on the order.
        if known is None or _weight(known) < _weight(message):
            self._messages[key] = message
            self._effective = None

    def _take_tracks(self, centre: str, event: Mapping[str, Any], at_us: int) -> None:
        exercise = str(event.get("exercise", ""))
        news = {
            (centre, exercise, f"{int(track['number']):09d}"): (at_us, _text(track, _TRACK))
            for track in event["tracks"]
        }
        for key, track in news.items():
            self._tracks[key] = max(track, self._tracks.get(key, track))

    def _take_source(self, centre: str, event: Mapping[str, Any], at_us: int) -> None:
        message = event["message"]
        told = {"sender": message["sender"], "quality": event["quality"], "extract": event["extract"]}
        key = (centre, str(message.get("exercise", "")), str(event["track"]))
        track = (at_us, _text(told, tuple(told)))
        self._sources[key] = max(track, self._sources.get(key, track))

    @property
    def at_us(self) -> int:
        """When the latest event fell due, microseconds since the epoch; 0 before the first."""
        return self._at_us

    def messages(self) -> Effective:
        """Messages that stand, as corrected and without those that were taken back."""
        if self._effective is None:
            self._effective = Effective(self._messages.values())
        return self._effective

    def to_dict(self, now_us: int | None = None) -> dict[str, Any]:
        """All that the board shows, as plain JSON values.

        now_us: instant from which deadlines are counted, microseconds since the epoch; the latest event if
        it is left out.
        """
        now_us = self._at_us if now_us is None else now_us
        messages = self.messages()
        offers = claims.offers(messages)
        return {
            "schema": FORMAT,
            "partner": self.partner,
            "now": to_rfc3339(now_us),
            "control": _control(messages),
            "picture": self._picture(),
            "source_tracks": self._source_tracks(),
            "plans": self.plans(),
            "objects": self._objects(messages, offers, now_us),
            "hand_overs": [_offer(offer, now_us) for offer in offers],
            "acknowledgements": deadlines.acknowledgements(messages, offers, self.responses, now_us),
            "responses": deadlines.responses_table(messages, self.responses),
            "calendar": deadlines.calendar(messages, now_us),
            "consultations": deadlines.consultations(messages, now_us),
            "warnings": deadlines.warnings(messages, now_us),
        }

    def plans(self) -> dict[str, Any]:
        """The plans alone, as `to_dict` has them; made anew when a plan has changed, not at every look."""
        standing = [
            (plan.centre, plan.reference, plan.exercise, plan.quality, plan.body)
            for plan in self.messages().of(plans.PLAN)
        ]
        # The bodies too: a correction puts another one under the same name.
        key = (json.dumps(standing, sort_keys=True, default=dict), id(self.analysis))
        if self._planned is None or self._planned[0] != key:
            self._planned = key, plans.table(self.messages(), self.analysis)
        return self._planned[1]

    def findings(self, now_us: int) -> list[dict[str, Any]]:
        """Conflicts, duplicates and overlaps on all objects, each with its `claims`: who, with what."""
        messages = self.messages()
        found = []
        for group in claims.groups(claims.entries(messages, claims.offers(messages), now_us)):
            opened = [each for each in group.members if each.open]
            held = sorted(f"{each.holder}: {each.message.body.get('battery')}" for each in opened)
            found += [{**each, "claims": held} for each in claims.findings(group)]
        return found

    def _picture(self) -> list[dict[str, Any]]:
        found = []
        for (centre, exercise, _), (_, track) in sorted(self._tracks.items()):
            told = json.loads(track)
            if told["status"] != "ended":
                found.append({"centre": centre, "exercise": exercise or None, **told})
        return found

    def _source_tracks(self) -> list[dict[str, Any]]:
        return [
            {"centre": centre, "exercise": exercise or None, "track": name, **json.loads(told)}
            for (centre, exercise, name), (_, told) in sorted(self._sources.items())
        ]

    def _objects(self, messages: Effective, given: list[claims.Offer], now_us: int) -> list[dict[str, Any]]:
        picture = self._picture()
        found = []
        for group in claims.groups(claims.entries(messages, given, now_us)):
            exercise = group.members[0].message.exercise or None
            own = [track for track in picture if track["exercise"] == exercise]
            found.append(
                {
                    "object": group.members[0].message.reference,
                    "exercise": exercise,
                    "track": claims.track_of(group, own),
                    "entries": [_entry(entry) for entry in group.members],
                    "findings": claims.findings(group),
                    "reasons": list(group.reasons),
                    "doubts": list(group.doubts),
                }
            )
        return found

    def to_bytes(self) -> bytes:
        """All that was taken, canonical JSON. Equal events, equal bytes, in whatever order they came."""
        return canonical_json(
            {
                "format": FORMAT,
                "partner": self.partner,
                "at_us": self._at_us,
                "messages": [asdict(each) for _, each in sorted(self._messages.items())],
                "tracks": _rows(self._tracks),
                "sources": _rows(self._sources),
            }
        )

    @classmethod
    def from_bytes(cls, raw: bytes, responses: Responses | None = None) -> Board:
        """The board that `to_bytes` wrote. Raises ValueError for anything else."""
        try:
            told = json.loads(raw)
            if told["format"] != FORMAT:
                raise ValueError(f"the format is {told['format']!r}")
            board = cls(str(told["partner"]), responses)
            board._at_us = int(told["at_us"])
            for each in told["messages"]:
                lists = {name: tuple(each[name]) for name in ("concerns", "names", "matches")}
                board._take_message(Heard(**{**each, **lists}))
            board._tracks = {(a, b, c): (at_us, text) for a, b, c, at_us, text in told["tracks"]}
            board._sources = {(a, b, c): (at_us, text) for a, b, c, at_us, text in told["sources"]}
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise ValueError(f"not a board of the format {FORMAT}: {error}") from error
        return board


def board_of(
    partner: str, delivered: Iterable[tuple[str, Mapping[str, Any]]], responses: Responses | None = None
) -> Board:
    """A board made of all events at once: a replay. delivered: centre and event, in any order."""
    board = Board(partner, responses)
    for centre, event in delivered:
        board.take(centre, event)
    return board


_QUALITY: Final = ("presence", "impact-area", "position", "covariance")


def _weight(message: Heard) -> tuple[int, int, bytes]:
    return (_QUALITY.index(message.quality), -message.at_us, canonical_json(asdict(message)))


def _text(told: Mapping[str, Any], names: Iterable[str]) -> str:
    return canonical_json({name: told[name] for name in names if name in told}).decode()


def _rows(given: Mapping[Key, tuple[int, str]]) -> list[list[Any]]:
    return [[*key, *value] for key, value in sorted(given.items())]


def _entry(entry: claims.Entry) -> dict[str, Any]:
    said = entry.message.body.get("object") or {}
    return {
        **entry.message.named(),
        "quality": entry.message.quality,
        "holder": entry.holder,
        "battery": entry.message.body.get("battery"),
        "window": entry.message.body.get("window"),
        "impact_area": said.get("impact_area"),
        "impact_time": said.get("impact_time"),
        "source_track": said.get("source_track"),
        "compared": entry.state is not None,
        "open": entry.open,
    }


def _offer(offer: claims.Offer, now_us: int) -> dict[str, Any]:
    by = offer.answer_by
    return {
        "of": offer.message.named(),
        "claim": offer.claim.named(),
        "to": offer.message.body.get("to"),
        "state": offer.state,
        "text": offer.reason,
        **deadlines.due(None if by is None or offer.state != "open" else from_rfc3339(by), now_us),
    }


_STATES: Final = {
    "start": "running",
    "resume": "running",
    "jump": "running",
    "pause": "paused",
    "end": "ended",
}


def _control(messages: Effective) -> dict[str, Any]:
    """What the white cell has done, as far as it was shown."""
    state, speed, time, injects = "not started", None, None, []
    for each in messages.of("exercise-control"):
        action = str(each.body.get("action", ""))
        # A jump or a change of speed while paused does not set the clock going.
        state = _STATES.get(action, state) if action != "jump" or state != "paused" else state
        speed = each.body.get("speed", speed)
        time = each.body.get("to", each.body.get("exercise_time", time))
        if action == "inject-done" and "inject" in each.body:
            injects.append(each.body["inject"])
    return {"state": state, "speed": speed, "exercise_time": time, "injects": injects}
