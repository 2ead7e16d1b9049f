"""The envelope. That it is DSSE is held against other programs in tests/authority/test_dsse.py."""

import base64
import json

import pytest

from synaspis.messages import (
    PAYLOAD_TYPE,
    Limits,
    Refused,
    SigningKey,
    open_envelope,
    pre_authentication_encoding,
    seal,
)

PAYLOAD = b'{"a":1}'


@pytest.fixture
def keys(key):
    return {"eastmark": SigningKey(bytes(32)).public, "northland": key.public}


def refusal(raw: bytes, keys, **options) -> Refused:
    with pytest.raises(Refused) as caught:
        open_envelope(raw, keys, **options)
    return caught.value


def changed(key, change) -> bytes:
    envelope = json.loads(seal(PAYLOAD, key))
    change(envelope)
    return json.dumps(envelope).encode()


def test_what_was_sealed_is_opened(key, keys):
    opened = open_envelope(seal(PAYLOAD, key), keys)
    assert (opened.payload, opened.signer, opened.key_id) == (PAYLOAD, "northland", key.key_id)


def test_the_same_payload_and_key_give_the_same_line(key):
    raw = seal(PAYLOAD, key)
    assert raw == seal(PAYLOAD, key)
    assert b"\n" not in raw


def test_the_payload_is_not_looked_into(key, keys):
    for payload in (b"", b"not JSON", b"\xff\x00", b'{"a":1,"a":2}'):
        assert open_envelope(seal(payload, key), keys).payload == payload


def test_blanks_between_the_members_change_nothing(key, keys):
    assert open_envelope(changed(key, lambda envelope: None), keys).payload == PAYLOAD


def test_a_signature_for_another_type_is_worth_nothing_here(key, keys):
    raw = seal(PAYLOAD, key, "application/vnd.synaspis.receipt+json")
    refused = refusal(raw, keys)
    assert refused.code == "wrong-type"
    assert str(refused.faults[0]) == (
        "payloadType: 'application/vnd.synaspis.receipt+json' is not the payload type that belongs here. "
        f"Send {PAYLOAD_TYPE!r}."
    )
    assert open_envelope(raw, keys, payload_type="application/vnd.synaspis.receipt+json").payload == PAYLOAD
    relabelled = raw.replace(b"receipt+json", b"message+json")
    assert refusal(relabelled, keys).code == "bad-signature"


def test_a_signer_who_is_not_a_partner_is_refused(key):
    refused = refusal(seal(PAYLOAD, key), {"eastmark": SigningKey(bytes(32)).public})
    assert refused.code == "unknown-signer"
    assert refused.faults[0].what == f"no partner here has the key '{key.key_id}'"
    assert refusal(seal(PAYLOAD, key), {}).code == "unknown-signer"


def test_a_key_id_that_claims_another_partner_convinces_nobody(key, keys):
    def claim(envelope):
        envelope["signatures"][0]["keyid"] = keys["eastmark"].key_id

    refused = refusal(changed(key, claim), keys)
    assert refused.code == "bad-signature"
    assert refused.faults[0].what == "the signature does not fit the payload, its type and the key"


def put(path, value):
    def change(envelope):
        *parents, last = path
        for part in parents:
            envelope = envelope[part]
        envelope[last] = value

    return change


def drop(path):
    def change(envelope):
        *parents, last = path
        for part in parents:
            envelope = envelope[part]
        del envelope[last]

    return change


def double(envelope):
    envelope["signatures"] *= 2


