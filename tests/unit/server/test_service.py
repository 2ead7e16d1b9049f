"""A real centre behind real TLS: from the socket to the store and back."""

import base64
import json
import re
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from synaspis.agreement import book_path, load_book
from synaspis.core.clock import SECOND_US, ManualClock, SystemClock, to_rfc3339
from synaspis.core.errors import InputError
from synaspis.exchange.keys import CentreKeys
from synaspis.log import WebPlace, leaf_hash, read_vkeys, verify_log, verify_proof
from synaspis.messages import PublicKey, SigningKey, example_message, new_id, open_envelope, seal
from synaspis.server import Service, admit, make_request, retire, rotate_certificate, rotate_message_key

JSON = {"content-type": "application/json"}
NDJSON = {"content-type": "application/x-ndjson"}
RECEIPT = "application/vnd.synaspis.receipt+json"
REFUSAL = "application/vnd.synaspis.refusal+json"


def post(client, raw: bytes):
    return client.post("/v1/messages", content=raw, headers=JSON)


def opened(serving, raw: bytes, kind: str) -> dict:
    """A receipt or refusal, verified with the centre's key."""
    with serving.client("alpha") as client:
        key = PublicKey(base64.b64decode(client.get("/v1/keys").json()["centre"]))
    return json.loads(open_envelope(raw, {"centre": key}, payload_type=kind).payload)


def eventually(ask, seconds: float = 60.0):
    end = time.monotonic() + seconds
    while not (found := ask()):
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.02)
    return found


def test_message_is_receipted_delivered_and_proven(demo_centre, serve_real):
    serving = serve_real(demo_centre)
    raw = serving.envelope("alpha", "hello")
    with serving.client("alpha") as alpha, serving.client("bravo") as bravo:
        response = post(alpha, raw)
        assert response.status_code == 201
        receipt = opened(serving, response.content, RECEIPT)
        # The same bytes again count once and give the same receipt.
        again = post(alpha, raw)
        assert (again.status_code, again.content) == (200, response.content)
        (event,) = eventually(lambda: bravo.get("/v1/feed/batch").json())
        content = json.loads(event["data"])
        assert (event["id"], content["envelope"].encode()) == (1, raw)
        assert content["why"] == [{"agreement": "announcements", "clause": "consultation"}]
        leaf = receipt["leaf"]
        proof = eventually(lambda: (found := alpha.get(f"/v1/log/proof?leaf={leaf}")).is_success and found)
        keys = read_vkeys(demo_centre.log.joinpath("log.vkeys").read_bytes())
        verify_proof(proof.content, bytes.fromhex(leaf), keys)
        assert alpha.get(f"/v1/log/proof?leaf={leaf_hash(b'other').hex()}").status_code == 404


def test_envelope_of_another_partner_is_refused_with_a_signature(demo_centre, serve_real):
    serving = serve_real(demo_centre)
    with serving.client("bravo") as bravo:
        for raw in (
            serving.envelope("alpha", "not mine"),
            serving.envelope("alpha", "not mine", signer="bravo"),
            serving.envelope("bravo", "not mine", signer="alpha"),
        ):
            response = post(bravo, raw)
            assert response.status_code == 403
            assert opened(serving, response.content, REFUSAL)["code"] == "wrong-partner"
    with serving.client("charlie") as charlie:
        assert charlie.get("/v1/feed/batch").json() == []
    assert {"refusal"} == {line["event"] for line in serving.lines() if line.get("code") == "wrong-partner"}


@pytest.mark.parametrize(
    ("raw", "status", "code"),
    [
        (b"", 400, "bad-json"),
        (b"{}", 400, "bad-envelope"),
        (b"{", 400, "bad-json"),
        (b'{"a":1,"a":2}', 400, "duplicate-key"),
        (b'{"a":NaN}', 400, "bad-json"),
        (b"\xff\xfe", 400, "bad-json"),
        (b"[" * 5_000, 413, "oversize"),
        (b" " * 65_537, 413, "oversize"),
    ],
)
def test_what_is_no_envelope_is_refused_with_a_signature(
    demo_centre, serve_real, raw: bytes, status: int, code: str
):
    serving = serve_real(demo_centre)
    with serving.client("alpha") as alpha:
        response = post(alpha, raw)
    assert response.status_code == status, response.text
    assert opened(serving, response.content, REFUSAL)["code"] == code


