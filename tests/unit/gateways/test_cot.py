"""Cursor on Target events: what stands in them, and that a pytak client takes them off a socket unchanged."""

import asyncio
import json
import warnings
from dataclasses import replace
from datetime import UTC, datetime
from xml.etree import ElementTree

import numpy as np
import pytest

from synaspis.agreement.label import Category, Label
from synaspis.core.clock import from_rfc3339
from synaspis.core.errors import InputError
from synaspis.engine.earth import geodetic_to_ecef, local_axes_ecef
from synaspis.fusion import FusedTrack
from synaspis.gateways import CotEvent, cot_of_fused, cot_of_report, to_cot
from synaspis.messages import example_message, read_message

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it warns of parts that are not installed
    import pytak

TIME_US = from_rfc3339("2026-11-25T06:27:31.0004Z")
LABEL = Label("EXERCISE", "RESTRICTED", (Category("Releasable to", "PERMISSIVE", ("BBB", "AAA")),))
# The values of the exchange's reference page: they have to survive unchanged.
EVENT = CotEvent(
    uid="synaspis.southland.S-0041",
    time_us=TIME_US,
    stale_us=TIME_US + 30_000_000,
    latitude_deg=70.4,
    longitude_deg=-15.5,
    hae_m=412345.6,
    ce_m=500.0,
    le_m=800.0,
    course_deg=271.5,
    speed_m_s=4321.0,
    slope_deg=-12.0,
    label=LABEL,
    exercise="WINTER ROCKET 2026",
    callsign="S-0041",
    remarks="mrbm",
)


def parsed(event: CotEvent) -> ElementTree.Element:
    return ElementTree.fromstring(to_cot(event))


def test_an_event_has_the_parts_that_every_client_reads():
    root = parsed(EVENT)
    assert root.attrib == {
        "version": "2.0",
        "uid": "synaspis.southland.S-0041",
        "type": "a-u-A-W-M",
        "how": "m",
        "time": "2026-11-25T06:27:31.000Z",
        "start": "2026-11-25T06:27:31.000Z",
        "stale": "2026-11-25T06:28:01.000Z",
        "access": "RESTRICTED",
        "caveat": "EXERCISE",
        "releasableTo": "AAA BBB",
    }
    assert root.find("point").attrib == {
        "lat": "70.4000000",
        "lon": "-15.5000000",
        "hae": "412345.6",
        "ce": "500.0",
        "le": "800.0",
    }
    assert root.find("detail/track").attrib == {"course": "271.5", "speed": "4321.0", "slope": "-12.0"}
    assert root.find("detail/contact").get("callsign") == "S-0041"
    assert root.find("detail/remarks").text == "EXERCISE WINTER ROCKET 2026; mrbm"


def test_the_label_stands_in_it_whole():
    text = parsed(EVENT).find("detail/synaspisLabel").text
    assert text == LABEL.to_canonical_json()


def test_an_event_in_earnest_carries_no_mark_of_an_exercise():
    text = to_cot(replace(EVENT, exercise=None))
    assert "caveat" not in text
    assert "EXERCISE WINTER" not in text
    assert parsed(replace(EVENT, exercise=None)).find("detail/remarks").text == "mrbm"


def test_a_label_without_recipients_names_none_and_one_for_nobody_is_not_written():
    assert parsed(replace(EVENT, label=Label("EXERCISE", "UNCLASSIFIED"))).get("releasableTo") is None
    nobody = Label("EXERCISE", "RESTRICTED", (Category("Releasable to", "PERMISSIVE", ()),))
    with pytest.raises(InputError, match=r"the label is releasable to nobody\. Do not hand the event on"):
        to_cot(replace(EVENT, label=nobody))


@pytest.mark.parametrize("name", ["hae_m", "ce_m", "le_m"])
@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "9999999.0"),
        (float("nan"), "9999999.0"),
        (float("inf"), "9999999.0"),
        (9999999.0, "9999999.1"),
        (9999999.04, "9999999.1"),
        (9999998.96, "9999999.1"),
        (9999998.9, "9999998.9"),
        (35786000.0, "35786000.0"),
        (0.0, "0.0"),
        (-12.34, "-12.3"),
    ],
)
def test_no_value_that_is_known_reads_as_unknown(name, value, text):
    assert parsed(replace(EVENT, **{name: value})).find("point").get(name.removesuffix("_m")) == text


@pytest.mark.parametrize(("course_deg", "text"), [(359.96, "0.0"), (0.0, "0.0"), (359.94, "359.9")])
def test_a_course_is_below_a_full_turn(course_deg, text):
    assert parsed(replace(EVENT, course_deg=course_deg)).find("detail/track").get("course") == text


def test_hostile_names_stay_text():
    hostile = '<x a="1">&amp;</event>]]>\''
    root = parsed(replace(EVENT, uid=hostile, callsign=hostile, exercise=hostile, remarks=hostile))
    assert root.get("uid") == hostile
    assert root.find("detail/contact").get("callsign") == hostile
    assert root.find("detail/remarks").text == f"EXERCISE {hostile}; {hostile}"
    assert [child.tag for child in root] == ["point", "detail"]


def test_times_round_to_the_nearest_millisecond():
    assert parsed(replace(EVENT, time_us=999_500)).get("time") == "1970-01-01T00:00:01.000Z"
    assert parsed(replace(EVENT, time_us=1_499)).get("time") == "1970-01-01T00:00:00.001Z"