EXACTLY = "an object with exactly the members"
SIGNATURE = base64.b64encode(bytes(64)).decode()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (drop(["payload"]), f"{EXACTLY} payload, payloadType, signatures is needed"),
        (drop(["payloadType"]), EXACTLY),
        (drop(["signatures"]), EXACTLY),
        (put(["extra"], 1), EXACTLY),
        (put(["signatures"], []), "signatures: 0 signatures; a list of exactly one signature is needed"),
        (double, "signatures: 2 signatures; a list of exactly one"),
        (put(["signatures"], {}), "signatures: no list; a list of exactly one"),
        (put(["signatures", 0], "x"), rf"signatures\[0\]: {EXACTLY} keyid, sig is needed"),
        (drop(["signatures", 0, "keyid"]), rf"signatures\[0\]: {EXACTLY}"),
        (drop(["signatures", 0, "sig"]), rf"signatures\[0\]: {EXACTLY}"),
        (put(["signatures", 0, "cert"], ""), rf"signatures\[0\]: {EXACTLY}"),
        (put(["signatures", 0, "sig"], None), r"signatures\[0\]\.sig: text is needed"),
        (put(["signatures", 0, "keyid"], 7), r"signatures\[0\]\.keyid: text is needed"),
        (put(["payload"], 1), "payload: text is needed"),
        (put(["payloadType"], []), "payloadType: text is needed"),
        (put(["signatures", 0, "sig"], SIGNATURE[:-4]), r"sig: .* not standard base64|sig: \d+ bytes"),
        (put(["signatures", 0, "sig"], ""), r"sig: 0 bytes; an Ed25519 signature has 64"),
        (
            put(["payload"], "eyJhIjoxfQ"),
            r"payload: not standard base64 with padding \(RFC 4648, section 4\)",
        ),
        (put(["payload"], "eyJhIjox\nfQ=="), "payload: not standard base64"),
        (put(["payload"], " eyJhIjoxfQ=="), "payload: not standard base64"),
        (put(["payload"], "_-__"), "payload: not standard base64"),
        (put(["payload"], "eyJhIjoxfQ==="), "payload: not standard base64|spare bits"),
        (put(["payload"], "é"), "payload: not standard base64"),
        (put(["payload"], "eyJhIjoxfR=="), "payload: base64 with spare bits that are not zero"),
    ],
)
def test_what_is_not_exactly_an_envelope_is_refused(key, keys, change, says):
    refused = refusal(changed(key, change), keys)
    assert refused.code == "bad-envelope"
    with pytest.raises(Refused, match=says):
        raise refused


@pytest.mark.parametrize("raw", [b"[]", b'"x"', b"1", b"null", b"{}"])
def test_other_json_is_no_envelope(keys, raw):
    assert refusal(raw, keys).code == "bad-envelope"


def test_a_member_that_stands_twice_is_refused(key, keys):
    raw = seal(PAYLOAD, key)
    twice = raw[:-1] + b',"payload":"' + base64.b64encode(b"other") + b'"}'
    assert refusal(twice, keys).code == "duplicate-key"


def test_an_envelope_over_the_limit_is_refused_before_anything_is_read(key, keys):
    raw = seal(b"x" * 50_000, key)
    refused = refusal(raw, keys)
    assert refused.code == "oversize"
    assert refused.faults[0].what == f"{len(raw)} bytes; at most 65536 are taken"
    assert open_envelope(raw, keys, limits=Limits(size_bytes=70_000, characters=70_000)).signer == "northland"


def test_the_signature_is_verified_before_the_payload_is_judged(key, keys):
    """A payload that is no message, under a wrong signature: the signature is the reason."""
    other = SigningKey(bytes([7] * 32))

    def graft(envelope):
        signed = other.sign(pre_authentication_encoding(PAYLOAD_TYPE, b"no JSON"))
        envelope["payload"] = base64.b64encode(b"no JSON").decode()
        envelope["signatures"][0]["sig"] = base64.b64encode(signed).decode()

    assert refusal(changed(key, graft), keys).code == "bad-signature"


def test_a_signature_with_the_order_added_is_refused(key, keys):
    """RFC 8032, section 8.4: S + L verifies where it is not checked that S is below the order L."""
    order = 2**252 + 27742317777372353535851937790883648493

    def add(envelope):
        signature = base64.b64decode(envelope["signatures"][0]["sig"])
        s = int.from_bytes(signature[32:], "little") + order
        signature = signature[:32] + s.to_bytes(32, "little")
        envelope["signatures"][0]["sig"] = base64.b64encode(signature).decode()

    assert refusal(changed(key, add), keys).code == "bad-signature"
