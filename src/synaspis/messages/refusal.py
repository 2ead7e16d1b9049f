"""Why a submission is not taken: one code from a closed list, and every fault that was found."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from synaspis.core.errors import Fault, InputError

REFUSAL_CODES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "bad-envelope": "The text is not an envelope of this exchange.",
        "bad-signature": "The signature does not fit the payload and the key that the envelope names.",
        "unknown-signer": "No partner here has the key that the envelope names.",
        "wrong-partner": "Signer, sender in the message and connection are not one partner.",
        "wrong-type": "The envelope holds another kind of payload than the one that belongs here.",
        "oversize": "The text is longer, or nested deeper, than the stated limit.",
        "bad-json": "The text is not JSON (RFC 8259), or holds a number that JSON cannot carry safely.",
        "duplicate-key": "A JSON object names one key twice.",
        "bad-message": "The message does not keep to its format; every fault is listed.",
        "unknown-schema": "The message is written in a format or version that is not read here.",
        "unknown-kind": "The message is of a kind that is not read here.",
        "bad-label": "The confidentiality label cannot be read.",
        "refers-to-unknown": "The message refers to one that the sender has not sent, or may not see.",
        "wrong-exercise": "The centre serves one exercise, and the message is of another or in earnest.",
        "clock-skew": "The time of sending lies too far from the time of arrival.",
        "replay": "A message with this id has been received before.",
        "rate-limited": "The sender sends more than its share.",
        "partner-retired": "The partner has been retired, or its key is no longer valid.",
        "storage-full": "The centre could not store the message, or cannot tell whether it did; "
        "send it again unchanged.",
    }
)
"""Every code with which a submission can be refused, and what it means."""


class Refused(InputError):
    """A submission that is not taken.

    code: a key of `REFUSAL_CODES`. faults: what is wrong, at least one; a plain text is one fault, and
    nothing at all stands for the general text of the code.
    """

    def __init__(self, code: str, faults: tuple[Fault, ...] | Fault | str = ()) -> None:
        text = REFUSAL_CODES[code]
        self.code = code
        super().__init__(faults or text)
