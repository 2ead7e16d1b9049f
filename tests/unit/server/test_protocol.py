"""Connections over real TLS on this machine: who gets in, and who is cut off when."""

import asyncio
import socket
import ssl
import time
from contextlib import suppress

import httpx
import pytest

from synaspis.core.clock import SystemClock
from synaspis.server import init_centre
from synaspis.server.accepting import PATIENCE_S, Acceptor

HELD_S = 30.0
REQUEST = b"GET /v1/health HTTP/1.1\r\nhost: localhost\r\n\r\n"


def connect(running, context: ssl.SSLContext) -> ssl.SSLSocket:
    raw = socket.create_connection(("127.0.0.1", running.port), timeout=60)
    return context.wrap_socket(raw, server_hostname="localhost")


def read_all(line: ssl.SSLSocket) -> bytes:
    found = b""
    try:
        while piece := line.recv(65_536):
            found += piece
    except (ssl.SSLError, ConnectionError, TimeoutError):
        pass
    return found


def is_turned_away(running, context: ssl.SSLContext) -> bool:
    """Ask; whether not one byte of HTTP came back and no application saw the connection."""
    known = running.call(len, running.sessions)
    answer = b""
    # In TLS 1.3 a client may believe that it is connected before the server has judged its certificate.
    with suppress(ssl.SSLError, ConnectionError), connect(running, context) as line:
        line.sendall(REQUEST)
        answer = line.recv(100)
    return answer == b"" and running.call(len, running.sessions) <= known


def test_partner_with_its_certificate_is_answered(running):
    with connect(running, running.context("alpha")) as line:
        line.sendall(REQUEST.replace(b"\r\n\r\n", b"\r\nconnection: close\r\n\r\n"))
        assert read_all(line).startswith(b"HTTP/1.1 200 ")
        assert line.version() is None or line.version() == "TLSv1.3"


def test_without_a_certificate_nothing_answers(running):
    assert is_turned_away(running, running.context(None))
    assert not is_turned_away(running, running.context("alpha"))


def test_certificate_of_another_authority_is_refused(running, tmp_path, make_founding, make_context):
    other = init_centre(tmp_path / "other", ["alpha"], make_founding(), SystemClock())
    context = make_context(running.data.key("ca.pem"), other.issued("alpha"))
    assert is_turned_away(running, context)


def test_certificate_of_the_server_does_not_make_a_client(running, make_context):
    context = make_context(running.data.key("ca.pem"), None)
    context.load_cert_chain(running.data.key("server.pem"), running.data.key("server.key"))
    assert is_turned_away(running, context)


def test_plain_http_is_not_answered(running):
    with socket.create_connection(("127.0.0.1", running.port), timeout=60) as line:
        line.sendall(REQUEST)
        assert b"HTTP" not in line.recv(100)


def test_older_tls_is_refused(running):
    context = running.context("alpha")
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    assert is_turned_away(running, context)


def test_client_refuses_a_server_of_another_authority(running, tmp_path, make_founding, make_context):
    other = init_centre(tmp_path / "other", ["alpha"], make_founding(), SystemClock())
    context = make_context(other.key("ca.pem"), running.data.issued("alpha"))
    with pytest.raises(ssl.SSLCertVerificationError, match="certificate verify failed"):
        connect(running, context)


@pytest.mark.parametrize(
    "sent",
    [
        b"nonsense\r\n\r\n",
        b"GET /v1/health HTTP/1.1\r\nhost: x\r\nhost: y\r\n\r\n",
        b"GET /v1/health HTTP/1.1\r\n\r\n",
        b"POST /v1/messages HTTP/1.1\r\nhost: x\r\ncontent-length: -5\r\n\r\n",
        b"POST /v1/messages HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\n",
        b"POST /v1/messages HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        b"\x00\x01\x02\r\n\r\n",
    ],
)
def test_what_is_not_http_gets_the_one_shape_of_errors_or_no_answer(running, check_error, sent: bytes):
    with connect(running, running.context("alpha")) as line:
        line.sendall(sent)
        answer = read_all(line)
    head, _, body = answer.partition(b"\r\n\r\n")
    status = int(head.split(b" ", 2)[1])
    headers = dict(each.split(b": ", 1) for each in head.split(b"\r\n")[1:])
    check_error(httpx.Response(status, headers=list(headers.items()), content=body), 400)
    assert headers[b"connection"] == b"close"


def test_headers_over_the_limit_are_refused(start, check_error):
    running = start(header_bytes=4_096)
    with connect(running, running.context("alpha")) as line:
        line.sendall(b"GET /v1/health HTTP/1.1\r\nhost: x\r\nlong: " + b"x" * 9_000 + b"\r\n\r\n")
        head, _, body = read_all(line).partition(b"\r\n\r\n")
    response = httpx.Response(
        int(head.split(b" ", 2)[1]), headers=[(b"content-type", b"application/json")], content=body
    )
    check_error(response, 431, "They may have 4096 bytes")