def test_a_track_report_becomes_an_event():
    """The example was made at latitude 70.4, longitude 15.5, height 512.3 km, with 620 m/s to the north, 150
    m/s to the west and 3,320 m/s upwards, and sigmas of 30, 40 and 50 m to the east, north and upwards.
    """
    message = read_message(example_message("track-report"))
    event = cot_of_report(message, stale_us=message.body.time_us + 1).product
    assert event.latitude_deg == pytest.approx(70.4, abs=1e-6)
    assert event.longitude_deg == pytest.approx(15.5, abs=1e-6)
    assert event.hae_m == pytest.approx(512_300.0, abs=0.1)
    assert event.ce_m == pytest.approx(40.0, abs=0.01)
    assert event.le_m == pytest.approx(50.0, abs=0.01)
    assert event.course_deg == pytest.approx(360.0 - np.degrees(np.arctan(150 / 620)), abs=0.01)
    assert event.speed_m_s == pytest.approx(np.sqrt(620**2 + 150**2 + 3320**2), abs=0.02)
    assert event.slope_deg == pytest.approx(np.degrees(np.arctan(3320 / np.hypot(620, 150))), abs=0.01)
    assert (event.label, event.exercise) == (message.label, "WINTER ROCKET 2026")
    assert (event.uid, event.callsign) == ("synaspis.southland.S-0041", "S-0041")
    assert event.remarks == "sounding-rocket, radar, reported by southland"


def test_another_message_has_no_place_in_it():
    with pytest.raises(InputError, match="a warning is no track report; it has no place in CoT"):
        cot_of_report(read_message(example_message("warning")), stale_us=0)


def test_a_fused_track_becomes_an_event():
    latitude, longitude = np.radians(-33.0), np.radians(151.0)
    east, north, up = local_axes_ecef(latitude, longitude)
    axes = np.stack([east, north, up], axis=1)
    covariance = np.eye(6)
    # The long half-axis of the ellipse lies between east and north.
    covariance[:3, :3] = (
        axes @ np.array([[500.0, 400.0, 0.0], [400.0, 500.0, 0.0], [0.0, 0.0, 16.0]]) @ axes.T
    )
    track = FusedTrack(
        number=3,
        status="updated",
        time_us=TIME_US,
        position_ecef_m=tuple(geodetic_to_ecef(latitude, longitude, 100_000.0)),
        velocity_ecef_m_s=tuple(-1000.0 * east - 1000.0 * up),
        covariance=tuple(map(tuple, covariance)),
        sources=("eastmark", "southland"),
        launch=None,
        impact=None,
    )
    event = cot_of_fused(track, picture="northland", stale_us=TIME_US + 1, label=LABEL).product
    assert event.uid == "synaspis.northland.3"
    assert (event.latitude_deg, event.longitude_deg) == pytest.approx((-33.0, 151.0), abs=1e-9)
    assert event.ce_m == pytest.approx(30.0)  # the eigenvalues are 100 and 900
    assert event.le_m == pytest.approx(4.0)
    assert event.course_deg == pytest.approx(270.0)
    assert event.slope_deg == pytest.approx(-45.0)
    assert event.speed_m_s == pytest.approx(1000.0 * np.sqrt(2.0))
    root = parsed(event)
    assert root.get("how") == "m-f"
    assert root.find("detail/remarks").text == "updated, fused from eastmark, southland"


async def taken_by_pytak(stream: bytes, count: int) -> list[bytes]:
    """What a pytak client puts into its queue when a server sends it a stream."""

    async def serve(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for at in range(0, len(stream), 100):  # in pieces, as networks do
            writer.write(stream[at : at + 100])
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        config = {"COT_URL": f"tcp://127.0.0.1:{port}", "TAK_PROTO": "0"}
        reader, writer = await pytak.protocol_factory(config)
        queue: asyncio.Queue[bytes] = asyncio.Queue()
        worker = pytak.RXWorker(queue, config, reader)
        for _ in range(count):
            await asyncio.wait_for(worker.run_once(), timeout=5.0)
        writer.close()
    return [queue.get_nowait() for _ in range(queue.qsize())]


def test_a_pytak_client_takes_events_off_a_stream_unchanged():
    second = replace(EVENT, uid="synaspis.southland.S-0042", hae_m=None, remarks="</event>")
    stream = (to_cot(EVENT) + to_cot(second)).encode()
    first, other = asyncio.run(taken_by_pytak(stream, 2))
    root = ElementTree.fromstring(first)
    point, track = root.find("point"), root.find("detail/track")
    assert (float(point.get("hae")), float(point.get("ce")), float(point.get("le"))) == (
        412345.6,
        500.0,
        800.0,
    )
    assert (float(track.get("course")), float(track.get("speed"))) == (271.5, 4321.0)
    assert [root.get(name) for name in ("access", "caveat", "releasableTo")] == [
        "RESTRICTED",
        "EXERCISE",
        "AAA BBB",
    ]
    assert Label.from_json(json.loads(root.find("detail/synaspisLabel").text)) == LABEL
    root = ElementTree.fromstring(other)
    assert root.find("point").get("hae") == str(pytak.DEFAULT_COT_VAL)
    assert root.find("detail/remarks").text == "EXERCISE WINTER ROCKET 2026; </event>"


def test_pytak_reads_the_times():
    text = parsed(EVENT).get("time")
    read = datetime.strptime(text, pytak.W3C_XML_DATETIME).replace(tzinfo=UTC)
    assert abs(read.timestamp() - TIME_US / 1e6) < 0.001
