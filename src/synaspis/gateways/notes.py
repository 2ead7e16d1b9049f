"""Notes from other programs: which event may become a `text` message, and under which label.

A gateway has a label of its own, that of everything which comes in through it. A note may be marked more
strictly, never more freely: it goes out under both together, so that nobody sees it who could not see either.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from synaspis.agreement.label import CLASSIFICATIONS, RELEASABLE_TO, Category, Label, combine
from synaspis.core.clock import SECOND_US
from synaspis.core.errors import Fault, InputError
from synaspis.gateways._cot_xml import EXERCISE
from synaspis.gateways.carried import Carried, NotCarried
from synaspis.gateways.cot_stream import CotRead, is_exercise
from synaspis.gateways.cot_told import OURS

CHAT: Final = "b-t-f"
"""GeoChat; what begins so and goes on is a receipt."""

SPOT: Final = "b-m-p-s"
"""Spot on a map, of whatever shape."""

AGE_MAX_US: Final = 600 * SECOND_US
"""A note that is older is refused: it would be read as news."""

AHEAD_MAX_US: Final = 60 * SECOND_US
"""Clocks of clients may be so far ahead."""

TEXT_MAX: Final = 4_000
SUBJECT_MAX: Final = 80


@dataclass(frozen=True, slots=True)
class Note:
    """What becomes a `text` message. key: the same for the same note sent twice."""

    key: str
    subject: str
    text: str
    label: Label
    exercise: str | None


def is_note(event: CotRead) -> bool:
    """Whether an event is one that people write for people: chat, or a spot with words.

    What a gateway wrote is none: two of them at one TAK server would hand each other's words on for ever.
    """
    if event.uid.removeprefix("GeoChat.").startswith(OURS):
        return False
    return event.type == CHAT or event.type.startswith(SPOT)


def note_of(event: CotRead, *, standing: Label, exercise: str | None, now_us: int) -> Carried[Note]:
    """Review an event and make a note of it.

    standing: label of the gateway. exercise: name of the exercise that the gateway belongs to, None in
    earnest. now_us: when it came.
    Raises InputError with every reason against it: no words, too old or in the future, of another exercise
    or mixed with what is meant in earnest, a caveat or classification that is not understood, a label that
    cannot be combined with that of the gateway or is for nobody then.
    """
    faults = [*_words_faults(event, now_us), *_exercise_faults(event, exercise)]
    label = standing
    try:
        label = _reviewed(event, standing)
    except InputError as error:
        faults += error.faults
    if faults:
        raise InputError(faults)
    where = f"at {event.latitude_deg:.5f},{event.longitude_deg:.5f}" if event.type != CHAT else ""
    who = event.callsign or event.uid
    subject = " ".join(filter(None, ("Chat" if event.type == CHAT else "Spot", "by", who)))[:SUBJECT_MAX]
    text = "\n".join(filter(None, (event.remarks, where)))
    note = Note(f"{event.uid}/{event.time_us}", subject, text[:TEXT_MAX], label, exercise)
    return Carried(note, tuple(_left_out(event)))


def _words_faults(event: CotRead, now_us: int) -> Iterator[Fault]:
    if not event.remarks:
        yield Fault("there are no words in it", "remarks", "Write what you want to say.")
    if event.time_us < now_us - AGE_MAX_US:
        age_s = (now_us - event.time_us) // SECOND_US
        yield Fault(f"it is {age_s} s old; at most {AGE_MAX_US // SECOND_US} are taken", "time")
    if event.time_us > now_us + AHEAD_MAX_US:
        ahead_s = (event.time_us - now_us) // SECOND_US
        yield Fault(f"it is {ahead_s} s in the future", "time", "Set the clock of the client.")


def _exercise_faults(event: CotRead, exercise: str | None) -> Iterator[Fault]:
    if event.caveat not in ("", EXERCISE):
        what = f"the caveat {event.caveat!r} cannot be handed on"
        yield Fault(what, "caveat", "Write it into a label, or leave it out.")
    if exercise is None and is_exercise(event):
        remedy = "Use the gateway of the exercise."
        yield Fault("it belongs to an exercise, and this gateway is for what is meant in earnest", "", remedy)
    if exercise is not None and event.exercise not in (None, exercise):
        yield Fault(f"it belongs to the exercise {event.exercise!r}, this gateway to {exercise!r}")


def _reviewed(event: CotRead, standing: Label) -> Label:
    """The label of the gateway and that of the event together."""
    own = event.label
    if own is None and not (event.access or event.releasable_to):
        return standing
    if own is None:
        if event.access and event.access not in CLASSIFICATIONS:
            what = f"{event.access!r} is no classification"
            raise InputError(Fault(what, "access", f"Write one of {', '.join(CLASSIFICATIONS)}."))
        named = (Category(RELEASABLE_TO, "PERMISSIVE", event.releasable_to),) if event.releasable_to else ()
        own = Label(standing.policy, event.access or standing.classification, named)
    label = combine([standing, own])
    for category in label.categories:
        if category.type == "PERMISSIVE" and not category.values:
            what = f"together with the label of the gateway it is for nobody ({category.tag})"
            raise InputError(Fault(what, "label", "Name a recipient that the gateway may write to."))
    return label


def _left_out(event: CotRead) -> Iterator[NotCarried]:
    of = f"note {event.uid[:60]}"
    if event.type == CHAT and (event.latitude_deg or event.longitude_deg):
        yield NotCarried(of, "place", "a chat is words")
    if event.type != CHAT and event.hae_m is not None:
        yield NotCarried(of, "height", "a text has no field for it")
    for tag in event.extra:
        yield NotCarried(of, tag, "a text has no field for it")