def test_batch_answers_each_line_and_one_bad_line_spoils_no_other(demo_centre, serve_real):
    serving = serve_real(demo_centre)
    raws = [serving.envelope("alpha", f"number {n}") for n in range(20)]
    raws[7] = b"{}"
    with serving.client("alpha") as alpha, serving.client("bravo") as bravo:
        response = alpha.post("/v1/messages", content=b"\n".join(raws), headers=NDJSON)
        statuses = [json.loads(line)["status"] for line in response.text.splitlines()]
        assert statuses == [201] * 7 + [400] + [201] * 12
        events = eventually(lambda: len(found := bravo.get("/v1/feed/batch").json()) == 19 and found)
    assert [each["id"] for each in events] == list(range(1, 20))


def test_public_log_verifies_over_the_network_and_on_disk(demo_centre, serve_real):
    serving = serve_real(demo_centre)
    kit = demo_centre.issued("bravo")
    with serving.client("alpha") as alpha:
        post(alpha, serving.envelope("alpha", "one"))
        eventually(lambda: alpha.get("/v1/log/checkpoint").is_success)
    place = WebPlace(
        f"https://localhost:{serving.port}/v1/log",
        authority=kit / "ca.pem",
        certificate=kit / "client.pem",
        key=kit / "client.key",
    )
    keys = [signer.vkey for signer in CentreKeys.load(demo_centre.file("keys")).log]
    report = verify_log(place, keys)
    assert (report.verdict, report.detail) == ("intact", "")
    assert verify_log(demo_centre.log, keys).root == report.root


def test_retired_partner_loses_its_feed_and_is_refused_and_it_is_written_down(
    demo_centre, serve_real, check_error
):
    serving = serve_real(demo_centre)
    with serving.client("bravo") as bravo, serving.client("alpha") as alpha:
        ended = threading.Event()

        def follow() -> None:
            try:
                with bravo.stream("GET", "/v1/feed") as response:
                    for _ in response.iter_raw():
                        pass
            except Exception:
                pass
            ended.set()

        threading.Thread(target=follow, daemon=True).start()
        eventually(lambda: serving.service.pump.feeds.open_count() == 1)
        retire(demo_centre, "bravo", SystemClock())
        assert ended.wait(60)
        with serving.client("bravo") as again:
            check_error(again.get("/v1/whoami"), 403, "not that of an active partner")
        assert alpha.get("/v1/whoami").status_code == 200
        # Nor is what it signed taken from another's connection.
        answer = post(alpha, serving.envelope("bravo", "still here", signer="bravo"))
        assert answer.status_code == 403
    assert {"event": "session-ended", "partner": "bravo"}.items() <= next(
        line for line in serving.lines() if line["event"] == "session-ended"
    ).items()


def test_partner_admitted_while_the_centre_runs_takes_part(demo_centre, serve_real, tmp_path):
    serving = serve_real(demo_centre)
    make_request(tmp_path / "kit", "delta")
    admit(demo_centre, tmp_path / "kit" / "request.yaml", SystemClock())
    for name in ("client.key", "message.key"):
        (demo_centre.issued("delta") / name).write_bytes((tmp_path / "kit" / name).read_bytes())
        (demo_centre.issued("delta") / name).chmod(0o600)
    with serving.client("delta") as delta:
        eventually(lambda: delta.get("/v1/whoami").status_code == 200)
        assert post(delta, serving.envelope("delta", "hello")).status_code == 201


def test_renewed_certificate_and_key_work_beside_the_former(demo_centre, serve_real):
    serving = serve_real(demo_centre)
    with serving.client("alpha") as former:
        old = serving.envelope("alpha", "with the former key")
        rotate_certificate(demo_centre, "alpha", SystemClock())
        rotate_message_key(demo_centre, "alpha", SystemClock())
        eventually(lambda: any(line["event"] == "partners-read" for line in serving.lines()))
        time.sleep(1.2)
        assert post(former, old).status_code == 201
        with serving.client("alpha") as renewed:
            assert post(renewed, serving.envelope("alpha", "with the new key")).status_code == 201


