"""Where the centre is kept: in a process of its own, or on a thread of this one.

The process that holds connections is the one that strangers reach. The centre beside it holds the keys that
sign, the secret of the commitments, and the right to write to the store; the two share one pair of sockets.
"""

from __future__ import annotations

import base64
import gc
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

from synaspis.agreement import Item, load_book
from synaspis.core.clock import Clock, SystemClock, from_rfc3339
from synaspis.core.errors import Fault, InputError
from synaspis.core.files import write_atomically
from synaspis.exchange.accepted import Accepted
from synaspis.exchange.centre import Centre
from synaspis.exchange.examine import examine
from synaspis.exchange.keys import CentreKeys
from synaspis.exchange.partners import Partner
from synaspis.exchange.settings import Settings, load_settings
from synaspis.exchange.store.sqlite_store import SqliteStore
from synaspis.fusion import prepare
from synaspis.messages import PublicKey, example_message, read_message
from synaspis.messages.rulebook import packaged_rules
from synaspis.messages.rules import notification_findings
from synaspis.server.backing import Stored, open_store
from synaspis.server.folder import DataFolder, PartnerDocument
from synaspis.server.journal import Journal
from synaspis.server.keeper import Keeper
from synaspis.server.line import Line, LineClosed, Pulse, Request
from synaspis.server.node import PUBLIC_KEYS

COLLECT_AFTER: Final = (200_000, 50, 1_000)
"""Objects made, and collections of younger ones, after which Python looks for cycles."""

OPEN: Final = "open"
"""The first request to a keeper in a process of its own: the folder, and 1 if it is to wait for the store."""

_SECONDS: Final = 30.0
_MAIN: Final = "import sys; from synaspis.server.keeping import main; main(int(sys.argv[1]))"


class Ready(NamedTuple):
    """The first word of a keeper: what connections need to know of it."""

    settings: Settings
    public_keys: dict[str, Any]
    pulse: Pulse


@dataclass(frozen=True)
class Kept:
    """A centre that is kept. end: of the line to its keeper. wait: until the keeper has let go of it all."""

    end: socket.socket
    ready: Ready
    wait: Callable[[], object]


def keep_on_thread(data: DataFolder, *, clock: Clock, journal: Journal, waits: bool) -> Kept:
    """Open the centre of a folder and keep it on a thread. Raises InputError with every fault."""
    here, there = socket.socketpair()
    try:
        centre, store, ready = _open(data, clock, journal, waits)
    except BaseException:
        here.close()
        there.close()
        raise
    keeper = Keeper(
        centre, Line(there, keeps=True), clock=clock, journal=journal, requests=_requests(data, centre, store)
    )

    def run() -> None:
        try:
            keeper.run()
        except Exception as error:
            journal.defect(error)
        finally:
            store.close()

    # A daemon, so that a program which forgets to end it can end; what it has acknowledged is stored.
    thread = threading.Thread(target=run, name="centre", daemon=True)
    thread.start()
    return Kept(here, ready, partial(thread.join, _SECONDS))


def keep_apart(data: DataFolder, *, waits: bool) -> Kept:
    """Open the centre of a folder in a process of its own. Raises InputError with every fault."""
    here, there = socket.socketpair()
    with there:
        process = subprocess.Popen(
            [sys.executable, "-c", _MAIN, str(there.fileno())],
            pass_fds=(there.fileno(),),
            stdin=subprocess.DEVNULL,
        )
    line = Line(here, keeps=False)
    try:
        line.send(Request(0, OPEN, (str(data.path), int(waits))))
        ready = None
        while ready is None:
            ready = next(iter(line.receive(_SECONDS)), None)
    except LineClosed:
        line.close()
        status = process.wait()
        what = f"the process that keeps the centre ended while it started, with status {status}"
        raise InputError(Fault(what, remedy="What it has said stands above.")) from None
    except BaseException:
        line.close()
        process.wait()
        raise
    if isinstance(ready, InputError):
        line.close()
        process.wait()
        raise ready
    assert isinstance(ready, Ready)
    return Kept(here, ready, partial(process.wait, _SECONDS))


