"""Settings of an exchange centre, read from `centre.yaml`: its clockwork, its log, its limits."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal

from pydantic import Field, ValidationInfo, field_validator

from synaspis.core.clock import SECOND_US
from synaspis.core.documents import FrozenModel, Rejected, parse, read_document
from synaspis.core.errors import Fault

SETTINGS_SCHEMA: Final = "synaspis.centre/1"


class Limits(FrozenModel):
    """What one partner may ask of the centre; more is refused, and the refusal says which limit it was."""

    envelope_bytes: int = Field(
        default=65_536, ge=1_024, le=1_048_576, description="largest envelope taken, bytes"
    )
    messages_per_s: float = Field(
        default=200.0, gt=0, le=100_000, description="messages a second that one partner may send over time"
    )
    burst: int = Field(
        default=1_000, ge=1, le=1_000_000, description="messages that one partner may send at once"
    )
    pending: int = Field(
        default=2_000,
        ge=1,
        le=1_000_000,
        description="messages of one partner that may wait for the next tick; of each partner apart, so that "
        "a full queue tells nothing about the others",
    )


class Settings(FrozenModel):
    """How a centre runs; every time is a whole number of microseconds.

    The tick is the grid of time on which submissions are taken, released and stored in one transaction; the
    seal is how often the log grows by a whole number of buckets and a checkpoint is signed.
    """

    schema_: Literal["synaspis.centre/1"] = Field(default=SETTINGS_SCHEMA, alias="schema")
    origin: str = Field(
        default="synaspis.example/centre",
        pattern=r"^[!-*,-~]{1,200}$",
        description="name of the log, first line of every checkpoint: no space and no plus sign",
    )
    exercise: str | None = Field(
        default=None,
        min_length=1,
        max_length=80,
        description="name of the exercise that the centre serves: it takes no message without this name; "
        "left out, it takes messages in earnest and of every exercise, and keeps them apart",
    )
    tick_us: int = Field(default=50_000, ge=1_000, le=10 * SECOND_US)
    seal_us: int = Field(default=SECOND_US, ge=10_000, le=3600 * SECOND_US)
    bucket: int = Field(
        default=64,
        ge=1,
        le=65_536,
        description="leaves to a multiple of which each checkpoint is padded; 1 pads nothing",
    )
    skew_past_us: int = Field(
        default=300 * SECOND_US,
        ge=0,
        le=86_400 * SECOND_US,
        description="how long before the centre's time a message may say it was sent",
    )
    skew_future_us: int = Field(
        default=5 * SECOND_US,
        ge=0,
        le=3600 * SECOND_US,
        description="how long after the centre's time a message may say it was sent",
    )
    snapshot_ticks: int = Field(
        default=200,
        ge=1,
        le=100_000,
        description="stored ticks between two snapshots of the state; a restart replays at most so many",
    )
    limits: Limits = Field(default=Limits())

    @field_validator("seal_us")
    @classmethod
    def _whole_ticks(cls, seal_us: int, info: ValidationInfo) -> int:
        tick_us = info.data.get("tick_us")
        if tick_us is not None and seal_us < tick_us:
            raise Rejected(
                Fault(
                    f"seals every {seal_us} us are closer than ticks every {tick_us} us",
                    remedy="Give seal_us at least the value of tick_us.",
                )
            )
        return seal_us


def load_settings(path: Path | str) -> Settings:
    """Read `centre.yaml`.

    Raises InputError with every fault of the file.
    """
    return parse(Settings, read_document(path))
