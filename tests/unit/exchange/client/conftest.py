"""A centre in memory: does what the interface says, signs what it says, lies when a test tells it to."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from synaspis.agreement.label import Label
from synaspis.core.clock import ManualClock, from_rfc3339, to_rfc3339
from synaspis.core.errors import Fault
from synaspis.exchange.answers import Scribe
from synaspis.exchange.client.client import Client
from synaspis.exchange.client.kit import write_kit
from synaspis.exchange.keys import CentreKeys
from synaspis.log import (
    Checkpoint,
    commitment,
    consistency_proof,
    generate_signer,
    inclusion_proof,
    leaf_hash,
    root_hash,
    sign_note,
    write_proof,
)
from synaspis.messages import SigningKey, canonical_json, open_envelope, strict_json

ORIGIN = "fake.example/centre"
START_US = from_rfc3339("2026-06-15T06:00:00Z")
LABEL = Label("EXERCISE", "UNCLASSIFIED")


class FakeCentre(httpx.AsyncBaseTransport):
    """What a partner's client talks to.

    lose: answers that are lost on the way, after the centre has taken what was sent. busy: answers with 503.
    refuse: code with which the next message is refused. cut: feeds that break in the middle.
    """

    def __init__(self, partner: str, partner_key, clock: ManualClock) -> None:
        self.partner, self.partner_key, self.clock = partner, partner_key, clock
        self.keys = CentreKeys.generate(ORIGIN)
        self.scribe = Scribe(self.keys)
        self.leaves: list[bytes] = []
        self.waiting: list[bytes] = []
        self.notes: list[bytes] = []
        self.taken: dict[str, bytes] = {}
        self.events: list[tuple[int, str, bytes, bytes]] = []
        self.cosignatures: list[bytes] = []
        self.posts = self.lose = self.busy = self.cut = 0
        self.refuse = ""
        self.seals_at_once = True

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(0)
        query = request.url.params
        match request.url.path:
            case "/v1/messages":
                return self._post(await request.aread())
            case "/v1/feed":
                content = self._feed(int(request.headers["last-event-id"])).content
                return httpx.Response(200, stream=httpx.ByteStream(content))
            case "/v1/feed/batch":
                return self._batch(int(query["after"]), int(query["limit"]))
            case "/v1/log/checkpoint":
                return httpx.Response(200, content=self.notes[-1]) if self.notes else _missing()
            case "/v1/log/consistency":
                return self.consistency(int(query["from"]), int(query["to"]))
            case "/v1/log/proof":
                return self._proof(bytes.fromhex(query["leaf"]))
            case "/v1/log/cosignatures":
                self.cosignatures.append(await request.aread())
                return httpx.Response(201)
        return _missing()

    def put(self, record: bytes) -> bytes:
        """Log a record; returns its salt."""
        entry = self.scribe.entry(record)
        self.waiting.append(commitment(entry.record, entry.salt))
        return entry.salt

    def seal(self) -> None:
        """Grow the log by what waits and sign a checkpoint."""
        self.leaves += self.waiting
        self.waiting = []
        self.notes.append(self.note(self.leaves))

    def note(self, leaves: list[bytes]) -> bytes:
        checkpoint = Checkpoint(ORIGIN, len(leaves), root_hash(leaves))
        return sign_note(checkpoint.text(), self.keys.log, self.clock.now_us())

    def release(self, content: dict, kind: str = "message") -> int:
        """Put an event into the partner's feed and log its release."""
        counter = len(self.events) + 1
        data = canonical_json({"type": kind, "at": to_rfc3339(self.clock.now_us()), "policy": "p", **content})
        entry = self.scribe.release(self.partner, counter, hashlib.sha256(data).hexdigest())
        self.put(entry.record)
        self.events.append((counter, kind, entry.salt, data))
        if self.seals_at_once:
            self.seal()
        return counter

    def deliver(self, envelope: bytes, message: dict, quality: str = "covariance", **changes) -> int:
        """Release a whole message of somebody, its submission logged."""
        entry = self.scribe.submission(
            message["sender"], hashlib.sha256(envelope).hexdigest(), self.clock.now_us(), "p"
        )
        self.put(entry.record)
        content = {
            "quality": quality,
            "why": [{"agreement": "all", "clause": "texts"}],
            "message": message,
            "envelope": envelope.decode(),
            "submission": {"record": entry.record.decode(), "salt": entry.salt.hex()},
        }
        return self.release({**content, **changes})

    def _post(self, raw: bytes) -> httpx.Response:
        self.posts += 1
        if self.busy:
            self.busy -= 1
            return httpx.Response(503, json={"error": {"faults": [{"what": "busy"}]}})
        digest = hashlib.sha256(raw).hexdigest()
        status = 200 if digest in self.taken else 201
        if self.refuse:
            fault = Fault("sent 900 s ago; at most 300 s are allowed", "sent_at", "Set the clock.")
            answer = self.scribe.refuse(self.refuse, [fault], self.partner, digest, self.clock.now_us())
            self.refuse = ""
            return httpx.Response(answer.status, content=answer.body)
        if digest not in self.taken:
            opened = open_envelope(raw, {self.partner: self.partner_key})
            entry = self.scribe.submission(self.partner, digest, self.clock.now_us(), "p")
            self.put(entry.record)
            message_id = strict_json(opened.payload)["id"]
            self.taken[digest] = self.scribe.receipt(message_id, digest, self.clock.now_us(), "p", entry, [])
            if self.seals_at_once:
                self.seal()
        if self.lose:
            self.lose -= 1
            raise httpx.ReadError("the connection was reset")
        return httpx.Response(status, content=self.taken[digest])

    def _feed(self, after: int) -> httpx.Response:
        body = b": feed\n\n"
        for counter, kind, salt, data in self.events[after:]:
            frame = b"id: %d\nevent: %b\ndata: %b\ndata: %b\n\n" % (
                counter,
                kind.encode(),
                salt.hex().encode(),
                data,
            )
            if self.cut:
                self.cut -= 1
                return httpx.Response(200, content=body + frame[: len(frame) // 2])
            body += frame
        return httpx.Response(200, content=body)

    def _batch(self, after: int, limit: int) -> httpx.Response:
        listed = [
            {"id": counter, "event": kind, "salt": salt.hex(), "data": data.decode()}
            for counter, kind, salt, data in self.events
            if counter > after
        ]
        return httpx.Response(200, json=listed[:limit])

    def _proof(self, leaf: bytes) -> httpx.Response:
        hashes = [leaf_hash(each) for each in self.leaves]
        if leaf not in hashes:
            return _missing()
        index = hashes.index(leaf)
        return httpx.Response(
            200, content=write_proof(index, inclusion_proof(index, self.leaves), self.notes[-1])
        )

    def consistency(self, first: int, second: int) -> httpx.Response:
        path = consistency_proof(first, self.leaves[:second])
        return httpx.Response(200, json=[each.hex() for each in path])


def _missing() -> httpx.Response:
    return httpx.Response(404, json={"error": {"faults": [{"what": "there is nothing"}]}})


class Bench:
    """A kit, a fake centre and a clock; the key of another partner, `bb`, that the kit knows."""

    def __init__(self, folder: Path) -> None:
        self.clock = ManualClock(START_US)
        self.folder = folder / "aa"
        key, tls = SigningKey.generate(), Ed25519PrivateKey.generate()
        self.other = SigningKey.generate()
        self.centre = FakeCentre("aa", key.public, self.clock)
        certificate = _certificate(tls)
        write_kit(
            self.folder,
            partner="aa",
            centre_url="https://fake.example",
            centre_key=self.centre.keys.message.public.raw,
            log_vkeys=tuple(signer.vkey for signer in self.centre.keys.log),
            partner_keys={"bb": self.other.public.raw},
            files={
                "ca.pem": certificate,
                "client.pem": certificate,
                "client.key": tls.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
            },
        )
        key.save(self.folder / "message.key")
        generate_signer(f"{ORIGIN}/witness/aa", "ed25519-cosignature").save(self.folder / "witness.key")

    def renew_other(self) -> None:
        """Give `bb` another key, and us the kit that names it."""
        was = base64.b64encode(self.other.public.raw).decode()
        now = base64.b64encode(SigningKey.generate().public.raw).decode()
        path = self.folder / "partner.yaml"
        path.write_text(path.read_text().replace(was, now))

    def client(self, **options) -> Client:
        async def no_pause(_: float) -> None:
            await asyncio.sleep(0)

        return Client(
            self.folder, **{"clock": self.clock, "transport": self.centre, "sleep": no_pause, **options}
        )

    def message(self, text: str, sender: str = "bb") -> dict:
        """A text as JSON has it."""
        return {
            "kind": "text",
            "id": hashlib.sha256(text.encode()).hexdigest()[:32],
            "sender": sender,
            "sent_at": to_rfc3339(self.clock.now_us()),
            "label": LABEL.to_json(),
            "body": {"text": text},
        }


def _certificate(key: Ed25519PrivateKey) -> bytes:
    from datetime import UTC, datetime, timedelta

    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "aa")])
    start = datetime(2026, 1, 1, tzinfo=UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=3650))
        .sign(key, None)
        .public_bytes(Encoding.PEM)
    )


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


@pytest.fixture
def label() -> Label:
    return LABEL


@pytest.fixture
def run() -> Callable:
    """Run a coroutine, for 20 s at most."""

    def runs(coroutine):
        async def bounded():
            return await asyncio.wait_for(coroutine, 20.0)

        return asyncio.run(bounded())

    return runs


@pytest.fixture
def json_of() -> Callable:
    return lambda raw: json.loads(raw)
