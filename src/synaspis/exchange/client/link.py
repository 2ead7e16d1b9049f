"""A partner's connection to the centre: HTTPS with mutual TLS, one method for each path of the interface."""

from __future__ import annotations

import asyncio
import json
import random
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

from synaspis.core.errors import Fault
from synaspis.exchange.client.errors import Alarm, ServerFault, Unreachable
from synaspis.exchange.client.feed import FeedParser, RawEvent
from synaspis.exchange.client.kit import PartnerKit
from synaspis.messages import Refused, strict_json
from synaspis.messages.strict import Limits

if TYPE_CHECKING:
    import httpx

ANSWER_TIMEOUT_S: Final = 10.0
"""How long one request may take."""

QUIET_TIMEOUT_S: Final = 30.0
"""A feed that is silent for longer, heartbeats included, is taken as cut."""

ATTEMPTS: Final = 6
_FIRST_PAUSE_S: Final = 0.2
_LONGEST_PAUSE_S: Final = 10.0
BUSY: Final = frozenset({429, 502, 503, 504})
"""Statuses of HTTP that pass."""

_ANSWER_LIMITS: Final = Limits(size_bytes=64_000_000, depth=24, items=100_000, characters=64_000_000)

Sleep = Callable[[float], Awaitable[None]]
Chance = Callable[[], float]
_CHANCE: Final = random.SystemRandom().random


def pause_s(attempt: int, share: float) -> float:
    """Seconds to wait after a failed attempt (from 0): doubling from 0.2 to 10 s, shortened by up to half, so
    that partners who were cut off together do not come back together.

    share: of the shortening, 0 to 1, by chance.
    """
    longest = min(_LONGEST_PAUSE_S, _FIRST_PAUSE_S * 2.0 ** min(attempt, 10))
    return longest * (1.0 - 0.5 * share)


