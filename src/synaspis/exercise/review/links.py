"""Which message is meant: by the list of events, by an acknowledgement, by the name under which it went."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from synaspis.exercise.review.record import Record, Sent


def message_of(record: Record, inject_id: str) -> Sent | None:
    """The message that an inject sent; None if it sends none, or could not."""
    inject = next(each for *_, name, each in record.loaded.document.injects() if name == inject_id)
    kind = inject.payload.kind or ("text" if inject.payload.text is not None else None)
    if kind is None or inject_id not in record.done:
        return None
    return next(
        (
            sent
            for sent in record.sent
            if sent.sender == inject.sender and sent.kind == kind and sent.at_us >= record.done[inject_id]
        ),
        None,
    )


def reached(record: Record) -> dict[tuple[str, str, str], dict[str, int]]:
    """When each message reached each nation, by centre, sender and id.

    An extract bears no id; the sender's own event and those of others that were shown it whole tell under
    which name it went.
    """
    ids: dict[tuple[str, str], tuple[str, str, str]] = {}
    first: dict[tuple[str, str], dict[str, int]] = {}
    for nation, events in record.delivered.items():
        for delivered in events:
            message = delivered.event.get("message", {})
            if "reference" not in delivered.event:
                continue
            key = (delivered.centre, str(delivered.event["reference"]))
            first.setdefault(key, {}).setdefault(nation, delivered.known_us)
            if "id" in message:
                ids[key] = (delivered.centre, str(message["sender"]), str(message["id"]))
    return {ids[key]: times for key, times in first.items() if key in ids}


def names_of(record: Record) -> dict[tuple[str, str], str]:
    """Ids of messages by the centre and every name under which somebody was shown them."""
    found: dict[tuple[str, str], str] = {}
    for events in record.delivered.values():
        for delivered in events:
            message = delivered.event.get("message", {})
            if "reference" in delivered.event and "id" in message:
                found[delivered.centre, str(delivered.event["reference"])] = str(message["id"])
    for sent in record.sent:
        for name in (str(sent.message["id"]), sent.digest):
            found.setdefault((sent.centre, name), str(sent.message["id"]))
    return found


def about(sent: Sent, ids: Mapping[tuple[str, str], str]) -> Iterator[str]:
    """Ids of the messages that a message is about: what it acknowledges, answers, puts right, takes back."""
    body = sent.body
    single = [body["query"]] if "query" in body else []
    single += [body["refers_to"]["id"]] if "refers_to" in body else []
    other = "data" if sent.centre == "coordination" else "coordination"
    for centre, names in (
        (sent.centre, [*body.get("about", ()), *single]),
        (other, body.get("elsewhere", ())),
    ):
        for name in names:
            if (centre, name) in ids:
                yield ids[centre, name]