@pytest.mark.parametrize(
    "begin",
    [
        b"",
        b"GET /v1/hea",
        b"POST /v1/messages HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
        b"content-length: 9\r\n\r\n{",
    ],
)
def test_request_that_drips_is_cut_off_in_time(start, begin: bytes):
    running = start(request_s=0.6)
    began = time.monotonic()
    with connect(running, running.context("alpha")) as line:
        line.sendall(begin)
        line.settimeout(0.2)
        ended = False
        # A byte now and then does not buy time.
        while not ended and time.monotonic() - began < 60:
            try:
                ended = line.recv(1) == b""
            except TimeoutError:
                if begin:
                    try:
                        line.sendall(b"x")
                    except OSError:
                        ended = True
            except OSError:
                ended = True
    assert ended
    assert time.monotonic() - began > 0.4
    assert running.sessions.refused["slow-request"] == 1


def test_tls_handshake_that_is_not_finished_is_cut_off(start):
    running = start(handshake_s=0.5)
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", running.port), timeout=60) as line:
        line.sendall(b"\x16\x03\x01")
        assert line.recv(10) == b""
    assert time.monotonic() - began > 0.3


def test_strangers_hold_no_more_handshakes_than_there_are_places_and_partners_get_theirs(start):
    running = start(handshakes=4, handshake_s=HELD_S)
    held = [socket.create_connection(("127.0.0.1", running.port), timeout=60) for _ in range(12)]
    try:
        began = time.monotonic()
        with running.client("alpha") as client:
            assert client.get("/v1/health").status_code == 200
        # Twelve have to go, four each second that they keep others waiting; by themselves they would stay.
        assert time.monotonic() - began < 3 * PATIENCE_S + 20 < HELD_S
        (acceptor,) = running.server.servers
        assert running.call(lambda: acceptor.shaking) <= 4
        assert held[0].recv(10) == b""
    finally:
        for line in held:
            line.close()


def test_slow_handshakes_are_left_alone_while_there_is_room(start):
    running = start(handshakes=4, handshake_s=30.0)
    with socket.create_connection(("127.0.0.1", running.port), timeout=2.0) as line:
        with pytest.raises(TimeoutError, match="timed out"):
            line.recv(10)
        with running.client("alpha") as client:
            assert client.get("/v1/health").status_code == 200


def test_address_in_use_is_an_error_of_the_machine(running):
    async def listen() -> None:
        acceptor = Acceptor(asyncio.Protocol, running.context("alpha"), running.sessions.limits)
        await acceptor.listen("127.0.0.1", running.port)

    with pytest.raises(OSError, match="in use"):
        asyncio.run(listen())


def test_idle_connection_is_kept_for_the_next_request_and_then_closed(start):
    running = start(keep_alive_s=4, request_s=0.8)
    with connect(running, running.context("alpha")) as line:
        for pause_s in (1.0, 0.0):
            line.sendall(REQUEST)
            answer = line.recv(65_536)
            while not answer.endswith(b"}"):
                more = line.recv(65_536)
                assert more, answer
                answer += more
            assert answer.startswith(b"HTTP/1.1 200 ")
            # Longer than a request may take: nothing has begun.
            time.sleep(pause_s)
        assert read_all(line) == b""
    assert "slow-request" not in running.sessions.refused


def test_connections_over_the_limit_of_a_partner_are_told_and_closed_and_others_are_served(
    start, check_error
):
    running = start(connections_per_partner=2)
    held = [connect(running, running.context("alpha")) for _ in range(2)]
    try:
        with running.client("alpha") as client:
            response = client.get("/v1/health")
            check_error(response, 429, "too many connections of this partner")
            assert response.headers["retry-after"] == "5"
            assert response.headers["connection"] == "close"
        with running.client("bravo") as client:
            assert client.get("/v1/health").status_code == 200
    finally:
        for line in held:
            line.close()
    with running.client("alpha") as client:
        assert client.get("/v1/health").status_code == 200


def test_connections_over_the_limit_of_all_are_told(start, check_error):
    running = start(connections_total=1)
    with connect(running, running.context("alpha")), running.client("bravo") as client:
        check_error(client.get("/v1/health"), 503, "too many connections of the centre")


def test_one_connection_may_ask_many_times_and_in_a_row(running):
    with connect(running, running.context("alpha")) as line:
        line.sendall(REQUEST * 5 + REQUEST.replace(b"\r\n\r\n", b"\r\nconnection: close\r\n\r\n"))
        assert read_all(line).count(b"HTTP/1.1 200 ") == 6


@pytest.mark.parametrize("address", [b"/v1/messages", b"/v1/log/cosignatures"])
def test_client_that_hangs_up_within_a_body_is_no_defect_of_the_centre(running, address: bytes):
    kind = b"application/json" if address == b"/v1/messages" else b"text/plain"
    with connect(running, running.context("alpha")) as line:
        line.sendall(b"POST %b HTTP/1.1\r\nhost: x\r\ncontent-type: %b\r\n" % (address, kind))
        line.sendall(b"content-length: 9\r\n\r\n{")
        time.sleep(0.1)  # for the request to have begun, as a rule
    end_s = time.monotonic() + 60
    while f'route="{address.decode()}",status="400"' not in running.metrics.text().decode():
        assert time.monotonic() < end_s, "the request has not ended"
        time.sleep(0.02)
    assert '"defect"' not in running.log.getvalue()
