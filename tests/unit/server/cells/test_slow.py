"""A page that takes nothing is cut off after a time; it costs little memory and nobody else any time."""

import json
import socket
import time
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from synaspis.server.cells import House, stream

WORDS = "A long remark. " * 250
ROUNDS, WAIT_S = 60, 60.0


def stuck(client: Any, url: str) -> socket.socket:
    """A page that asks for its feed and reads none of it."""
    link = socket.socket()
    # As little as the system gives, so that what is sent does not vanish in its buffers.
    link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    parts = urlsplit(url)
    link.connect((parts.hostname, parts.port))
    cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    link.sendall(f"GET /api/feed HTTP/1.1\r\nhost: {parts.netloc}\r\ncookie: {cookie}\r\n\r\n".encode())
    return link


def test_a_page_that_reads_nothing_is_cut_off_and_harms_nobody(
    tmp_path: Path, built_page: Path, open_house: Any, read: Any, texts_of: Any, asks: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(stream, "STALLED_S", 1.0)
    listen = House._listen

    def narrow(house: House) -> socket.socket:
        # Connections inherit it: the system holds little of what is not read.
        found = listen(house)
        found.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4_096)
        return found

    monkeypatch.setattr(House, "_listen", narrow)
    house = open_house(tmp_path / "data", built_page)
    link = None
    try:
        white, de, pl = house.enter("white"), house.enter("de"), house.enter("pl")
        assert white.post("/api/white", json={"action": "start"}, headers=asks).status_code == 200
        link = stuck(pl, house.url)
        for number in range(ROUNDS):
            body = {"kind": "text", "body": {"text": f"{number}: {WORDS}"}}
            answer = de.post("/api/act", json=body, headers=asks)
            assert answer.status_code == 201, answer.text[:500]
        # Another page of the same cell has all of it meanwhile.
        found = read(pl, until=lambda got: any(f"{ROUNDS - 1}:" in text[:8] for text in texts_of(got)))
        assert len(texts_of(found)) == ROUNDS
        streams = house.house.hall.streams
        end_s = time.monotonic() + WAIT_S
        while streams()["pl"] and time.monotonic() < end_s:
            time.sleep(0.05)
        assert not streams()["pl"], "the page that reads nothing still has its stream"
        assert [line["partner"] for line in house.lines() if line["event"] == "stalled"] == ["pl"]
        # What lay in buffers of the system comes still, then the line is dead: far less than was sent.
        link.settimeout(WAIT_S)
        size = 0
        with suppress(ConnectionResetError):
            while data := link.recv(1 << 16):
                size += len(data)
        assert size < sum(len(json.dumps(data)) for _, _, data in found) / 2
    finally:
        if link is not None:
            link.close()
        house.stop()