def _open(data: DataFolder, clock: Clock, journal: Journal, waits: bool) -> tuple[Centre, Stored, Ready]:
    journal.write("preparing")
    load_book(data.book)
    settings, keys = load_settings(data.file("centre.yaml")), CentreKeys.load(data.file("keys"))
    _warm_up()
    store = open_store(data, data.server(), journal, waits=waits)
    try:
        # Read now, not before the wait.
        documents, book = data.partners(), load_book(data.book)
        centre = Centre(
            settings,
            book,
            keys,
            store,
            clock,
            log_folder=data.log,
            partners=partners_of(documents),
            rules=partial(notification_findings, rulebook=packaged_rules()),
            questioner=examine,
        )
        return centre, store, Ready(settings, _public_keys(data, keys), Pulse(clock.now_us()))
    except BaseException:
        store.close()
        raise


def _requests(data: DataFolder, centre: Centre, store: Stored) -> dict[str, Callable[..., Any]]:
    """What connections may ask of a centre in service."""

    def read_partners() -> None:
        centre.partners = partners_of(data.partners())

    def read_book() -> None:
        centre.adopt(load_book(data.book))

    return {
        "pending": lambda: centre.pending,
        "checkpoint": centre.checkpoint,
        "proof": centre.proof,
        "consistency": centre.consistency,
        "cosign": centre.add_cosignature,
        "read_partners": read_partners,
        "read_book": read_book,
        "may_write": lambda: isinstance(store, SqliteStore) or store.may_write(),
    }


def partners_of(documents: Mapping[str, PartnerDocument]) -> dict[str, Partner]:
    """Partners as the centre knows them; operators are none of its matter."""
    found = {}
    for name, document in documents.items():
        key = document.public_key
        if key is not None:
            former = tuple(
                (PublicKey(each.raw), from_rfc3339(each.valid_until)) for each in document.former_keys
            )
            active = document.status == "active"
            found[name] = Partner(PublicKey(key), former, document.witness_vkey, active)
    return found


def _warm_up() -> None:
    """Examine a report and fuse some now. Kernels are loaded in a second, which no tick has to spare; after
    an installation they are compiled in half a minute, in which partners would give up.
    """
    prepare()
    message = read_message(example_message("launch-report"))
    examine(Accepted(message, Item("", "warning", message.label), b"", "", 0, b"", b""), ())


def _public_keys(data: DataFolder, keys: CentreKeys) -> dict[str, object]:
    """What ``/v1/keys`` says; it also lies in a file, for nodes that have no private keys."""
    public: dict[str, object] = {
        "centre": base64.b64encode(keys.message.public.raw).decode(),
        "log": [signer.vkey for signer in keys.log],
    }
    place, text = data.key(PUBLIC_KEYS), json.dumps(public, indent=1) + "\n"
    if not place.is_file() or place.read_text("utf-8") != text:
        write_atomically(place, text)
    return public


def _end_with(end: socket.socket) -> None:
    """End this process when the other end of a socket is gone: a keeper without connections keeps nobody
    else from keeping the centre. It may end in the middle of a tick, as a crash would.
    """

    def watch() -> None:
        poll = select.poll()
        poll.register(end, 0)  # hang-ups are told without being asked for
        poll.poll()
        os._exit(1)

    threading.Thread(target=watch, name="watch", daemon=True).start()


def main(end: int) -> None:
    """Keep a centre in this process, as the first word on the line says. end: number of its socket."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # They come to both processes of a terminal or a supervisor; the one with the connections says what
        # is to be done.
        signal.signal(number, signal.SIG_IGN)
    clock = SystemClock()
    journal = Journal(clock)
    journal.take_over_logging()
    with socket.socket(fileno=end) as here:
        line = Line(here, keeps=True)
        _end_with(here)
        folder, waits = line.receive(_SECONDS)[0].arguments
        data = DataFolder(Path(folder))
        try:
            centre, store, ready = _open(data, clock, journal, bool(waits))
        except InputError as error:
            line.send(error)
            return
        requests = _requests(data, centre, store)
        keeper = Keeper(centre, line, clock=clock, journal=journal, requests=requests)
        # Looking for cycles among all that is kept in memory would stop a tick for a tenth of a second; what
        # the program itself consists of is never looked at again.
        gc.collect()
        gc.freeze()
        gc.set_threshold(*COLLECT_AFTER)
        line.send(ready)
        try:
            keeper.run()
        finally:
            store.close()
