"""What nations told each other to plan and to stay out of each other's way, and who saw what of it when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from synaspis.coordination import Analysis, Board
from synaspis.core.clock import SECOND_US, from_rfc3339, to_rfc3339
from synaspis.exercise.review.links import about, names_of, reached
from synaspis.exercise.review.record import Record
from synaspis.exercise.review.wording import in_words
from synaspis.messages import PRODUCTS, canonical_json

KINDS: Final = (
    *(kind for kind, product in PRODUCTS.items() if product == "coordination" and kind != "exercise-control"),
    "ambiguity-query",
    "ambiguity-answer",
    "correction",
    "cancellation",
)
"""Kinds of message of which the review tells whom they reached."""

_PLANS: Final = ("defence-plan", "correction", "cancellation")
SETTLE_US: Final = 10 * SECOND_US
"""Plans are looked at when they have not changed for so long, so that halves of a change do not count."""

_CLAIMS: Final = ("engagement-intent", "engagement-claim", "hand-over", "acknowledgement")


def coordination(record: Record) -> dict[str, Any]:
    """Messages with whom they reached when; and what the board of each nation showed, with who saw it.

    A row that several boards showed stands once, with `seen`: for each of these nations the instant from
    which on it was there. Plans are looked at whenever one changed, claims whenever one came.
    """
    has_plans = any(sent.kind == "defence-plan" for sent in record.sent)
    document = record.loaded.document
    analysis = Analysis.of(record.loaded.scenario, document.phase) if has_plans else None
    rows: dict[str, _Rows] = {name: _Rows() for name in _SECTIONS}
    for nation in document.nations:
        _look_on(Board(nation, record.loaded.responses, analysis), record, nation, rows)
    return {
        "messages": list(_messages(record)),
        "responses_document": None if record.loaded.responses is None else record.loaded.responses.id,
        "consultations": list(_consultations(record)),
        **{name: found.listed() for name, found in rows.items()},
    }


_SECTIONS: Final = (
    "tasks", "to_defend", "gaps", "overlaps", "against_analysis", "findings",
    "hand_overs", "acknowledgements", "called_for", "calendar",
)  # fmt: skip


class _Rows:
    """Rows of one table with who saw them from when on."""

    def __init__(self) -> None:
        self._found: dict[bytes, tuple[dict[str, Any], dict[str, str]]] = {}

    def add(self, row: Mapping[str, Any], nation: str, at_us: int) -> None:
        """Note that a nation sees a row."""
        plain = {name: value for name, value in row.items() if name not in ("left_s", "overdue", "about")}
        _, seen = self._found.setdefault(canonical_json(plain), (plain, {}))
        seen.setdefault(nation, to_rfc3339(at_us))

    def listed(self) -> list[dict[str, Any]]:
        """All rows, in the order in which anybody saw them."""
        found = [{**row, "seen": seen} for row, seen in self._found.values()]
        return sorted(found, key=lambda row: min(row["seen"].values()))


def _look_on(board: Board, record: Record, nation: str, rows: Mapping[str, _Rows]) -> None:
    """Fold what a nation was delivered into its board, and note what it shows when plans or claims change."""
    changed_us: int | None = None
    for delivered in record.delivered[nation]:
        if changed_us is not None and delivered.known_us > changed_us + SETTLE_US:
            _note_plans(board, nation, rows, changed_us)
            changed_us = None
        board.take(delivered.centre, delivered.event)
        kind = delivered.event.get("message", {}).get("kind")
        if kind in _PLANS:
            changed_us = delivered.known_us
        elif kind in _CLAIMS:
            for found in board.findings(delivered.known_us):
                told = {name: found[name] for name in _FINDING} | {"references": sorted(found["about"])}
                rows["findings"].add(told, nation, delivered.known_us)
    if changed_us is not None:
        _note_plans(board, nation, rows, changed_us)
    _look_back(board, nation, rows, record)


def _note_plans(board: Board, nation: str, rows: Mapping[str, _Rows], at_us: int) -> None:
    plans = board.plans()
    for name in ("tasks", "to_defend", "gaps", "overlaps", "against_analysis"):
        for row in plans[name] or ():
            rows[name].add(row, nation, at_us)


_FINDING: Final = ("what", "partners", "text", "claims")


def _look_back(board: Board, nation: str, rows: Mapping[str, _Rows], record: Record) -> None:
    """Note what a board showed in the end of all that has a deadline or an answer."""
    shown = board.to_dict(record.loaded.ends_us)
    known = {
        (each.centre, str(each.event.get("reference", ""))): each.known_us
        for each in reversed(record.delivered[nation])
    }
    for name in ("hand_overs", "acknowledgements", "calendar"):
        for row in shown[name]:
            of = row["of"]
            rows[name].add(row, nation, known.get((of["centre"], of["reference"]), record.loaded.ends_us))
    for row in shown["responses"]["called_for"]:
        of = row["by"]
        rows["called_for"].add(row, nation, known.get((of["centre"], of["reference"]), record.loaded.ends_us))


def _consultations(record: Record) -> Iterator[dict[str, Any]]:
    """Every question with its deadline and its answers."""
    ids = names_of(record)
    for query in (sent for sent in record.sent if sent.kind == "ambiguity-query"):
        by = query.body.get("answer_by")
        by_us = None if by is None else from_rfc3339(by)
        answers = [
            {
                "sender": sent.sender,
                "position": sent.body["position"],
                "after_s": round((sent.at_us - query.at_us) / SECOND_US, 3),
                "in_time": by_us is None or sent.at_us <= by_us,
            }
            for sent in record.sent
            if sent.kind == "ambiguity-answer" and str(query.message["id"]) in about(sent, ids)
        ]
        waits = by_us is None or by_us > record.loaded.ends_us
        yield {
            "at": to_rfc3339(query.at_us),
            "sender": query.sender,
            "question": query.body["question"],
            "answer_by": by,
            "answers": answers,
            "state": "answered" if answers else "open" if waits else "overdue",
        }


def _messages(record: Record) -> Iterator[dict[str, Any]]:
    times = reached(record)
    for sent in record.sent:
        if sent.kind not in KINDS:
            continue
        got = times.get((sent.centre, sent.sender, str(sent.message["id"])), {})
        yield {
            "at": to_rfc3339(sent.at_us),
            "sender": sent.sender,
            "kind": sent.kind,
            "text": in_words(sent),
            "reached_after_s": {
                nation: round((got[nation] - sent.at_us) / SECOND_US, 3) if nation in got else None
                for nation in record.loaded.document.nations
                if nation != sent.sender
            },
        }
