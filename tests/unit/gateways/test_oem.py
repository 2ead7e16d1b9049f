"""Orbit Ephemeris Messages: what we write is read by an independent program, what it writes is read by us."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from oem import OrbitEphemerisMessage

from synaspis.core.errors import InputError
from synaspis.engine.ephemeris import Ephemeris
from synaspis.gateways import Oem, OemSegment, read_oem, write_oem

MICROMETRE = 1e-6
CREATED = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
MARKS = ("European study 2018", "UNCLASSIFIED", "NOTIONAL")


@pytest.fixture(scope="module")
def message(flight, epoch) -> Oem:
    segment = OemSegment("MRBM-2000 NO 1", "NOTIONAL-1", flight, comments=("one of one",))
    return Oem(epoch, "SYNASPIS", CREATED, (segment,), MARKS)


@pytest.fixture(scope="module")
def text(message) -> str:
    return write_oem(message)


def test_a_round_trip_keeps_everything(message, text, epoch, flight):
    found = read_oem(text, epoch=epoch)
    assert (found.epoch, found.originator, found.creation_date) == (epoch, "SYNASPIS", CREATED)
    assert found.comments == MARKS
    assert found.notes == ()
    (segment,) = found.segments
    assert (segment.object_name, segment.object_id, segment.frame) == (
        "MRBM-2000 NO 1",
        "NOTIONAL-1",
        "ITRF2000",
    )
    assert segment.comments == ("one of one",)
    path = segment.ephemeris
    assert path.time_s == pytest.approx(flight.time_s, abs=1e-9)
    assert np.abs(path.position_ecef_m - flight.position_ecef_m).max() < MICROMETRE
    assert np.abs(path.velocity_ecef_m_s - flight.velocity_ecef_m_s).max() < 1e-9
    assert path.events["burnout"] == 62.5
    assert path.events["apogee"] == 300.0


def test_the_oem_package_reads_what_we_write(text, flight, epoch, tmp_path: Path):
    """bradsease/oem 0.4.5, which shares no code with us; its interpolation with ours to 1 mm."""
    file = tmp_path / "flight.oem"
    file.write_text(text, encoding="ascii")
    found = OrbitEphemerisMessage.open(file)
    (segment,) = found.segments
    assert found.version == "2.0"
    assert found.header["ORIGINATOR"] == "SYNASPIS"
    assert segment.metadata["REF_FRAME"] == "ITRF2000"
    assert segment.metadata["CENTER_NAME"] == "EARTH"
    states = list(segment.states)
    assert len(states) == flight.time_s.size
    for state, time_s, position_m, velocity_m_s in zip(
        states, flight.time_s, flight.position_ecef_m, flight.velocity_ecef_m_s, strict=True
    ):
        moment = state.epoch.to_datetime(timezone=UTC)
        assert abs(moment - (epoch + timedelta(seconds=float(time_s)))) <= timedelta(microseconds=1)
        assert state.position == pytest.approx(position_m / 1000.0, abs=1e-9)
        assert state.velocity == pytest.approx(velocity_m_s / 1000.0, abs=1e-12)
    between = states[7].epoch + 0.25 * (states[8].epoch - states[7].epoch)
    time_s = flight.time_s[7] + 0.25 * 20.0
    assert found(between).position == pytest.approx(flight.at(time_s)[0] / 1000.0, abs=1e-6)


def test_we_read_what_the_oem_package_writes(text, flight, tmp_path: Path):
    file, copy = tmp_path / "flight.oem", tmp_path / "copy.oem"
    file.write_text(text, encoding="ascii")
    OrbitEphemerisMessage.open(file).save_as(str(copy), file_format="kvn")
    found = read_oem(copy.read_text(encoding="ascii"), source="copy.oem")
    assert np.abs(found.segments[0].ephemeris.position_ecef_m - flight.position_ecef_m).max() < 0.001


def test_without_an_epoch_seconds_count_from_the_first_state(text, epoch):
    found = read_oem(text)
    assert found.epoch == epoch
    assert found.segments[0].ephemeris.time_s[0] == 0.0


def test_events_are_found_in_a_file_without_event_comments(text, flight):
    plain = "\n".join(line for line in text.splitlines() if not line.startswith("COMMENT"))
    events = read_oem(plain).segments[0].ephemeris.events
    assert events["apogee"] == pytest.approx(
        300.0, abs=2.0
    )  # highest over the ellipsoid, not farthest from the centre
    assert set(events) == {"apogee"}


def test_several_segments_count_from_one_epoch(message, epoch, flight):
    later = Ephemeris(flight.time_s + 1000.0, flight.position_ecef_m, flight.velocity_ecef_m_s)
    two = Oem(epoch, "SYNASPIS", CREATED, (*message.segments, OemSegment("SECOND", "NOTIONAL-2", later)))
    found = read_oem(write_oem(two))
    assert [segment.object_name for segment in found.segments] == ["MRBM-2000 NO 1", "SECOND"]
    assert found.segments[1].ephemeris.time_s[0] == pytest.approx(1000.0, abs=1e-9)


def test_what_is_skipped_is_said(text):
    matrix = "\n".join(" ".join(["1.0e-3"] * (row + 1)) for row in range(6))
    block = f"COVARIANCE_START\nEPOCH = 2018-05-25T12:00:00\nCOV_REF_FRAME = RTN\n{matrix}\nCOVARIANCE_STOP\n"
    rows = [
        f"{line} 0.0 0.0 -0.008" if line.startswith("2018-") else line for line in (text + block).splitlines()
    ]
    found = read_oem(
        "\n".join(rows).replace("META_STOP", "USEABLE_START_TIME = 2018-05-25T12:01:00\nMETA_STOP")
    )
    assert found.notes == (
        "MRBM-2000 NO 1: 1 covariance matrices skipped",
        "MRBM-2000 NO 1: accelerations skipped",
        "MRBM-2000 NO 1: states outside the useable span are used too",
    )


def test_day_of_year_and_other_line_ends_are_read(text, flight):
    odd = "\ufeff" + text.replace("2018-05-25T", "2018-145T").replace("\n", "\r\n")
    assert np.array_equal(
        read_oem(odd).segments[0].ephemeris.time_s, read_oem(text).segments[0].ephemeris.time_s
    )


@pytest.mark.parametrize("version", ["1.0", "3.0"])
def test_other_versions_are_read(text, version):
    assert read_oem(text.replace("VERS = 2.0", f"VERS = {version}")).originator == "SYNASPIS"


# What is changed in the file, and what the reader must say, with the line in the changed file.
FAULTS = {
    "version": (
        "VERS = 2.0",
        "VERS = 9.0",
        "x.oem:1: CCSDS_OEM_VERS: version '9.0' cannot be read; allowed are 1.0, 2.0, 3.0",
    ),
    "first line": (
        "CCSDS_OEM_VERS",
        "OEM_VERS",
        "x.oem:1: the first line is 'OEM_VERS = 2.0'; it must be CCSDS_OEM_VERS = 2.0",
    ),
    "unknown keyword": (
        "OBJECT_NAME",
        "OBJEKT_NAME",
        "unknown keyword 'OBJEKT_NAME' in the metadata. Did you mean OBJECT_NAME?",
    ),
    "missing keyword": ("TIME_SYSTEM = UTC\n", "", "TIME_SYSTEM: TIME_SYSTEM is missing in the metadata"),
    "twice": (
        "CENTER_NAME",
        "OBJECT_ID = 2\nCENTER_NAME",
        "x.oem:14: OBJECT_ID: OBJECT_ID is given again; the first is in line 13",
    ),
    "no value": ("= EARTH", "=", "x.oem:14: CENTER_NAME: CENTER_NAME has no value"),
    "centre": (
        "EARTH",
        "MARS BARYCENTER",
        "x.oem:14: CENTER_NAME: 'MARS BARYCENTER' cannot be read; allowed is EARTH",
    ),
    "time system": ("= UTC", "= TAI", "x.oem:16: TIME_SYSTEM: 'TAI' cannot be read; allowed is UTC"),
    "frame": (
        "ITRF2000",
        "TEME",
        "frame 'TEME' cannot be converted; allowed are ITRF (any year), GRC, WGS84, EME2000",
    ),
    "start": (
        "START_TIME = 2018-05-25T12:00:00",
        "START_TIME = 2018-05-25T12:00:10",
        "the first state is before START_TIME",
    ),
    "stop": (
        "STOP_TIME = 2018-05-25T12:10:00",
        "STOP_TIME = 2018-05-25T12:09:00",
        "the last state is after STOP_TIME",
    ),
    "backward": ("STOP_TIME = 2018", "STOP_TIME = 2017", "STOP_TIME is not after START_TIME"),
    "no day": (
        "2018-05-25T12:01:00.25",
        "2018-02-30T12:01:00.25",
        "'2018-02-30T12:01:00.250000000' names no day of the calendar",
    ),
    "no time": (
        "2018-05-25T12:01:00.25",
        "2018-05-25 12:01:00.25",
        "a state of 8 fields; allowed are 7 (time, km, km/s) or 10",
    ),
    "not a time": ("2018-05-25T12:01:00.25", "25.05.2018", "is not a time; allowed is YYYY-MM-DDThh:mm:ss.d"),
    "25 o'clock": (
        "2018-05-25T12:01:00.25",
        "2018-05-25T25:01:00.25",
        "names no time of the day; allowed is 00:00:00 to 23:59:59.9",
    ),
    "leap second": (
        "2018-05-25T12:01:00.25",
        "2018-05-25T12:01:60.25",
        "is a leap second, which cannot be read; allowed is 0 to 59 s",
    ),
    "long ago": (
        "2018-05-25T12:01:00.25",
        "1957-10-04T12:01:00.25",
        "year 1957 cannot be used; allowed is 1970 to 2199",
    ),
    "out of order": (
        "2018-05-25T12:01:00.25",
        "2018-05-25T12:00:10.25",
        "is before that of the state before; times must increase",
    ),
    "twice the time": (
        "2018-05-25T12:01:00.25",
        "2018-05-25T12:00:40.25",
        "is the same as that of the state before",
    ),
    "event name": (
        "EVENT burnout",
        "EVENT launch",
        "unknown event 'launch'; allowed are burnout, apogee, reentry_100_km, impact",
    ),
    "event time": (
        "EVENT burnout = 2018",
        "EVENT burnout = 2019",
        "burnout at 2019-05-25T12:01:02.750000000 lies outside",
    ),
    "nested": (
        "CENTER_NAME",
        "META_START\nCENTER_NAME",
        "'META_START' has no place in the metadata of an OEM file",
    ),
    "cut off": ("META_STOP", "", "the file ends inside a metadata block"),
    "xml": (
        "CCSDS_OEM_VERS",
        "<oem>",
        "x.oem:1: the message is XML. Export it in keyword = value form (KVN)",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_faults_are_named_with_their_line(text, name):
    before, after, expected = FAULTS[name]
    assert before in text
    with pytest.raises(InputError, match=r"faults? in the input") as caught:
        read_oem(text.replace(before, after, 1), source="x.oem")
    assert expected in str(caught.value)


@pytest.mark.parametrize(
    "number", ["nan", "NaN", "inf", "-Infinity", "1_000", "0x10", "1.0D+03", "1e999", "--1", "½"]
)
def test_what_is_no_finite_number_is_refused(text, number):
    rows = text.splitlines()
    fields = rows[-1].split()
    rows[-1] = " ".join([*fields[:3], number, *fields[4:]])
    with pytest.raises(InputError, match=r"is not a number|is too large for a number") as caught:
        read_oem("\n".join(rows), source="x.oem")
    assert f"x.oem:{len(rows)}: {number!r}" in str(caught.value)


def test_all_faults_come_at_once_in_the_order_of_lines(text):
    rows = (
        text.replace("= UTC", "= GPS").replace("EARTH", "MOON").replace("ORIGINATOR", "AUTHOR").splitlines()
    )
    rows[-2] = rows[-2].replace(" ", " nan ", 1)
    rows[-1] = "2018-05-25T12:10:00.25 1 2 x y z 6"
    with pytest.raises(InputError, match="faults in the input") as caught:
        read_oem("\n".join(rows))
    lines = [fault.line for fault in caught.value.faults if fault.line]
    assert lines == sorted(lines)
    said = str(caught.value)
    for text in (
        "'AUTHOR'",
        "ORIGINATOR is missing",
        "'MOON'",
        "'GPS'",
        "a state of 8 fields",
        "'x'",
        "'y'",
        "'z'",
    ):
        assert text in said


def test_a_thousand_faults_are_counted_not_listed(text):
    broken = text.replace(".", ",")
    with pytest.raises(InputError, match="faults more"):
        read_oem(broken + "\n".join(["x"] * 1000))


def test_metres_instead_of_kilometres_are_found(text):
    def in_metres(line: str) -> str:
        tag, *numbers = line.split()
        return " ".join([tag, *(f"{1000.0 * float(number):.3f}" for number in numbers)])

    rows = [in_metres(line) if line.startswith("2018-") else line for line in text.splitlines()]
    with pytest.raises(InputError, match="km from the centre of the Earth") as caught:
        read_oem("\n".join(rows))
    assert "(31 states like this); allowed is 6,300 to 1,000,000 km. OEM positions are km" in str(
        caught.value
    )


def test_speeds_in_metres_a_second_are_found(text):
    def in_metres(line: str) -> str:
        tag, x, y, z, *speeds = line.split()
        return " ".join([tag, x, y, z, *(f"{1000.0 * float(number):.6f}" for number in speeds)])

    rows = [in_metres(line) if line.startswith("2018-") else line for line in text.splitlines()]
    with pytest.raises(InputError, match="velocities differ by 100 % from how the positions move"):
        read_oem("\n".join(rows))


def test_one_state_is_no_path(text):
    rows = text.splitlines()
    with pytest.raises(InputError, match="the segment has 1 states; it needs 2 or more"):
        read_oem("\n".join(rows[:-30]))


@pytest.mark.parametrize(
    ("text", "said"),
    [("", "the file is empty"), ("   \n", "the file is empty"), ("x", "the first line is 'x'")],
)
def test_files_that_are_no_message(text, said):
    with pytest.raises(InputError, match=said):
        read_oem(text)


def test_an_epoch_far_away_is_refused(text):
    with pytest.raises(
        InputError, match=r"the first state is 1970\.5 days after the epoch; allowed are 30 days"
    ):
        read_oem(text, epoch=datetime(2013, 1, 1, tzinfo=UTC))


def test_the_example_of_the_standard_is_refused_for_its_centre_alone():
    """CCSDS 502.0-B-2, figure 5-2 (shortened): Mars Global Surveyor around the barycentre of Mars."""
    figure = """CCSDS_OEM_VERS = 2.0
