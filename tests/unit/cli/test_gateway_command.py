"""`synaspis gateway` against a real centre: bad options are refused, tracks leave in each format."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest
from click.testing import CliRunner

from synaspis.cli import main
from synaspis.core.clock import SystemClock
from synaspis.exchange.client.partner_state import PartnerState, StoredEvent
from synaspis.server import Founding, init_centre

LABEL = {
    "ConfidentialityInformation": {
        "PolicyIdentifier": "DEMO",
        "Classification": "RESTRICTED",
        "Category": [],
    }
}


def call(*words: object):
    return CliRunner().invoke(main, [str(word) for word in words])


def picture(at: str, x: float) -> bytes:
    track = {
        "number": 3,
        "status": "updated",
        "time": at,
        "position_ecef_m": [x, 3.0e6, 5.0e6],
        "velocity_ecef_m_s": [1000.0, -2000.0, 3000.0],
        "label": LABEL,
        "sources": ["bravo"],
    }
    return json.dumps({"type": "picture", "at": at, "exercise": "WINTER", "tracks": [track]}).encode()


@pytest.fixture(scope="module")
def kit(tmp_path_factory) -> Path:
    """A kit that has taken two pictures of an exercise and its start; the centre is not there any more."""
    folder = tmp_path_factory.mktemp("centre") / "data"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    founding = Founding(name="Test", origin="test.example/log", hosts=("localhost",), port=port)
    found = init_centre(folder, ("alpha", "bravo"), founding, SystemClock()).issued("alpha")
    state = PartnerState(found / "state.sqlite")
    events = [
        StoredEvent(
            number, "picture", "00" * 32, picture(f"2026-11-25T06:27:3{number}Z", 4.0e6), 0, "00" * 32
        )
        for number in (1, 2)
    ]
    body = {"action": "start", "exercise_time": "2026-11-25T06:00:00Z"}
    message = {
        "kind": "exercise-control",
        "sender": "white",
        "exercise": "WINTER",
        "label": LABEL,
        "body": body,
    }
    start = {"type": "message", "at": "2026-11-25T06:27:33Z", "message": message}
    events.append(StoredEvent(3, "message", "00" * 32, json.dumps(start).encode(), 0, "00" * 32))
    state.remember_events([(event, None) for event in events])
    state.close()
    return found


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["cot"], "give either --listen or --connect"),
        (["cot", "--listen", "127.0.0.1:1", "--connect", "127.0.0.1:2"], "give either --listen or --connect"),
        (["cot", "--listen", "8087"], "'8087' is not HOST:PORT. Write for example 127.0.0.1:8087"),
        (["cot", "--listen", "127.0.0.1:99999"], "'127.0.0.1:99999' is not HOST:PORT"),
        (["cot", "--listen", "0.0.0.0:8087"], "0.0.0.0 is another machine, and no TLS is set up"),
        (
            ["cot", "--connect", "tak.example.org:1"],
            "tak.example.org is another machine, and no TLS is set up",
        ),
        (["dis", "--number", "7"], "no exercise is named. DIS is for exercises"),
        (["dis", "--number", "300", "--exercise", "X"], "300 is not in the range 1<=x<=255"),
        (["globe", "--listen", "0.0.0.0:1"], "0.0.0.0 is another machine, and no TLS is set up"),
        (["oem", "--track", "9", "--exercise", "WINTER"], "there is no state of such a track"),
        (["oem", "--track", "3"], "there is no state of such a track"),
    ],
)
def test_bad_options_are_refused_in_words(kit, words, said):
    result = call("gateway", words[0], kit, *words[1:])
    assert result.exit_code == 2, result.output
    assert said in result.output


def test_files_of_tls_belong_together(kit):
    result = call("gateway", "cot", kit, "--listen", "0.0.0.0:1", "--certificate", kit / "client.pem")
    assert result.exit_code == 2
    assert "--key, --authority: the three files of TLS belong together" in result.output


def test_a_label_that_is_none_is_refused_with_its_file(kit, tmp_path):
    file = tmp_path / "label.json"
    file.write_text("{}")
    result = call("gateway", "cot", kit, "--listen", "127.0.0.1:0", "--notes", file)
    assert result.exit_code == 2
    assert (
        f"{file}: ConfidentialityInformation: the key 'ConfidentialityInformation' is missing"
        in result.output
    )


def test_a_track_that_the_kit_holds_is_written_as_an_ephemeris(kit, tmp_path):
    file = tmp_path / "track.oem"
    result = call("gateway", "oem", kit, "--exercise", "WINTER", "--track", 3, "--out", file)
    assert result.exit_code == 0, result.output
    text = file.read_text()
    assert "COMMENT EXERCISE WINTER" in text
    assert text.count("4000.000000000 3000.000000000 5000.000000000") == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["cot", "--listen", "127.0.0.1:0"], "events out"),
        (["globe", "--listen", "127.0.0.1:0"], "tracks.kml"),
        (["dis", "--number", "7", "--send", "127.0.0.1:9"], "PDUs out"),
    ],
)
def test_a_gateway_without_its_centre_hands_on_what_the_kit_holds_and_ends_in_time(kit, words, said):
    options = ["--exercise", "WINTER", "--since", "0", "--seconds", "1"]
    result = call("gateway", words[0], kit, *words[1:], *options)
    assert result.exit_code == 0, result.output
    assert said in result.output
    assert "       2  pictures" in result.output


def test_what_a_gateway_did_is_there_as_json(kit):
    options = ["--exercise", "WINTER", "--since", "0", "--seconds", "1", "--json"]
    result = call("gateway", "globe", kit, "--listen", "127.0.0.1:0", *options)
    counts = {"left out": 1, "messages": 1, "not carried": 2, "pictures": 2}
    assert json.loads(result.stdout) == {"exercise": "WINTER", "counts": counts}
    assert "picture: at is not carried: the instants of the states stand for it" in result.stderr
    result = call("gateway", "oem", kit, "--exercise", "WINTER", "--track", 3, "--json")
    found = json.loads(result.stdout)
    assert (found["states"], found["not_carried"]) == (2, [])


def test_what_the_white_cell_did_reaches_simulations(kit):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as simulation:
        simulation.bind(("127.0.0.1", 0))
        simulation.settimeout(5.0)
        target = f"127.0.0.1:{simulation.getsockname()[1]}"
        options = ["--exercise", "WINTER", "--since", "0", "--seconds", "1"]
        call("gateway", "dis", kit, "--number", "7", "--send", target, *options)
        types = {simulation.recv(8_192)[2] for _ in range(5)}
    # Start/Resume, Comment, Entity State.
    assert types == {13, 22, 1}