class Link:
    """Speaks HTTP with the centre on behalf of one partner.

    kit: with certificate and addresses. transport: of httpx; None is the network. sleep: how to wait between
    attempts. chance: numbers from 0 to 1 that spread the waiting of many.
    """

    def __init__(
        self,
        kit: PartnerKit,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Sleep = asyncio.sleep,
        chance: Chance = _CHANCE,
    ) -> None:
        import httpx

        self._sleep, self._chance = sleep, chance
        self._errors = (httpx.TransportError,)
        timeout = httpx.Timeout(ANSWER_TIMEOUT_S)
        if transport is None:
            self._http = httpx.AsyncClient(
                base_url=kit.centre_url, verify=_context(kit), timeout=timeout, trust_env=False
            )
        else:
            self._http = httpx.AsyncClient(base_url=kit.centre_url, transport=transport, timeout=timeout)

    async def close(self) -> None:
        """Close all connections."""
        await self._http.aclose()

    async def pause(self, attempt: int, at_least_s: float = 0.0) -> None:
        """Wait after a failed attempt, numbered from 0, and at least so many seconds."""
        await self._sleep(max(at_least_s, pause_s(attempt, self._chance())))

    async def submit(self, envelope: bytes) -> tuple[int, bytes]:
        """Post one envelope until an answer comes; the same bytes each time, so that it counts once.

        Returns the status and the signed answer. Raises Unreachable, or ServerFault for an answer that is
        neither receipt nor refusal.
        """
        return await self._ask("POST", "/v1/messages", content=envelope, kind="application/json")

    async def checkpoint(self) -> bytes | None:
        """The newest checkpoint as a signed note; None before there is one."""
        return await self._found("/v1/log/checkpoint")

    async def consistency(self, first: int, second: int) -> list[bytes]:
        """Consistency proof (RFC 6962, 2.1.2) between the trees of two sizes.

        Raises Alarm where the centre gives none.
        """
        path = f"/v1/log/consistency?from={first}&to={second}"
        try:
            _, body = await self._ask("GET", path)
            listed = _json(body)
            if not isinstance(listed, list):
                raise ValueError("no list")
            return [bytes.fromhex(entry) for entry in listed]
        except (ServerFault, ValueError, TypeError) as error:
            raise Alarm(
                f"the centre gives no proof that tree {second} continues tree {first}: {error}"
            ) from None

    async def proof(self, leaf: str) -> str | None:
        """Inclusion proof (C2SP tlog-proof) of a leaf hash in hex; None where the log does not have it."""
        body = await self._found(f"/v1/log/proof?leaf={leaf}")
        return None if body is None else body.decode("utf-8", "replace")

    async def cosign(self, cosignature: bytes) -> None:
        """Hand in a cosignature of the newest checkpoint."""
        await self._ask("POST", "/v1/log/cosignatures", content=cosignature, kind="text/plain; charset=utf-8")

    async def batch(self, after: int, limit: int) -> list[RawEvent]:
        """Events with a counter above `after` that are there now, at most `limit`."""
        _, body = await self._ask("GET", f"/v1/feed/batch?after={after}&limit={limit}")
        listed = _json(body)
        try:
            return [
                RawEvent(str(entry["id"]), entry["event"], (entry["salt"].encode(), entry["data"].encode()))
                for entry in listed
            ]
        except (KeyError, TypeError, AttributeError):
            raise Alarm("the centre answered a batch of events with something else") from None

    @asynccontextmanager
    async def feed(self, after: int) -> AsyncIterator[AsyncIterator[list[RawEvent]]]:
        """Open the feed after a counter; yields groups of events as they come, until the stream ends.

        Raises ServerFault where the centre refuses it, Unreachable where the connection breaks.
        """
        import httpx

        headers = {"Accept": "text/event-stream", "Last-Event-ID": str(after), "Accept-Encoding": "identity"}
        timeout = httpx.Timeout(ANSWER_TIMEOUT_S, read=QUIET_TIMEOUT_S)
        try:
            async with self._http.stream("GET", "/v1/feed", headers=headers, timeout=timeout) as answer:
                if answer.status_code != 200:
                    raise _server_fault(answer.status_code, await answer.aread())
                yield self._events(answer)
        except self._errors as error:
            raise Unreachable(f"the feed was cut: {_reason(error)}") from None

    async def _events(self, answer: httpx.Response) -> AsyncIterator[list[RawEvent]]:
        parser = FeedParser()
        async for piece in answer.aiter_raw():
            if events := parser.feed(piece):
                yield events

    async def _found(self, path: str) -> bytes | None:
        try:
            return (await self._ask("GET", path))[1]
        except ServerFault as fault:
            if fault.status == 404:
                return None
            raise

    async def _ask(
        self, method: str, path: str, *, content: bytes | None = None, kind: str = ""
    ) -> tuple[int, bytes]:
        headers = {"Content-Type": kind} if kind else {}
        failure, at_least_s = "", 0.0
        for attempt in range(ATTEMPTS):
            if attempt:
                await self.pause(attempt - 1, at_least_s)
            try:
                answer = await self._http.request(method, path, content=content, headers=headers)
            except self._errors as error:
                failure = _reason(error)
                continue
            if answer.status_code in BUSY and not _is_envelope(answer.content):
                failure = f"it answered {answer.status_code}"
                asked = answer.headers.get("retry-after", "")
                at_least_s = min(float(asked) if asked.isdecimal() else 0.0, _LONGEST_PAUSE_S)
                continue
            if answer.status_code >= 400 and not _is_envelope(answer.content):
                raise _server_fault(answer.status_code, answer.content)
            return answer.status_code, answer.content
        what = f"no answer from {self._http.base_url} in {ATTEMPTS} attempts: {failure}"
        raise Unreachable(f"{what}. {_advice(failure)}")


def _context(kit: PartnerKit) -> ssl.SSLContext:
    """Check the server against the centre's own authority alone; show the partner's certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_verify_locations(kit.path("ca.pem"))
    context.load_cert_chain(kit.path("client.pem"), kit.path("client.key"))
    return context


def _advice(failure: str) -> str:
    """What to look at, by how the last attempt failed."""
    if "Hostname mismatch" in failure or "IP address mismatch" in failure:
        return "The server's certificate is for another name than that under `centre` in partner.yaml."
    if "CERTIFICATE_VERIFY_FAILED" in failure:
        return "The server does not belong to the authority in ca.pem: another centre, or a kit of another."
    if "connection attempts failed" in failure:
        return "Is the centre running, and is its address under `centre` in partner.yaml right?"
    if "answered" in failure:
        return "The centre is overloaded, out of storage or stopping: try again later."
    return "If the centre runs, it may not take client.pem: expired, retired or of another centre."


def _reason(error: Exception) -> str:
    return str(error) or type(error).__name__


def _is_envelope(body: bytes) -> bool:
    return b'"payloadType"' in body[:2_000_000] and b'"signatures"' in body


def _json(body: bytes) -> Any:
    try:
        return strict_json(body, _ANSWER_LIMITS)
    except Refused as error:
        raise Alarm(f"the centre's answer is no JSON that may be read: {error.faults[0]}") from None


def _server_fault(status: int, body: bytes) -> ServerFault:
    try:
        listed = json.loads(body)["error"]["faults"]
        faults = [
            Fault(str(one["what"]), str(one.get("where", "")), str(one.get("remedy", ""))) for one in listed
        ]
    except (ValueError, KeyError, TypeError, AttributeError):
        faults = []
    return ServerFault(status, faults)
