"""Every round trip in one place: which program that is not ours proves which part of which format.

| Format | Things | Decoder |
|---|---|---|
| CoT | tracks, and messages of each kind | lxml; a pytak client |
| CoT over TLS, both ways | tracks, drawings, chats | pytak, taky (`server/gateways/test_cot.py`) |
| DIS 7 | Comments of each kind of message, Fire | tshark |
| DIS 7 | Entity State, Detonation, Start/Resume, Stop/Freeze | tshark (`test_dis.py`) |
| DIS 7 | Entity State, the one kind that it reads | synapse-cdm (`test_dis.py`) |
| KML | tracks, and messages of each kind | fastkml, and the schema of OGC that it brings |
| CZML | tracks, and messages of each kind | czml3 |
| OEM | states and covariances | oem (`test_oem_tracks.py`, `test_oem.py`) |
| CAP 1.2 | alerts of each kind | xmlschema with the schema of OASIS (`test_cap.py`) |

Here every kind of message, and a picture, go through each of them; label and name of the exercise are
asserted each time. Expected values come from the example messages themselves (`synaspis messages example
KIND`).
"""

import asyncio
import json
import shutil
import struct
import subprocess
import warnings
from math import cos, radians

import numpy as np
import pytest
from czml3 import Document
from fastkml import KML, Placemark
from fastkml.utils import find_all
from fastkml.validator import validate
from geographiclib.geodesic import Geodesic
from lxml import etree

from synaspis.agreement import Label
from synaspis.gateways import cot_of_shown, cot_of_told, picture_of, to_cot, told_of
from synaspis.gateways.carriage.table import example_event, example_picture
from synaspis.gateways.dis import DisIdentity, dis_of_told, write_pdu
from synaspis.gateways.live import LiveTrack, live_czml, live_kml
from synaspis.messages import BODIES

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it warns of parts that are not installed
    import pytak

EXERCISE = "WINTER ROCKET 2026"
IDENTITY = DisIdentity(7, EXERCISE)
LABEL = Label.from_json(example_event("warning")["message"]["label"])
DRAWN = {
    "pre-launch-notification": 2, "post-launch-notification": 2, "launch-report": 2, "track-report": 1,
    "warning": 1, "defence-plan": 2, "engagement-intent": 2, "engagement-claim": 2, "correction": 2,
}  # fmt: skip
"""Areas and places in the example of each kind, counted by hand; all others are words."""


def told(kind, **more):
    return told_of({**example_event(kind), **more}, recipient="northland")


def drawings(kind):
    return cot_of_told(told(kind)).product


def track():
    return picture_of(example_picture(), recipient="northland").tracks[0]


# --- Cursor on Target: lxml ---


@pytest.mark.parametrize("kind", BODIES)
def test_lxml_reads_each_kind_of_message_with_its_label(kind):
    events = [etree.fromstring(each.xml) for each in drawings(kind)]
    assert len(events) == DRAWN.get(kind, 1)
    for event in events:
        assert event.attrib["caveat"] == "EXERCISE"
        assert (event.get("access"), event.get("releasableTo")) == (
            "RESTRICTED",
            "eastmark northland southland",
        )
        (mark,) = event.xpath("detail/synaspisLabel")
        assert (Label.from_json(json.loads(mark.text)), mark.get("exercise")) == (LABEL, EXERCISE)
        assert event.findtext("detail/remarks").startswith(f"EXERCISE {EXERCISE}; {kind} by ")
        assert event.get("uid").removeprefix("GeoChat.").startswith("synaspis.northland.")
    kinds = {"b-t-f"} if kind not in DRAWN else {"u-d-f", "u-d-c-c", "b-m-p-s-m"}
    assert {event.get("type") for event in events} <= kinds