def test_agreements_are_read_again_and_a_bad_book_is_left(demo_centre, serve_real):
    serving = serve_real(demo_centre)
    with serving.client("alpha") as alpha, serving.client("bravo") as bravo:
        post(alpha, serving.envelope("alpha", "before"))
        eventually(lambda: bravo.get("/v1/feed/batch").json())
        demo_centre.book.write_text("schema: agreements/1\n")
        assert serving.wait(serving.service.read_book()) is False
        text = book_path("demo").read_text("utf-8")
        clause = "      consultation: {product: consultation, from: all, to: all, delay: 0 s}\n"
        assert clause in text
        demo_centre.book.write_text(text.replace(clause, ""))
        ticks = serving.service.pump.pulse.tally.ticks
        assert serving.wait(serving.service.read_book()) is True
        eventually(lambda: serving.service.pump.pulse.tally.ticks > ticks)
        post(alpha, serving.envelope("alpha", "after"))
        time.sleep(0.2)
        texts = [each["data"] for each in bravo.get("/v1/feed/batch").json() if each["event"] == "message"]
        assert len(texts) == 1
    events = [line["event"] for line in serving.lines()]
    assert events.index("book-refused") < events.index("book-read")


def test_report_that_cannot_be_true_is_taken_and_raises_a_question(demo_centre, serve_real):
    serving = serve_real(demo_centre)
    document = json.loads(example_message("launch-report"))
    # Four minutes with an apogee of 1,450 km: the fall from there alone takes (2 h / g)^0.5 = 544 s.
    document["body"]["impact_time"]["time"] = "2026-11-25T06:28:09.500000Z"
    document |= {
        "sender": "alpha",
        "id": new_id(),
        "sent_at": to_rfc3339(serving.clock.now_us()),
        "label": load_book("demo").default_label().to_json(),
    }
    key = SigningKey.load(demo_centre.issued("alpha") / "message.key")
    raw = seal(json.dumps(document).encode(), key)
    with serving.client("alpha") as alpha:
        response = post(alpha, raw)
        assert response.status_code == 201, response.text

        def asked():
            contents = [json.loads(each["data"]) for each in alpha.get("/v1/feed/batch").json()]
            return [each for each in contents if each["message"]["kind"] == "ambiguity-query"]

        (question,) = eventually(asked)
    assert question["message"]["sender"] == "centre"


def test_stop_answers_what_was_taken_and_a_new_start_shows_the_same(demo_centre, serve_real):
    serving = serve_real(demo_centre)
    raws = [serving.envelope("alpha", f"number {n}") for n in range(40)]
    with ThreadPoolExecutor(8) as pool:
        clients = [serving.client("alpha") for _ in range(8)]

        def send(number: int) -> int:
            try:
                return post(clients[number % 8], raws[number]).status_code
            except Exception:
                return 0

        sent = [pool.submit(send, n) for n in range(40)]
        eventually(lambda: any(each.done() and each.result() == 201 for each in sent))
        serving.stop()
        statuses = [each.result() for each in sent]
    for client in clients:
        client.close()
    taken = statuses.count(201)
    assert set(statuses) <= {201, 503, 0}
    assert taken
    again = serve_real(demo_centre)
    with again.client("bravo") as bravo, again.client("alpha") as alpha:
        events = bravo.get("/v1/feed/batch?limit=100").json()
        assert len(events) >= taken
        for raw, status in zip(raws, statuses, strict=True):
            if status == 201:
                assert post(alpha, raw).status_code == 200
    assert verify_log(demo_centre.log).verdict == "intact"


def test_second_server_on_the_same_folder_is_refused(demo_centre, serve_real):
    serve_real(demo_centre)
    with pytest.raises(InputError, match="the store is in use"):
        Service(demo_centre)


def test_key_that_others_may_read_is_refused_before_anything_is_served(demo_centre):
    demo_centre.key("server.key").chmod(0o640)
    with pytest.raises(InputError, match=r"(?s)mode 040 too much.*chmod 600 server\.key"):
        Service(demo_centre)


