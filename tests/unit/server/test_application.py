"""Every address: what it answers, and that every error has the one shape."""

import json

import httpx
import pytest

from synaspis.exchange.answers import Answer
from synaspis.server.desk import Health

JSON = {"content-type": "application/json"}
NDJSON = {"content-type": "application/x-ndjson"}

ADDRESSES = {
    "/v1/messages": "POST",
    "/v1/feed": "GET",
    "/v1/feed/batch": "GET",
    "/v1/log/checkpoint": "GET",
    "/v1/log/tile/0/000": "GET",
    "/v1/log/log.vkeys": "GET",
    "/v1/log/proof": "GET",
    "/v1/log/consistency": "GET",
    "/v1/log/cosignatures": "POST",
    "/v1/whoami": "GET",
    "/v1/health": "GET",
    "/v1/keys": "GET",
    "/metrics": "GET",
}


@pytest.fixture(scope="module")
def alpha(running):
    with running.client("alpha") as client:
        yield client


@pytest.fixture(scope="module")
def operator(running):
    with running.client("operator") as client:
        yield client


@pytest.mark.parametrize("address", ADDRESSES)
def test_wrong_method_is_refused_with_those_allowed(alpha, check_error, address: str):
    for method in {"GET", "POST", "PUT", "DELETE", "PATCH"} - {ADDRESSES[address]}:
        if (method, address) == ("GET", "/v1/log/cosignatures"):
            continue
        response = alpha.request(method, address)
        check_error(response, 405, "does not take this method")
        assert ADDRESSES[address] in response.headers["allow"]


@pytest.mark.parametrize("address", ["/", "/v1", "/v2/feed", "/v1/feed/x", "/admin", "/v1/%00"])
def test_unknown_address_is_refused(alpha, check_error, address: str):
    response = alpha.get(address)
    if response.status_code == 200:
        pytest.fail(f"{address} answers")
    check_error(response, response.status_code)
    assert response.status_code in (400, 404)


def test_receipt_comes_as_the_desk_gives_it(alpha, running):
    response = alpha.post("/v1/messages", content=b'{"a":1}', headers=JSON)
    assert (response.status_code, response.content) == (201, running.desk.answer.body)
    assert response.headers["content-type"] == "application/json"
    assert running.desk.submitted[-1] == ("alpha", b'{"a":1}')


def test_bytes_reach_the_desk_as_they_were_sent(alpha, running):
    raw = b' {"a": 1.0,\r\n"a":\xff\x00} \n'
    alpha.post("/v1/messages", content=raw, headers={"content-type": "Application/JSON; charset=utf-8"})
    assert running.desk.submitted[-1] == ("alpha", raw)


@pytest.mark.parametrize("status", [200, 400, 403, 409, 413, 422, 429, 507])
def test_signed_refusals_and_known_receipts_keep_their_status(alpha, running, status: int):
    former = running.desk.answer
    try:
        running.desk.answer = Answer(status, b'{"payload":"x"}', "some-code")
        response = alpha.post("/v1/messages", content=b"{}", headers=JSON)
    finally:
        running.desk.answer = former
    assert (response.status_code, response.content) == (status, b'{"payload":"x"}')


def test_many_envelopes_get_one_line_each_in_their_order(alpha, running):
    running.desk.submitted.clear()
    response = alpha.post("/v1/messages", content=b'{"n":1}\n{"n":2}\r\n\n{"n":3}', headers=NDJSON)
    assert response.status_code == 207
    assert response.headers["content-type"].startswith("application/x-ndjson")
    lines = [json.loads(line) for line in response.text.splitlines()]
    assert [line["status"] for line in lines] == [201, 201, 201]
    assert lines[0]["body"] == json.loads(running.desk.answer.body)
    assert [raw.strip() for _, raw in running.desk.submitted] == [b'{"n":1}', b'{"n":2}', b'{"n":3}']


def test_too_many_or_no_envelopes_in_one_body_are_refused(alpha, check_error):
    check_error(
        alpha.post("/v1/messages", content=b"{}\n" * 101, headers=NDJSON),
        413,
        "101 envelopes in one request; 100 are allowed",
    )
    check_error(alpha.post("/v1/messages", content=b"\n\n", headers=NDJSON), 400, "holds no envelope")