def test_lxml_reads_a_warning_as_a_circle_of_its_radius():
    (event,) = [etree.fromstring(each.xml) for each in drawings("warning")]
    point, ellipse = event.find("point"), event.find("detail/shape/ellipse")
    assert (event.get("type"), point.get("lat"), point.get("lon")) == ("u-d-c-c", "77.1000000", "9.4000000")
    assert (ellipse.get("major"), ellipse.get("minor")) == ("150000.0", "150000.0")
    assert event.get("stale") == "2026-11-25T06:55:50.000Z"  # ten minutes after the latest impact
    assert "level: watch" in event.findtext("detail/remarks").splitlines()


def test_lxml_reads_a_notified_area_as_its_four_corners_closed():
    _, event = [etree.fromstring(each.xml) for each in drawings("pre-launch-notification")]
    corners = [each.get("point") for each in event.findall("detail/link[@point]")]
    assert corners == [
        "76.5000000,5.0000000",
        "76.5000000,14.0000000",
        "78.0000000,14.0000000",
        "78.0000000,5.0000000",
        "76.5000000,5.0000000",
    ]
    assert (event.find("point").get("lat"), event.find("point").get("lon")) == ("77.2500000", "9.5000000")
    assert event.find("detail/contact").get("callsign").endswith("Norwegian Sea, north")


def test_lxml_reads_a_claim_at_the_place_of_the_object():
    """The state of the example was made at latitude 70.4, longitude 15.5, height 512.3 km."""
    event, area = [etree.fromstring(each.xml) for each in drawings("engagement-claim")]
    point = event.find("point")
    assert float(point.get("lat")) == pytest.approx(70.4, abs=1e-6)
    assert float(point.get("lon")) == pytest.approx(15.5, abs=1e-6)
    assert float(point.get("hae")) == pytest.approx(512_300.0, abs=0.1)
    assert "battery: south-1" in event.findtext("detail/remarks").splitlines()
    assert area.find("detail/link[@relation]").get("uid") == event.get("uid")


def test_an_area_across_the_180th_meridian_is_named_in_its_middle():
    event = example_event("warning")
    corners = [(50.0, 179.0), (50.0, -179.0), (52.0, -179.0), (52.0, 179.0)]
    boundary = [{"latitude_deg": north, "longitude_deg": east} for north, east in corners]
    event["message"]["body"]["area"] = {"boundary": boundary}
    (drawing,) = cot_of_told(told_of(event, recipient="northland")).product
    point = etree.fromstring(drawing.xml).find("point")
    assert float(point.get("lat")) == 51.0
    assert abs(float(point.get("lon"))) == 180.0


# --- Cursor on Target: a client of TAK ---


async def taken_by_pytak(stream, count):
    async def serve(_reader, writer):
        for at in range(0, len(stream), 1_000):  # in pieces, as networks do
            writer.write(stream[at : at + 1_000])
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        config = {"COT_URL": f"tcp://127.0.0.1:{port}", "TAK_PROTO": "0"}
        reader, writer = await pytak.protocol_factory(config)
        queue = asyncio.Queue()
        worker = pytak.RXWorker(queue, config, reader)
        for _ in range(count):
            await asyncio.wait_for(worker.run_once(), timeout=30.0)
        writer.close()
    return [queue.get_nowait() for _ in range(queue.qsize())]


def test_a_pytak_client_takes_every_kind_off_one_stream_unchanged():
    events = [
        to_cot(cot_of_shown(track()).product),
        *(each.xml for kind in BODIES for each in drawings(kind)),
    ]
    taken = asyncio.run(taken_by_pytak("\n".join(events).encode(), len(events)))
    assert [each.decode().strip() for each in taken] == events


# --- DIS: Wireshark and synapse-cdm ---


def capture(path, datagrams):
    """A capture file as pcap has it: Ethernet, IPv4, UDP to port 3000, checksums left out."""
    parts = [struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)]
    here = b"\x7f\0\0\1"
    for data in datagrams:
        udp = struct.pack(">HHHH", 3000, 3000, 8 + len(data), 0) + data
        ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0, here, here)
        frame = bytes(12) + b"\x08\0" + ip + udp
        parts.append(struct.pack("<IIII", 1_780_000_000, 0, len(frame), len(frame)) + frame)
    path.write_bytes(b"".join(parts))


