"""Shapes of answers, for the published description of the interface (OpenAPI)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import OpenAPIMediaType, Operation, RequestBody, Schema
from litestar.openapi.spec.enums import OpenAPIType
from litestar.params import QueryParameter

COUNTER_MAX = (1 << 53) - 1
"""Largest counter that every reader of JSON keeps exactly."""


@dataclass
class FaultDocument:
    """One thing wrong with a request."""

    what: str
    where: str
    remedy: str


@dataclass
class FaultList:
    """All that is wrong with a request."""

    faults: list[FaultDocument]


@dataclass
class ErrorDocument:
    """Every error that is not a signed refusal."""

    error: FaultList


@dataclass
class SignatureDocument:
    """One signature of an envelope."""

    keyid: str
    sig: str


@dataclass
class EnvelopeDocument:
    """A DSSE envelope."""

    payload: str
    payloadType: str
    signatures: list[SignatureDocument]


@dataclass
class EventDocument:
    """One event of a feed."""

    id: int
    event: str
    salt: str
    data: str


@dataclass
class HealthDocument:
    """How the centre is."""

    status: str
    detail: str


@dataclass
class WhoAmIDocument:
    """Whom the centre takes the caller for."""

    id: str
    role: str
    since: str
    certificate: str
    certificate_valid_until: str
    witness: bool


@dataclass
class KeysDocument:
    """Public keys of the centre."""

    centre: str
    log: list[str]


def failures(*statuses: int) -> dict[int, ResponseSpec]:
    """Return the description of errors, beside those that every address may answer with."""
    return {
        status: ResponseSpec(ErrorDocument, generate_examples=False, description=_MEANINGS[status])
        for status in sorted({400, 403, 413, 429, 431, 500, 503, *statuses})
    }


def answers(container: Any, description: str, media_type: str = "application/json") -> ResponseSpec:
    """Return the description of a good answer."""
    return ResponseSpec(container, generate_examples=False, description=description, media_type=media_type)


@dataclass
class SubmitOperation(Operation):
    """POST /v1/messages: the body is read as bytes, so its description stands here."""

    def __post_init__(self) -> None:
        text = Schema(type=OpenAPIType.STRING)
        entry = Schema(
            type=OpenAPIType.OBJECT,
            properties={"payload": text, "payloadType": text},
            required=["payload", "payloadType", "signatures"],
        )
        self.request_body = RequestBody(
            required=True,
            description="One DSSE envelope, or one in each line.",
            content={
                "application/json": OpenAPIMediaType(schema=entry),
                "application/x-ndjson": OpenAPIMediaType(schema=text),
            },
        )


@dataclass
class CosignOperation(Operation):
    """POST /v1/log/cosignatures: lines of a signed note."""

    def __post_init__(self) -> None:
        self.request_body = RequestBody(
            required=True,
            description="Signature lines of the partner's witness on the newest checkpoint.",
            content={"text/plain": OpenAPIMediaType(schema=Schema(type=OpenAPIType.STRING))},
        )


After = Annotated[
    int | None,
    QueryParameter(name="after", ge=0, le=COUNTER_MAX, description="Last counter received."),
]

_MEANINGS = {
    400: "The request is not as the interface has it.",
    403: "The certificate is not that of an active partner, or its role has no access.",
    404: "There is nothing under this address, or not yet.",
    409: "The request rests on something that this centre does not have.",
    413: "The body is longer than allowed.",
    415: "The body is of a kind that is not read here.",
    421: "This node only delivers; the fault names the one that takes messages and cosignatures.",
    429: "A limit of the partner is exceeded; `retry-after` says when to come again.",
    431: "The headers are longer than allowed.",
    500: "The centre failed to answer.",
    503: "The centre cannot take anything now.",
}
