"""A centre and its partners in one process and in simulated time, without a network.

One seed gives all keys, one script all messages, one clock all instants: the same rehearsal gives the same
bytes. Its keys are derived from the seed, so that it never stands for a centre in service.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from synaspis.agreement import AgreementBook, Label
from synaspis.core.clock import ManualClock
from synaspis.exchange.answers import Answer, Ticket
from synaspis.exchange.centre import Centre
from synaspis.exchange.intake import Examine
from synaspis.exchange.keys import CentreKeys
from synaspis.exchange.partners import Partner
from synaspis.exchange.questions import Questioner
from synaspis.exchange.settings import Settings
from synaspis.exchange.store.sqlite_store import SqliteStore
from synaspis.exchange.store.storage import FeedEvent, Store
from synaspis.log import Witness, generate_signer
from synaspis.messages import Body, SigningKey, new_message, seal, write_message


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a script: who says what, when it is sent and when it arrives at the centre.

    sent_at_us, arrives_us: microseconds since the epoch. id: 32 hex digits; left out, one is made from
    sender, instant and body.
    """

    sender: str
    body: Body
    label: Label
    sent_at_us: int
    arrives_us: int
    id: str = ""
    exercise: str | None = None


def secret(seed: int, purpose: str) -> bytes:
    """Thirty-two bytes for one purpose of a rehearsal; not for service."""
    return hashlib.sha256(f"synaspis rehearsal {seed} {purpose}".encode()).digest()


class Rehearsal:
    """A centre with its partners.

    book: agreements. start_us: first instant, microseconds since the epoch. log_folder: public files of the
    log. partners: who takes part; everybody in the book if it is left out. store: one in memory if left out.
    seed: of all keys. log_algorithms: of the signatures of its log; those of ml-dsa-44 hold randomness of
    their own, so that checkpoints differ from one rehearsal to the next unless it is left out.
    """

    def __init__(
        self,
        book: AgreementBook,
        start_us: int,
        log_folder: Path | str,
        *,
        settings: Settings | None = None,
        partners: Sequence[str] = (),
        store: Store | None = None,
        rules: Examine | None = None,
        questioner: Questioner | None = None,
        seed: int = 1,
        log_algorithms: Sequence[str] = ("ed25519", "ml-dsa-44"),
    ) -> None:
        self.settings = Settings() if settings is None else settings
        self.clock = ManualClock(start_us)
        self.store: Store = SqliteStore.in_memory() if store is None else store
        names = tuple(partners) or tuple(book.membership.partners)
        self.keys = {name: SigningKey(secret(seed, f"message key of {name}")) for name in names}
        self._witness_keys = {
            name: generate_signer(
                f"{name}-witness", "ed25519-cosignature", secret(seed, f"witness of {name}")
            )
            for name in names
        }
        origin = self.settings.origin
        self.centre_keys = CentreKeys(
            SigningKey(secret(seed, "centre")),
            tuple(
                generate_signer(origin, algorithm, secret(seed, f"log {algorithm}"))
                for algorithm in log_algorithms
            ),
            secret(seed, "commitments"),
        )
        self.partners: Mapping[str, Partner] = {
            name: Partner(key.public, witness_vkey=self._witness_keys[name].vkey)
            for name, key in self.keys.items()
        }
        self.received: dict[str, list[FeedEvent]] = {name: [] for name in names}
        self._folder, self._rules, self._questioner = Path(log_folder), rules, questioner
        self.centre = self._start(book)

    def _start(self, book: AgreementBook | None) -> Centre:
        return Centre(
            self.settings,
            book,
            self.centre_keys,
            self.store,
            self.clock,
            log_folder=self._folder,
            partners=self.partners,
            rules=self._rules,
            questioner=self._questioner,
            announce=self._deliver,
        )

    def _deliver(self, events: Mapping[str, Sequence[FeedEvent]]) -> None:
        for name, news in events.items():
            self.received.setdefault(name, []).extend(news)

    def restart(self) -> None:
        """Forget everything in memory, as a crash does, and start again from the store."""
        self.centre = self._start(None)

    def envelope(self, line: Line) -> bytes:
        """What its sender signs for a line of the script."""
        message_id = line.id
        if not message_id:
            drawn = f"{line.sender} {line.sent_at_us} {line.body.model_dump_json()}"
            message_id = hashlib.sha256(drawn.encode()).hexdigest()[:32]
        message = new_message(
            line.body,
            sender=line.sender,
            label=line.label,
            sent_at_us=line.sent_at_us,
            id=message_id,
            exercise=line.exercise,
        )
        return seal(write_message(message), self.keys[line.sender])

    def submit(self, line: Line) -> Ticket:
        """Hand a line to the centre now, whatever its time of arrival."""
        return self.centre.submit(line.sender, self.envelope(line))

    def play(self, script: Iterable[Line], until_us: int) -> list[Ticket]:
        """Hand in every line at its time of arrival and tick at every instant of the grid.

        Lines that arrive before the clock are late and handed in at once. Returns the tickets, in the order
        of arrival; the clock stands at the last instant of the grid before `until_us`, or on it.
        """
        waiting = sorted(script, key=lambda line: line.arrives_us)
        tickets: list[Ticket] = []
        while (tick_us := self.centre.next_tick_us()) <= until_us:
            while waiting and waiting[0].arrives_us <= tick_us:
                line = waiting.pop(0)
                self.clock.set(max(self.clock.now_us(), line.arrives_us))
                tickets.append(self.submit(line))
            self.clock.set(tick_us)
            self.centre.tick()
            self.centre.examine_pending()
        return tickets

    def witness(self, partner: str, folder: Path | str) -> Witness:
        """The witness of a partner, with its state in a folder."""
        return Witness(
            folder, self._witness_keys[partner], [signer.verifier for signer in self.centre_keys.log]
        )


def answers(tickets: Iterable[Ticket]) -> list[Answer]:
    """The answers of tickets that are all answered."""
    found = [ticket.answer for ticket in tickets]
    return [answer for answer in found if answer is not None]