def flat(pairs, prefix=""):
    """Leaves of tshark's tree as (path, value); a name may come twice."""
    for key, value in pairs:
        if isinstance(value, list) and value and isinstance(value[0], tuple):
            yield from flat(value, f"{prefix}{key}/")
        else:
            yield f"{prefix}{key}", value


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """What Wireshark's dissector makes of each kind of message, PDU by PDU: by kind, a list of leaves."""
    if shutil.which("tshark") is None:
        pytest.skip("tshark is not installed")
    pdus = [(kind, pdu) for kind in BODIES for pdu in dis_of_told(told(kind), IDENTITY).product]
    path = tmp_path_factory.mktemp("dis") / "told.pcap"
    capture(path, [write_pdu(pdu) for _, pdu in pdus])
    command = ["tshark", "-r", str(path), "-T", "json", "-d", "udp.port==3000,dis"]
    text = subprocess.run(command, capture_output=True, text=True, check=True, timeout=90).stdout
    frames = json.loads(text, object_pairs_hook=list)
    found = {}
    for (kind, _), frame in zip(pdus, frames, strict=True):
        layers = dict(dict(frame)["_source"])["layers"]
        found.setdefault(kind, []).append(list(flat(dict(layers)["dis"])))
    return found


def words_in(pdu):
    """Versions of Wireshark differ in whether they write the end of a line as two characters."""
    name = "dis.hf_dis_variable_datum_value_as_text"
    return [value.replace("\\n", "\n") for path, value in pdu if path.endswith(name)]


@pytest.mark.parametrize("kind", BODIES)
def test_wireshark_reads_the_words_of_each_kind_beside_its_label(shown, kind):
    comments = [pdu for pdu in shown[kind] if dict(pdu)["Header/dis.pdu_type"] == "22"]
    assert comments
    for pdu in comments:
        assert (dict(pdu)["Header/dis.exer_id"], dict(pdu)["Header/dis.proto_ver"]) == ("7", "7")
        beside, words = words_in(pdu)
        mark = json.loads(beside)
        assert (mark["schema"], mark["exercise"]) == ("synaspis-dis/1", EXERCISE)
        assert [Label.from_json(each) for each in mark["labels"]] == [LABEL]
        assert words.startswith(f"EXERCISE {EXERCISE}\n{kind} by ")
    said = "\n".join(words_in(pdu)[1] for pdu in comments)
    for fact in told(kind).facts:
        if len(fact.text) < 80:
            assert f"{fact.part}: {fact.text}" in said


def test_wireshark_reads_a_reported_launch_as_fire_where_it_was_reported(shown):
    """Latitude 69.29, longitude 16.03 on the ellipsoid, from the example; at 06:24:09.5."""
    _, fire = [pdu for pdu in map(dict, shown["launch-report"]) if pdu["Header/dis.pdu_type"] in ("22", "2")][
        -2:
    ]
    assert fire["Header/dis.pdu_type"] == "2"
    assert float(fire["Header/dis.timestamp"]) == pytest.approx(24 * 60 + 9.5, abs=2e-6)
    head = "Fire PDU/Location in World Coordinates/dis.fire.location."
    found = np.array([float(fire[f"{head}{axis}"]) for axis in "xyz"])
    # Closed form of the ellipsoid of WGS 84: N = a / sqrt(1 - e2 sin2).
    axis, e2, north, east = 6_378_137.0, 6.69437999014e-3, radians(69.29), radians(16.03)
    normal = axis / np.sqrt(1.0 - e2 * np.sin(north) ** 2)
    expected = normal * np.array(
        [cos(north) * cos(east), cos(north) * np.sin(east), (1 - e2) * np.sin(north)]
    )
    assert found == pytest.approx(expected, abs=1e-3)
    assert fire["Fire PDU/Firing Entity ID/dis.entity_id_entity"] == "0"