CREATION_DATE = 1996-11-04T17:22:31
ORIGINATOR = NASA/JPL

META_START
OBJECT_NAME = MARS GLOBAL SURVEYOR
OBJECT_ID = 1996-062A
CENTER_NAME = MARS BARYCENTER
REF_FRAME = EME2000
TIME_SYSTEM = UTC
START_TIME = 1996-12-18T12:00:00.331
USEABLE_START_TIME = 1996-12-18T12:10:00.331
USEABLE_STOP_TIME = 1996-12-28T21:23:00.331
STOP_TIME = 1996-12-28T21:28:00.331
INTERPOLATION = HERMITE
INTERPOLATION_DEGREE = 7
META_STOP

1996-12-18T12:00:00.331 2789.619 -280.045 -1746.755 4.73372 -2.49586 -1.04195
1996-12-18T12:01:00.331 2783.419 -308.143 -1877.071 5.18604 -2.42124 -1.99608
"""
    with pytest.raises(InputError, match="MARS BARYCENTER") as caught:
        read_oem(figure)
    assert {fault.where for fault in caught.value.faults} <= {"CENTER_NAME", ""}
    assert "km from the centre of the Earth" in str(caught.value)


@pytest.mark.parametrize("text", ["two\nlines", "", "Größe", "x" * 231])
def test_text_that_the_format_cannot_carry_is_refused(message, text):
    wrong = OemSegment(text, "1", message.segments[0].ephemeris)
    with pytest.raises(ValueError, match="does not fit; allowed are 1 to 230 printable ASCII characters"):
        write_oem(Oem(message.epoch, "SYNASPIS", CREATED, (wrong,)))


def test_times_without_zone_and_empty_messages_are_refused(message):
    with pytest.raises(ValueError, match="has no time zone; give it one"):
        write_oem(Oem(datetime(2018, 1, 1), "S", CREATED, message.segments))  # noqa: DTZ001
    with pytest.raises(ValueError, match="needs at least one segment"):
        write_oem(Oem(message.epoch, "S", CREATED, ()))


def test_no_line_is_longer_than_the_standard_allows(text):
    assert max(map(len, text.splitlines())) <= 254


def test_the_example_of_the_format_page_runs_and_asserts():
    page = Path(__file__).parents[3] / "docs" / "formats" / "oem.md"
    (code,) = re.findall(r"```python\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
    assert "\nassert " in code
    exec(code, {})
