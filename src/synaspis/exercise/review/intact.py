"""Whether a store still holds what the log of its centre was sealed over.

A review tells what the stores say, so that a byte changed in one would change what it tells. Every entry is
in the log as a salted hash, and the checkpoint is made over all of them: what is reviewed is held against it
first. Whoever changes log and store together can make another history; against that there are cosignatures.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Final

from synaspis.core.clock import to_rfc3339
from synaspis.core.errors import Fault, InputError
from synaspis.exchange.intake import payload_of
from synaspis.exchange.store.sqlite_store import SqliteStore
from synaspis.exchange.store.storage import Entry, Seal, Submission
from synaspis.log import Checkpoint, commitment, root_hash
from synaspis.log.note import split_note
from synaspis.messages.strict import canonical_json

_PAGE: Final = 5_000
_TOLD: Final = 5

_Release = tuple[str, int, tuple[bytes, bytes]]
_CHECKPOINT: Final = Path("log") / "checkpoint"
_REMEDY: Final = "Put the store back as the run left it."


def check_store(store: SqliteStore, centre: str, folder: Path) -> None:
    """Hold a store against its log.

    centre: whose it should be. folder: of the centre. Raises InputError with the first few places at which
    something was changed.
    """
    source = str(folder / "centre.sqlite")
    try:
        found = [what for what, _ in zip(_changes(store, centre, folder), range(_TOLD), strict=False)]
    except InputError as error:
        found = [each.what for each in error.faults]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        found = [f"the store holds what no centre writes: {error}"]
    if found:
        raise InputError(Fault(what, source=source, remedy=_REMEDY) for what in found)


def _changes(store: SqliteStore, centre: str, folder: Path) -> Iterator[str]:
    # The centre may be writing still: each is read before that on which it rests.
    public = folder / _CHECKPOINT
    notes = [public.read_bytes()] if public.is_file() else []
    seal = store.last_seal()
    if seal is None or not (policies := store.policies()):
        yield "the store is empty: nothing was played with it"
        return
    leaves = store.leaves(0, seal.size)
    yield from _heads(leaves, centre, [seal.note, *notes])
    releases, messages = list(_releases(store)), list(_messages(store))
    entries = _entries(store)
    yield from _sealed(seal, leaves, entries, {each.record for _, each in messages}, releases)
    known = {(entry.record, entry.salt) for entry in entries.values()}
    books = {json.loads(record).get("book") for record, _ in known}
    for policy in policies:
        if sha256(policy.book.encode()).hexdigest() not in books:
            yield "the agreements in the store are not those that the log names"
    for recipient, counter, release in releases:
        if release not in known:
            yield f"event {counter} of {recipient} is not the one that the log has"
    for row, entry in messages:
        yield from _of_submission(row, entry)


def _heads(leaves: list[bytes], centre: str, notes: list[bytes]) -> Iterator[str]:
    """Checkpoints of the store and of the public log, against the leaves."""
    for note in notes:
        head = Checkpoint.parse(split_note(note)[0])
        if head.origin.rpartition("/")[2] != centre:
            yield f"the log is that of {head.origin}, and not of the {centre} centre"
        elif head.size > len(leaves) or root_hash(leaves[: head.size]) != head.root:
            yield f"the leaves of the log do not give the root of its checkpoint of size {head.size:,}"


def _sealed(
    seal: Seal, leaves: list[bytes], entries: dict[int, Entry], messages: set[bytes], releases: list[_Release]
) -> Iterator[str]:
    """Entries that were sealed, each against its leaf and against what was stored with it."""
    hashed, stored = set(leaves), {record for _, _, (record, _) in releases} | messages
    for number in range(1, seal.entry + 1):
        entry = entries.get(number)
        if entry is None or commitment(entry.record, entry.salt) not in hashed:
            yield f"entry {number} is not the one that was sealed"
        elif json.loads(entry.record)["type"] in ("release", "submission") and entry.record not in stored:
            yield f"what the log has as entry {number} is missing"


def _entries(store: SqliteStore) -> dict[int, Entry]:
    found: dict[int, Entry] = {}
    after = 0
    while page := store.entries(after, _PAGE):
        found.update(page)
        after = page[-1][0]
    return found


def _messages(store: SqliteStore) -> Iterator[tuple[Submission, Entry]]:
    after = 0
    while page := store.submissions(after, _PAGE):
        yield from page
        after = page[-1][0].entry


def _releases(store: SqliteStore) -> Iterator[_Release]:
    """Every event with its recipient, its counter, and record and salt that it should have in the log."""
    for recipient in sorted(store.counters()):
        after = 0
        while events := store.feed(recipient, after, _PAGE):
            for event in events:
                hashed = sha256(event.data).hexdigest()
                told = {"counter": event.counter, "event": hashed, "recipient": recipient, "type": "release"}
                yield recipient, event.counter, (canonical_json(told), event.salt)
            after = events[-1].counter


def _of_submission(row: Submission, entry: Entry) -> Iterator[str]:
    record = json.loads(entry.record)
    hashed = sha256(row.envelope).hexdigest()
    message = json.loads(payload_of(row.envelope))
    held = (hashed, row.digest, row.sender, row.kind, to_rfc3339(row.received_us))
    logged = (
        record["envelope"],
        record["envelope"],
        record["sender"],
        message["kind"],
        record["received_at"],
    )
    if held != logged:
        yield f"message {row.entry} of {row.sender} is not the one that the log has"
