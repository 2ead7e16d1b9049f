"""Responses that were agreed on beforehand: which words call for them, who acknowledges, and by when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import Field, ValidationInfo, field_validator

from synaspis.coordination.heard import Heard
from synaspis.core.claims import WRITTEN_SHORT
from synaspis.core.clock import SECOND_US
from synaspis.core.documents import FrozenModel, Rejected, nearest, parse, read_document
from synaspis.core.errors import Fault, InputError
from synaspis.core.quantity import Measure, of_dimension
from synaspis.messages import BODIES

_DATA: Final = Path(__file__).resolve().parents[1] / "data" / "responses"

Text = Annotated[str, Field(min_length=1, max_length=400)]
Identifier = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]
Within = Annotated[Measure, WRITTEN_SHORT, of_dimension("time", at_least=1.0, at_most=86_400.0)]


class Trigger(FrozenModel):
    """What calls for a response: a kind of message, and words in it."""

    kind: Text = Field(description="Kind of message.")
    words: tuple[Text, ...] = Field(
        default=(),
        description="Any of these stands in it, in whatever case; every message of the kind if left out.",
    )

    @field_validator("kind")
    @classmethod
    def _is_a_kind(cls, kind: str) -> str:
        if kind not in BODIES:
            raise Rejected(Fault(f"{kind!r} is no kind of message", remedy=nearest(kind, tuple(BODIES))))
        return kind

    def fits(self, message: Heard) -> bool:
        """Whether a message, as far as it is shown, calls for it."""
        if message.kind != self.kind:
            return False
        shown = "\n".join(_texts(message.body)).casefold()
        return not self.words or any(word.casefold() in shown for word in self.words)


class PlannedResponse(FrozenModel):
    """One response."""

    name: Text = Field(description="Name as people say it.")
    says: Text = Field(description="What is done, in a sentence or two, by those who acknowledge it.")
    triggers: tuple[Trigger, ...] = Field(
        default=(), description="What calls for it; it is shown as called for, and nothing is done by itself."
    )
    acknowledged_by: tuple[Text, ...] = Field(description="Partners that acknowledge it, at least one.")
    within: Within = Field(description="Time for their acknowledgement, from when it was set going.")

    @field_validator("acknowledged_by")
    @classmethod
    def _by_somebody(cls, partners: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if not partners:
            raise Rejected(Fault("nobody acknowledges it", remedy="Name a partner."))
        return partners

    @property
    def within_us(self) -> int:
        """Time for an acknowledgement, microseconds."""
        return round(self.within.si * SECOND_US)


class Responses(FrozenModel):
    """A document of pre-planned responses."""

    schema_: Literal["responses/1"] = Field(alias="schema", description="Form of the file.")
    id: Identifier = Field(description="Name of the file without its ending.")
    name: Text = Field(description="Title.")
    summary: Text = Field(description="Who agreed on what.")
    responses: Mapping[Identifier, PlannedResponse] = Field(min_length=1, description="Responses by id.")

    def called_for(self, message: Heard) -> Iterator[str]:
        """Ids of the responses that a message calls for."""
        for name, response in self.responses.items():
            if any(trigger.fits(message) for trigger in response.triggers):
                yield name


@cache
def responses_ids() -> tuple[str, ...]:
    """Ids of the documents that come with the package, in alphabetical order."""
    return tuple(sorted(path.stem for path in _DATA.glob("*.yaml")))


def load_responses(name: str | Path) -> Responses:
    """Load a document of responses; name: id of a packaged one, or a path.

    Raises InputError with every fault of the file.
    """
    if isinstance(name, str) and name in responses_ids():
        return parse(Responses, read_document(_DATA / f"{name}.yaml"))
    path = Path(name)
    if not path.is_file():
        remedy = f"{nearest(str(name), responses_ids())} Or give the path of a file.".strip()
        raise InputError(Fault(f"there are no responses {str(name)!r}", remedy=remedy))
    return parse(Responses, read_document(path))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part)