def test_health_tells_that_ticks_come_late_and_that_the_disk_is_full(demo_centre, serve_real):
    clock = ManualClock(SystemClock().now_us())
    serving = serve_real(demo_centre, clock)
    pump = serving.service.pump

    async def states() -> list[str]:
        found = [pump.health().status]
        clock.advance(5 * SECOND_US)
        found.append(pump.health().status)
        pump.free_bytes = 0
        found.append(pump.health().status)
        pump.stopping()
        found.append(pump.health().status)
        return found

    assert serving.wait(states()) == ["ok", "behind", "disk", "stopping"]


def test_nothing_secret_and_no_content_stands_in_the_log_or_the_metrics(demo_centre, serve_real):
    serving = serve_real(demo_centre)
    words = "a text that nobody else may read"
    raw = serving.envelope("alpha", words)
    with serving.client("alpha") as alpha, serving.client("bravo") as bravo:
        leaf = opened(serving, post(alpha, raw).content, RECEIPT)["leaf"]
        post(bravo, raw)
        post(alpha, b"{}")
        alpha.get("/nothing")
        salts = [each["salt"] for each in eventually(lambda: bravo.get("/v1/feed/batch").json())]
        eventually(lambda: alpha.get("/v1/log/checkpoint").is_success)
    with serving.client("operator") as operator:
        shown = operator.get("/metrics").text
    serving.stop()
    shown += serving.log.getvalue()
    secrets = [words, leaf, *salts, json.loads(raw)["payload"], json.loads(raw)["signatures"][0]["sig"]]
    for path in demo_centre.path.rglob("*.key"):
        secrets += [part for part in re.split(r"[\s+]", path.read_text()) if len(part) > 16]
    assert len(secrets) > 15
    assert not [each for each in secrets if each in shown]
    seed = SigningKey.load(demo_centre.issued("alpha") / "message.key").public.raw.hex()
    assert seed not in shown


def test_metrics_count_without_naming_anybody(demo_centre, serve_real):
    serving = serve_real(demo_centre)
    with serving.client("alpha") as alpha, serving.client("operator") as operator:
        post(alpha, serving.envelope("alpha", "hello"))
        post(alpha, b"{}")
        text = eventually(lambda: "synaspis_seals_total 1.0" in (t := operator.get("/metrics").text) and t)
    for line in (
        'synaspis_outcomes_total{outcome="accepted"} 1.0',
        'synaspis_outcomes_total{outcome="bad-envelope"} 1.0',
        'synaspis_submissions_total{status="201"} 1.0',
        "synaspis_events_released_total 3.0",  # to two others and to the sender
        "synaspis_storing 1.0",
    ):
        assert line in text, line
    for name in ("alpha", "bravo", "charlie"):
        assert name not in text


def test_command_serves_until_sigterm_and_leaves_in_order(demo_centre, serve_real, make_context):
    command = [sys.executable, "-c", "from synaspis.cli import main; main()"]
    command += ["centre", "serve", str(demo_centre.path), "--port", "0"]
    journal = demo_centre.path.with_name("journal")
    with journal.open("w") as stream:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=stream, text=True)

    def events() -> list[str]:
        return [json.loads(line)["event"] for line in journal.read_text().splitlines()]

    try:
        line = process.stdout.readline()
        found = re.fullmatch(r"Listening on https://127\.0\.0\.1:(\d+)\n", line)
        assert found, line
        import httpx

        context = make_context(demo_centre.key("ca.pem"), demo_centre.issued("alpha"))
        with httpx.Client(verify=context, timeout=60, trust_env=False) as client:
            address = f"https://localhost:{found[1]}/v1/health"
            assert client.get(address).json()["status"] == "ok"
            process.send_signal(signal.SIGHUP)
            eventually(lambda: '"book-read"' in journal.read_text())
            assert client.get(address).status_code == 200
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 0
    # The first seal may come before or after it listens.
    said = [each for each in events() if each != "sealed"]
    assert said[:2] == ["preparing", "listening"]
    assert said[-1] == "stopped"


def test_port_that_is_taken_is_told(demo_centre, serve_real, tmp_path, make_founding):
    from synaspis.server import init_centre, serve

    serving = serve_real(demo_centre)
    other = init_centre(tmp_path / "other", ["alpha"], make_founding(), SystemClock())
    with pytest.raises(InputError, match=r"cannot listen on 127\.0\.0\.1"):
        serve(other.path, port=serving.port)
