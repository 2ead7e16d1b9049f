"""What public flight tests say of how often an interceptor hits."""

from __future__ import annotations

import datetime
from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator

from synaspis.core.documents import FrozenModel, Rejected
from synaspis.core.errors import Fault
from synaspis.core.quantity import Quantity, of_dimension

Count = Annotated[Quantity, of_dimension("ratio", at_least=0.0)]


def _whole(count: Quantity) -> Quantity:
    broken = [value for value in count.values() if value != int(value)]
    if broken:
        raise Rejected(Fault(f"{broken[0]:g} is not a whole number", remedy="Tests are counted one by one."))
    return count


class TrialRecord(FrozenModel):
    """Intercept tests, counted; scripted tests are no proof of what happens in a raid."""

    covers: Annotated[str, Field(min_length=1)] = Field(
        description="Which tests were counted: of which versions, from when, by whom."
    )
    until: datetime.date = Field(description="Last day counted.")
    hits: Count = Field(description="Intercept attempts that hit.")
    attempts: Count = Field(description="Intercept attempts.")

    @field_validator("hits")
    @classmethod
    def _hits_are_whole(cls, hits: Quantity) -> Quantity:
        return _whole(hits)

    @field_validator("attempts")
    @classmethod
    def _no_more_hits_than_attempts(cls, attempts: Quantity, info: ValidationInfo) -> Quantity:
        hits = info.data.get("hits")
        if hits is not None and hits.si > attempts.si:
            raise Rejected(Fault(f"there are {hits} hits in {attempts} attempts"))
        return _whole(attempts)
