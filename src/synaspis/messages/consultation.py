"""What partners say to each other: texts, questions and answers, what is taken back or put right."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from synaspis.core.clock import from_rfc3339
from synaspis.messages.fields import (
    Instant,
    Kind,
    MessageId,
    MessageIdOrDigest,
    Name,
    Number,
    Prose,
    Reference,
    WireModel,
)

About = Annotated[tuple[MessageIdOrDigest, ...], Field(fail_fast=True, max_length=16)]


class Text(WireModel):
    """A free text."""

    kind: ClassVar[Kind] = "text"

    subject: Name | None = Field(default=None, description="In a few words, at most 80 characters.")
    text: Prose = Field(description="At most 4,000 characters; lines end with a line feed.")
    about: About = Field(
        default=(), description="What it is about: ids of messages or SHA-256 of envelopes; at most 16."
    )


class QueryFinding(WireModel):
    """One thing about a report that does not fit."""

    rule: Name = Field(description="Id of the rule or check that found it.")
    text: Prose = Field(description="What was found, in a sentence.")
    margin: Number | None = Field(
        default=None, description="By how much, in `unit`; negative: beyond the limit."
    )
    unit: Name | None = Field(default=None, description="Unit of `margin`, such as `s` or `m`.")


class AmbiguityQuery(WireModel):
    """A question about reports that do not fit together or cannot be true."""

    kind: ClassVar[Kind] = "ambiguity-query"

    about: Annotated[tuple[MessageIdOrDigest, ...], Field(fail_fast=True, min_length=1, max_length=16)] = (
        Field(description="What it is about: ids of messages or SHA-256 of envelopes; 1 to 16.")
    )
    question: Prose = Field(description="What is asked; at most 4,000 characters.")
    findings: Annotated[tuple[QueryFinding, ...], Field(fail_fast=True, max_length=32)] = Field(
        default=(), description="What does not fit, with margins; at most 32."
    )
    answer_by: Instant | None = Field(default=None, description="By when an answer is asked for, UTC.")

    @property
    def answer_by_us(self) -> int | None:
        """By when an answer is asked for, microseconds since the Unix epoch."""
        return None if self.answer_by is None else from_rfc3339(self.answer_by)


class AmbiguityAnswer(WireModel):
    """The answer to a question."""

    kind: ClassVar[Kind] = "ambiguity-answer"

    query: MessageId = Field(description="The `id` of the ambiguity query.")
    position: Literal["maintained", "corrected", "withdrawn", "not-known"] = Field(
        description="What becomes of the report: it stands, a correction follows, a cancellation follows, "
        "or the sender cannot say."
    )
    answer: Prose = Field(description="At most 4,000 characters.")


class Cancellation(WireModel):
    """Takes back a message of the same sender: the launch is called off, or the report was none."""

    kind: ClassVar[Kind] = "cancellation"

    refers_to: Reference = Field(description="The message that is taken back.")
    reason: Prose | None = Field(default=None, description="Why; at most 4,000 characters.")