@pytest.mark.parametrize(
    "kind", ["text/plain", "", "application/json-seq", "multipart/form-data; boundary=x"]
)
def test_body_of_another_kind_is_refused(alpha, check_error, kind: str):
    response = alpha.post("/v1/messages", content=b"{}", headers={"content-type": kind})
    check_error(response, 415, "allowed: application/json, application/x-ndjson")


def test_body_over_the_limit_is_refused_announced_or_not(alpha, check_error):
    too_long = (1 << 20) + 1

    def pieces():
        for _ in range(17):
            yield b"x" * 65_536

    for content, said in (
        (lambda: b"x" * too_long, "announces 1048577 bytes; 1048576 are allowed"),
        (pieces, "too long"),
    ):
        for _ in range(10):
            try:
                response = alpha.post("/v1/messages", content=content(), headers=JSON)
            except httpx.TransportError:
                continue  # cut off while it was still sending, before it read the answer
            check_error(response, 413, said)
            break
        else:
            pytest.fail("ten bodies over the limit, and none was answered")
    assert alpha.get("/v1/health").status_code == 200


def test_defect_is_told_without_its_text_and_logged_without_it(alpha, running, check_error):
    check_error(alpha.post("/v1/messages", content=b"fail", headers=JSON), 500, "the centre failed to answer")
    line = json.loads(running.log.getvalue().splitlines()[-1])
    assert (line["event"], line["error"], line["route"]) == ("defect", "RuntimeError", "/v1/messages")
    assert "a secret that stands in the text" not in running.log.getvalue()


@pytest.mark.parametrize(
    ("query", "where"),
    [
        ("after=-1", "after"),
        ("after=x", "after"),
        ("after=9007199254740992", "after"),
        ("limit=0", "limit"),
        ("limit=1.5", "limit"),
        ("after=1&after=2x", "after"),
    ],
)
def test_parameters_of_a_wrong_kind_are_named(alpha, check_error, query: str, where: str):
    faults = check_error(alpha.get(f"/v1/feed/batch?{query}"), 400)
    assert [fault["where"] for fault in faults] == [where]


def test_batch_gives_events_after_a_counter_up_to_the_limit(alpha, running, make_event):
    running.desk.events["alpha"] = [make_event(n) for n in range(1, 6)]
    listed = alpha.get("/v1/feed/batch?after=2&limit=2").json()
    assert [each["id"] for each in listed] == [3, 4]
    assert listed[0] == {
        "id": 3,
        "event": "message",
        "salt": "03" * 32,
        "data": running.desk.events["alpha"][2].data.decode(),
    }


def test_counter_that_the_centre_never_gave_is_refused_for_batch_and_feed(
    alpha, running, check_error, make_event
):
    running.desk.events["alpha"] = [make_event(1)]
    for address in ("/v1/feed/batch?after=2", "/v1/feed?after=2"):
        check_error(alpha.get(address), 409, "the feed has no event 2", "was set back to an earlier state")


@pytest.mark.parametrize("header", ["x", "-1", "1.0", "9007199254740992", "1" * 40, "\u0661".encode()])
def test_last_event_id_that_is_none_is_refused(alpha, check_error, header):
    response = alpha.get("/v1/feed", headers={"last-event-id": header})
    check_error(response, 400, "is not the id of an event")


def test_checkpoint_is_there_once_something_was_sealed(alpha, running, check_error):
    check_error(alpha.get("/v1/log/checkpoint"), 404, "the log has no checkpoint yet")
    running.desk.note = b"origin\n1\nAAAA\n\n\xe2\x80\x94 x y\n"
    try:
        response = alpha.get("/v1/log/checkpoint")
    finally:
        running.desk.note = None
    assert (response.status_code, response.content) == (200, b"origin\n1\nAAAA\n\n\xe2\x80\x94 x y\n")
    assert response.headers["content-type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize(
    "path",
    [
        "0/001",
        "64/000",
        "0/0",
        "00/000",
        "0/000.p/0",
        "0/000.p/256",
        "..%2F..%2Fkeys/000",
        "%2e%2e/keys/ca.key",
        "0/x000",
    ],
)
def test_tile_that_is_none_is_not_looked_for(alpha, check_error, path: str):
    check_error(alpha.get(f"/v1/log/tile/{path}"), 404)


def test_tile_is_given_and_may_be_kept_for_good(alpha):
    response = alpha.get("/v1/log/tile/0/000")
    assert (response.status_code, response.content) == (200, bytes(32))
    assert "immutable" in response.headers["cache-control"]


