"""A day at a centre, written down: who reports what and when, played under the agreements of one's choice.

The same script under two books of agreements shows what a clause is worth in knowledge: who knew what, when,
why and why not.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field, field_validator

from synaspis.agreement import AgreementBook, Category, Label, book_path, explain, load_book
from synaspis.core.claims import WRITTEN_SHORT
from synaspis.core.clock import SECOND_US, from_rfc3339, to_rfc3339
from synaspis.core.documents import FrozenModel, Rejected, nearest, parse, read_document
from synaspis.core.errors import Fault, InputError
from synaspis.core.quantity import Measure, of_dimension
from synaspis.exchange.describe import describe
from synaspis.exchange.examine import examine
from synaspis.exchange.rehearsal import Line, Rehearsal
from synaspis.exchange.settings import Settings
from synaspis.messages import new_message
from synaspis.messages.bodies import BODIES, read_body
from synaspis.messages.rulebook import packaged_rules
from synaspis.messages.rules import notification_findings

_DATA: Final = Path(__file__).resolve().parents[1] / "data" / "exchanges"
_TICK_US: Final = SECOND_US
_AFTER_US: Final = 120 * SECOND_US
"""Played on after each step, for what is released with a delay."""

Text = Annotated[str, Field(min_length=1)]
Since = Annotated[Measure, WRITTEN_SHORT, of_dimension("time", at_least=0.0, at_most=30 * 86400.0)]


class Marking(FrozenModel):
    """How a message of a script is marked; what is left out is the lowest there is."""

    classification: Text | None = Field(
        default=None, description="One of the book's; the lowest if left out."
    )
    categories: Mapping[Text, Text] = Field(default={}, description="Value of each category, by its tag.")


class Step(FrozenModel):
    """One message."""

    at: Since = Field(description="Since the start of the script.")
    sender: Text = Field(description="Partner that sends it.")
    kind: Text = Field(description="Kind of message.")
    id: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")] | None = Field(
        default=None,
        description="32 hex digits, by which later messages refer to it; made from its content if left out.",
    )
    label: Marking = Field(default=Marking(), description="How it is marked.")
    body: Annotated[Mapping[str, Any], BeforeValidator(lambda given: given)] = Field(
        description="What it says; see the formats of messages."
    )

    @field_validator("kind")
    @classmethod
    def _is_a_kind(cls, kind: str) -> str:
        if kind not in BODIES:
            raise Rejected(Fault(f"{kind!r} is no kind of message", remedy=nearest(kind, tuple(BODIES))))
        return kind


class Script(FrozenModel):
    """A file that tells one day at a centre."""

    schema_: Literal["exchange-script/1"] = Field(alias="schema", description="Form of the file.")
    id: Text = Field(description="Name of the file without its ending.")
    name: Text = Field(description="Name as people say it.")
    summary: Text = Field(description="What happens, in a sentence or two.")
    agreements: Text = Field(description="Book of agreements that it is played under: id or path.")
    exercise: Text | None = Field(
        default=None, description="Name of the exercise that all messages carry; left out in earnest."
    )
    starts: Text = Field(description="First instant, such as 2022-03-24T07:00:00Z.")
    steps: tuple[Step, ...] = Field(description="Messages in order, at least one.")
    sources: tuple[Text, ...] = Field(default=(), description="Ids of the source list.")

    @field_validator("steps")
    @classmethod
    def _not_empty(cls, steps: tuple[Step, ...]) -> tuple[Step, ...]:
        if not steps:
            raise Rejected(Fault("a script without a step"))
        return steps

    @field_validator("starts")
    @classmethod
    def _is_an_instant(cls, starts: str) -> str:
        try:
            from_rfc3339(starts)
        except ValueError as error:
            raise Rejected(Fault(str(error))) from None
        return starts


@dataclass(frozen=True, slots=True)
class Saw:
    """What one partner saw of a script, as plain JSON values.

    received: its own events in order. withheld: messages that it did not get, each with the reasons.
    """

    partner: str
    received: tuple[Mapping[str, Any], ...]
    withheld: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Played:
    """A script that was played: under which book, and what each partner saw."""

    script: Script
    book: str
    saw: tuple[Saw, ...]

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        partners = {
            saw.partner: {"received": list(saw.received), "withheld": list(saw.withheld)} for saw in self.saw
        }
        return {"script": self.script.id, "agreements": self.book, "partners": partners}


@cache
def script_ids() -> tuple[str, ...]:
    """Ids of the scripts that come with the package, in alphabetical order."""
    return tuple(sorted(path.stem for path in _DATA.glob("*.yaml")))


def load_script(name: str | Path) -> tuple[Script, Path]:
    """Load a script and say where it lies; name: id of a packaged one, or a path.

    Raises InputError with every fault of the file.
    """
    path = _DATA / f"{name}.yaml"
    if not (isinstance(name, str) and name in script_ids()):
        path = Path(name)
        if not path.is_file():
            remedy = f"{nearest(str(name), script_ids())} Or give the path of a file.".strip()
            raise InputError(Fault(f"there is no script {str(name)!r}", remedy=remedy))
    return parse(Script, read_document(path)), path


def play(script: Script, path: Path, *, agreements: str | Path | None = None) -> Played:
    """Play a script on a centre in memory and tell what each partner saw, and why, and why not.

    path: of the script; a relative path of its book is seen from there. agreements: another book. The same
    script under the same book gives the same result. Raises InputError for a book, sender, label or body
    that is wrong, all of one kind together.
    """
    chosen = book_path(script.agreements, beside=None if "/" not in script.agreements else path.parent)
    book = load_book(chosen if agreements is None else agreements)
    lines = list(script_lines(script, book, str(path)))
    rules = packaged_rules()
    with TemporaryDirectory() as folder:
        rehearsal = Rehearsal(
            book,
            from_rfc3339(script.starts) - _TICK_US,
            folder,
            settings=Settings(tick_us=_TICK_US),
            rules=lambda message, received_us: notification_findings(message, received_us, rules),
            questioner=examine,
        )
        for line, following in zip_longest(lines, lines[1:]):
            rehearsal.clock.set(max(line.arrives_us, rehearsal.clock.now_us()))
            answer_to = rehearsal.submit(line)
            for ticks in range(_AFTER_US // _TICK_US):
                tick_us = rehearsal.centre.next_tick_us()
                # What follows soon must not come late; its own tick has answered this one by then.
                if ticks and following is not None and tick_us > following.arrives_us:
                    break
                rehearsal.clock.set(tick_us)
                rehearsal.centre.tick()
                rehearsal.centre.examine_pending()
            answer = answer_to.answer
            if answer is not None and answer.code:
                raise InputError(f"the centre refused the message of {line.sender} ({answer.code})")
        saw = tuple(_saw(name, rehearsal, lines, book) for name in sorted(book.membership.partners))
    return Played(script, book.id, saw)


def script_lines(
    script: Script, book: AgreementBook, source: str, *, wanted: Callable[[Step], bool] = lambda _step: True
) -> Iterator[Line]:
    """Messages of a script as lines to be played at a centre.

    book: agreements of that centre; its lowest label marks what is not marked. source: of the script, for
    faults. wanted: which steps go to that centre. Raises InputError with every sender and body that is wrong.
    """
    faults: list[Fault] = []
    for number, step in enumerate(script.steps):
        if not wanted(step):
            continue
        where = f"steps[{number}]"
        instant_us = from_rfc3339(script.starts) + round(step.at.si * SECOND_US)
        partners = book.membership.partners
        if step.sender not in partners:
            remedy = nearest(step.sender, partners)
            faults.append(
                Fault(f"{step.sender!r} is no partner of the book", f"{where}.sender", remedy, source)
            )
        try:
            body = read_body(step.kind, json.loads(json.dumps(step.body, default=_plain)))
        except Rejected as rejected:
            faults += [
                Fault(fault.what, f"{where}.body.{fault.where}".rstrip("."), fault.remedy, source)
                for fault in rejected.faults
            ]
            continue
        if not faults:
            label = _label(step.label, book)
            yield Line(step.sender, body, label, instant_us, instant_us, step.id or "", script.exercise)
    if faults:
        raise InputError(faults)


def _plain(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else list(value)


def _label(marking: Marking, book: AgreementBook) -> Label:
    lowest = book.default_label()
    domains = book.labels.categories
    faults = [
        Fault(f"unknown category {tag!r}", remedy=nearest(tag, tuple(domains)))
        for tag in marking.categories
        if tag not in domains
    ]
    if faults:
        raise InputError(faults)
    categories = tuple(
        Category(tag, domains[tag].label_type, (value,)) for tag, value in marking.categories.items()
    )
    return Label(lowest.policy, marking.classification or lowest.classification, categories)


def _saw(name: str, rehearsal: Rehearsal, lines: list[Line], book: AgreementBook) -> Saw:
    received = []
    for event in rehearsal.received.get(name, ()):
        told = json.loads(event.data)
        # Signed bytes and salts are for verifying, not for reading.
        received.append({key: value for key, value in told.items() if key not in ("envelope", "submission")})
    return Saw(name, tuple(received), tuple(_withheld(name, lines, book)))


def _withheld(name: str, lines: list[Line], book: AgreementBook) -> Iterator[dict[str, Any]]:
    """Yield the messages of which a partner got nothing, with the reasons."""
    for line in lines:
        message = new_message(
            line.body,
            sender=line.sender,
            label=line.label,
            sent_at_us=line.sent_at_us,
            id="0" * 32,
            exercise=line.exercise,
        )
        item = describe(message, book)
        policy = book.policy_on(date.fromisoformat(to_rfc3339(line.arrives_us)[:10]))
        if policy.decide(name, item).quality is None:
            yield {
                "kind": message.kind,
                "sender": message.sender,
                "sent_at": message.sent_at,
                "why_not": list(explain(policy, name, item)),
            }
