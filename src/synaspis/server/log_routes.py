"""Addresses of the public log: checkpoint, tiles, proofs, cosignatures."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final

from litestar import Response, get, post
from litestar.params import Parameter, PathParameter, QueryParameter

from synaspis.core.errors import Fault
from synaspis.server.answers import Problem
from synaspis.server.calls import TEXT, Call, body_of, json_answer, media_type_of, partner_of, parts_of
from synaspis.server.documents import COUNTER_MAX, CosignOperation, answers, failures

_TILE: Final = re.compile(
    r"(?:\d|[1-5]\d|6[0-3]|entries)(?:/x\d{3})*/\d{3}(?:\.p/(?:[1-9]\d?|1\d\d|2[0-4]\d|25[0-5]))?", re.ASCII
)
"""Path of a tile below ``tile/`` (C2SP tlog-tiles): level, index in groups of three digits, partial width."""

_COSIGNED: Final = re.compile(r"[0-9a-f]{32}", re.ASCII)


@get("/v1/log/checkpoint", responses={200: answers(str, "A signed note.", TEXT), **failures(404)})
async def checkpoint(request: Call) -> Response[bytes]:
    """Newest checkpoint of the log."""
    note = await parts_of(request).desk.checkpoint()
    if note is None:
        raise Problem(404, Fault("the log has no checkpoint yet", "", "Wait until something was sealed."))
    return Response(note, media_type=TEXT, headers={"cache-control": "no-store"})


@get(
    "/v1/log/tile/{place:path}",
    responses={200: answers(bytes, "Hashes of one tile.", "application/octet-stream"), **failures(404)},
)
async def tile(
    request: Call, place: Annotated[str, PathParameter(description="Level and index.")]
) -> Response[bytes]:
    """One tile of the log (C2SP tlog-tiles)."""
    name = place.removeprefix("/")
    content = parts_of(request).desk.log_file(f"tile/{name}") if _TILE.fullmatch(name) else None
    if content is None:
        remedy = "Tiles are named as C2SP tlog-tiles has it; a partial one exists until it is full."
        raise Problem(404, Fault("the log has no such tile", "", remedy))
    # A tile never changes once it is there.
    headers = {"cache-control": "max-age=31536000, immutable"}
    return Response(content, media_type="application/octet-stream", headers=headers)


@get("/v1/log/proof", responses={200: answers(str, "C2SP tlog-proof.", TEXT), **failures(404)})
async def proof(
    request: Call,
    leaf: Annotated[str, Parameter(pattern="^[0-9a-f]{64}$", description="Leaf hash, 64 hex digits.")],
) -> Response[bytes]:
    """Proof that the log holds a leaf; there once the leaf is sealed, within two seconds of its receipt."""
    text = await parts_of(request).desk.proof(bytes.fromhex(leaf))
    if text is None:
        what = "the log holds no such leaf, or it is not sealed yet"
        raise Problem(404, Fault(what, "leaf", "A receipt's leaf is sealed within two seconds."))
    return Response(text.encode(), media_type=TEXT)


@get("/v1/log/consistency", responses={200: answers(list[str], "Hashes of the proof, hex."), **failures()})
async def consistency(
    request: Call,
    first: Annotated[int, QueryParameter(name="from", ge=1, le=COUNTER_MAX, description="Smaller size.")],
    second: Annotated[int, QueryParameter(name="to", ge=1, le=COUNTER_MAX, description="Larger size.")],
) -> Response[bytes]:
    """Proof that the tree of one size continues that of a smaller one (RFC 6962, 2.1.2)."""
    if first > second:
        what = f"{first} leaves are more than {second}"
        raise Problem(400, Fault(what, "from", "Give the smaller size as `from`."))
    hashes = await parts_of(request).desk.consistency(first, second)
    return json_answer([each.hex() for each in hashes])


@post(
    "/v1/log/cosignatures",
    status_code=200,
    responses={
        200: answers(dict[str, Any], "An empty object: the cosignature is kept."),
        **failures(413, 415, 421),
    },
    operation_class=CosignOperation,
)
async def cosignatures(request: Call) -> Response[bytes]:
    """Hand in the cosignature of the partner's witness on the newest checkpoint."""
    party = partner_of(request)
    media_type_of(request, {"text/plain"})
    await parts_of(request).desk.cosign(party.id, await body_of(request))
    return json_answer({})


@get(
    "/v1/log/log.vkeys", responses={200: answers(str, "Verifier keys, one in a line.", TEXT), **failures(404)}
)
async def vkeys(request: Call) -> Response[bytes]:
    """Verifier keys of the log and of the witnesses. Who trusts nobody has them from elsewhere."""
    return _public(request, "log.vkeys")


@get(
    "/v1/log/cosignatures/{name:str}",
    responses={200: answers(str, "A checkpoint with the cosignature of one witness.", TEXT), **failures(404)},
)
async def cosigned(
    request: Call, name: Annotated[str, PathParameter(description="32 hex digits.")]
) -> Response[bytes]:
    """What one witness cosigned last; its file is named by a hash of the witness."""
    if not _COSIGNED.fullmatch(name):
        raise Problem(404, Fault("no witness has such a file", "", "`log.vkeys` names the witnesses."))
    return _public(request, f"cosignatures/{name}")


def _public(request: Call, path: str) -> Response[bytes]:
    content = parts_of(request).desk.log_file(path)
    if content is None:
        raise Problem(404, Fault("the log has no such file yet", "", "Wait until something was sealed."))
    return Response(content, media_type=TEXT, headers={"cache-control": "no-store"})


LOG_ROUTES: Final = [vkeys, cosigned, checkpoint, tile, proof, consistency, cosignatures]
"""Addresses of the log."""