def test_proof_needs_a_leaf_hash_that_is_sealed(alpha, check_error):
    assert alpha.get(f"/v1/log/proof?leaf={'00' * 32}").text == "c2sp.org/tlog-proof@v1\n"
    check_error(alpha.get(f"/v1/log/proof?leaf={'11' * 32}"), 404, "not sealed yet")
    check_error(alpha.get("/v1/log/proof"), 400, "the parameter leaf is missing")
    for bad in ("zz" * 32, "AA" * 32, "00" * 31):
        check_error(alpha.get(f"/v1/log/proof?leaf={bad}"), 400)


def test_consistency_is_hex_and_sizes_are_checked(alpha, check_error):
    assert alpha.get("/v1/log/consistency?from=1&to=2").json() == ["00" * 32]
    check_error(alpha.get("/v1/log/consistency?from=3&to=2"), 400, "3 leaves are more than 2")
    check_error(alpha.get("/v1/log/consistency?from=0&to=2"), 400)
    check_error(alpha.get("/v1/log/consistency?from=1&to=65"), 400, "the log has 64 leaves, not 65")


def test_cosignature_is_handed_on_with_the_partner_that_it_is_of(alpha, running, check_error):
    lines = "\u2014 alpha/witness AAAA\n".encode()
    kind = {"content-type": "text/plain; charset=utf-8"}
    assert alpha.post("/v1/log/cosignatures", content=lines, headers=kind).status_code == 200
    assert running.desk.cosigned == [("alpha", lines)]
    check_error(alpha.post("/v1/log/cosignatures", content=b"x", headers=kind), 400, "not a signature line")
    check_error(alpha.post("/v1/log/cosignatures", content=lines, headers=JSON), 415)


def test_whoami_says_who_asks_and_by_which_certificate(alpha, operator, running):
    found = alpha.get("/v1/whoami").json()
    document = running.data.partners()["alpha"]
    assert found == {
        "id": "alpha",
        "role": "partner",
        "since": document.since,
        "certificate": document.certificates[0].fingerprint,
        "certificate_valid_until": document.certificates[0].valid_until,
        "witness": True,
    }
    assert operator.get("/v1/whoami").json()["role"] == "operator"


@pytest.mark.parametrize(
    ("state", "status"), [("ok", 200), ("behind", 200), ("disk", 503), ("stopping", 503)]
)
def test_health_says_how_the_centre_is(alpha, running, state: str, status: int):
    former = running.desk.state
    try:
        running.desk.state = Health(state, "in words")
        response = alpha.get("/v1/health")
    finally:
        running.desk.state = former
    assert (response.status_code, response.json()) == (status, {"status": state, "detail": "in words"})


def test_operator_has_no_part_in_the_exchange(operator, check_error):
    for method, address in (("POST", "/v1/messages"), ("GET", "/v1/feed"), ("GET", "/v1/feed/batch")):
        response = operator.request(method, address, headers=JSON, content=b"" if method == "GET" else b"{}")
        check_error(response, 403, "operator is an operator")


def test_metrics_are_for_the_operator_and_name_no_partner(alpha, operator, check_error):
    check_error(alpha.get("/metrics"), 403, "this address is for operators")
    text = operator.get("/metrics").text
    assert 'synaspis_requests_total{route="/v1/health",status="200"}' in text
    assert "alpha" not in text
    assert "bravo" not in text


def test_rate_of_one_partner_is_limited_and_that_of_others_is_not(start, check_error):
    running = start(requests_per_s=1, requests_burst=3)
    with running.client("alpha") as alpha, running.client("bravo") as bravo:
        assert [alpha.get("/v1/health").status_code for _ in range(3)] == [200, 200, 200]
        response = alpha.get("/v1/health")
        check_error(response, 429, "more than 1 requests a second")
        assert int(response.headers["retry-after"]) >= 1
        assert bravo.get("/v1/health").status_code == 200
    assert '"event": "refused", "reason": "rate", "partner": "alpha"' in running.log.getvalue()


def test_description_of_the_interface_lists_every_address(alpha):
    document = alpha.get("/v1/schema/openapi.json").json()
    described = {name.replace("{place}", "0/000") for name in document["paths"]}
    assert set(ADDRESSES) <= described
    for operations in document["paths"].values():
        for operation in operations.values():
            assert {"400", "403", "429", "500", "503"} <= set(operation["responses"])
            assert operation["description"]