def test_a_launch_of_which_the_place_was_not_released_is_no_fire():
    event = example_event("launch-report")
    body = event["message"].pop("body")
    event["extract"] = {"impact": {k: body["impact"][k] for k in ("latitude_deg", "longitude_deg")}}
    pdus = dis_of_told(told_of(event, recipient="northland"), IDENTITY).product
    assert {type(pdu).__name__ for pdu in pdus} == {"Comment"}


# --- KML ---


@pytest.mark.parametrize("kind", ["picture", *BODIES])
def test_fastkml_reads_each_kind_and_the_schema_of_the_standard_holds(kind, tmp_path):
    live = LiveTrack(track())
    live.take(track())
    tracks, messages = ([live], []) if kind == "picture" else ([], [told(kind)])
    file = tmp_path / "live.kml"
    file.write_text(live_kml("Northland", tracks, EXERCISE, messages), encoding="utf-8")
    assert validate(file_to_validate=file) is True
    placemarks = list(find_all(KML.parse(file), of_type=Placemark))
    assert len(placemarks) == (1 if kind == "picture" else DRAWN.get(kind, 1))
    for placemark in placemarks:
        assert placemark.name.startswith(f"EXERCISE {EXERCISE}: ")
        assert placemark.description.startswith(
            f"EXERCISE {EXERCISE} // EXERCISE RESTRICTED / Releasable to: "
        )
        data = {each.name: each.value for each in placemark.extended_data.elements}
        assert [Label.from_json(each) for each in json.loads(data["labels"])] == [LABEL]
        assert (placemark.geometry is None) == (kind not in DRAWN and kind != "picture")


def test_fastkml_reads_a_circle_whose_corners_lie_on_it():
    """Held against GeographicLib: 150 km from the middle, each of them."""
    (placemark,) = find_all(
        KML.from_string(live_kml("N", [], EXERCISE, [told("warning")]).encode()), of_type=Placemark
    )
    corners = list(placemark.geometry.exterior.coords)
    assert len(corners) == 65
    for east, north in corners:
        away = Geodesic.WGS84.Inverse(77.1, 9.4, north, east)["s12"]
        assert away == pytest.approx(150_000.0, abs=0.1)


# --- CZML ---


@pytest.mark.parametrize("kind", ["picture", *BODIES])
def test_czml3_reads_each_kind(kind):
    live = LiveTrack(track())
    live.take(track())
    tracks, messages = ([live], []) if kind == "picture" else ([], [told(kind)])
    packets = json.loads(live_czml("Northland", tracks, EXERCISE, messages))
    found = Document(packets=packets)
    assert len(found.packets) == 1 + (1 if kind == "picture" else DRAWN.get(kind, 1))
    for packet in packets[1:]:
        assert packet["description"].startswith(
            f"EXERCISE {EXERCISE} // EXERCISE RESTRICTED / Releasable to: "
        )
        labels = json.loads(packet["properties"]["labels"])
        assert [Label.from_json(each) for each in labels] == [LABEL]


def test_czml3_reads_a_warning_as_an_ellipse_and_a_notified_area_as_a_polygon():
    packets = json.loads(live_czml("N", [], EXERCISE, [told("warning"), told("pre-launch-notification")]))
    _, warning, _, area = Document(packets=packets).packets
    assert (warning.ellipse.semiMajorAxis, warning.ellipse.semiMinorAxis) == (150_000.0, 150_000.0)
    assert warning.position.cartographicDegrees.values == [9.4, 77.1, 0.0]
    assert area.polygon.positions.cartographicDegrees.values[:6] == [5.0, 76.5, 0.0, 14.0, 76.5, 0.0]
