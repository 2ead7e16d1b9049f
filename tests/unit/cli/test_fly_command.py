"""`synaspis fly` and what `export` makes of a flight."""

import json
from pathlib import Path

import numpy as np
import pytest

from synaspis.gateways import read_oem

PLACES = ["--from", "38,46", "--to", "44,26"]
TABRIZ_TO_BUCHAREST = ("--missile", "mrbm-2000", "--from", "38.08,46.292", "--to", "44.43,26.10")


@pytest.fixture(scope="module")
def flight_file(call, tmp_path_factory):
    done = call("fly", *TABRIZ_TO_BUCHAREST, "--json", "--ephemeris")
    assert done.status == 0
    path = tmp_path_factory.mktemp("flight") / "flight.json"
    path.write_text(done.out, "utf-8")
    return path


def test_the_document_has_what_others_build_on(flight_file):
    # Distance: Tabriz to Bucharest 1827 km (reference table of distances, WGS84).
    document = json.loads(flight_file.read_text("utf-8"))
    assert document["status"] == "done"
    assert set(document["burnout"]) == {
        "time_s",
        "altitude_m",
        "speed_m_s",
        "position_ecef_m",
        "velocity_ecef_m_s",
    }
    assert document["range_m"] == pytest.approx(1827e3, rel=2e-3)
    assert document["impact"]["latitude_deg"] == pytest.approx(44.43, abs=1e-3)
    assert document["impact"]["longitude_deg"] == pytest.approx(26.10, abs=1e-3)
    assert document["miss_m"] < 100.0
    rows = np.array(document["ephemeris"])
    assert rows.shape[1] == 7
    assert rows[-1, 0] == pytest.approx(document["time_of_flight_s"], abs=1e-6)


def test_a_lofted_flight_has_the_apogee_and_range_asked_for(call):
    done = call(
        "fly", "--from", "40.0,127.6", "--apogee-km", "4475", "--range-km", "950", "--azimuth-deg", "80",
        "--json",
    )  # fmt: skip
    assert done.status == 0
    assert done.document["apogee_m"] == pytest.approx(4475e3, abs=200.0)
    assert done.document["range_m"] == pytest.approx(950e3, abs=100.0)


def test_people_get_lines(call):
    done = call("fly", *TABRIZ_TO_BUCHAREST)
    assert done.out.splitlines()[0].startswith("Burnout ")
    assert "m from the aim point" in done.out


def test_no_flight_is_status_1_with_its_reason(call):
    done = call("fly", "--missile", "srbm-300", "--from", "38,46", "--to", "44,26", "--json")
    assert done.status == 1
    assert done.document["status"] == "beyond_reach"
    assert "range of this class" in done.document["reason"]


def test_a_flight_meets_a_defence(call):
    done = call("fly", *TABRIZ_TO_BUCHAREST, "--against", "europe", "--phase", "2018", "--json")
    timeline = done.document["timeline"]
    assert timeline["phase"] == "2018"
    assert any(radar["asset"] == "kurecik-radar" and radar["seen_s"] for radar in timeline["radars"])
    text = call("fly", *TABRIZ_TO_BUCHAREST, "--against", "europe", "--phase", "2018").out
    assert "how far it came" in text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--to", "44,26", "--missile", "mrbm-2000"], "--from: missing. Give the launch point as LAT,LON."),
        (["--from", "38,46"], "--apogee-km, --range-km, --azimuth-deg: missing for a flight without an aim"),
        (PLACES, "--missile: missing"),
        ([*PLACES, "--range-km", "5", "--missile", "mrbm-2000"], "--to: given together with --range-km"),
        ([*PLACES, "--missile", "mrbm"], "--missile: the catalogue has no missile 'mrbm'. Did you mean"),
        ([*PLACES, "--missile", "mrbm-2000", "--phase", "2018"], "--against: missing"),
        (["--oem", "x.oem", "--from", "38,46"], "--oem: given together with --from"),
        (["--oem", "x.oem"], "--oem: a path alone asks nothing"),
    ],
)  # fmt: skip
def test_what_does_not_go_together_is_said(call, words, said):
    done = call("fly", *words)
    assert done.status == 2
    assert said in done.err


def test_a_flight_goes_out_as_oem_and_comes_back(call, flight_file, tmp_path):
    out = tmp_path / "flight.oem"
    done = call(
        "export", flight_file, "--format", "oem", "--epoch", "2026-05-01T12:00:00Z", "--output", out, "--json"
    )
    assert done.document == {"file": str(out), "format": "oem"}
    path = read_oem(out.read_text("utf-8")).segments[0].ephemeris
    rows = np.array(json.loads(flight_file.read_text("utf-8"))["ephemeris"])
    np.testing.assert_allclose(path.position_ecef_m, rows[:, 1:4], atol=1e-3)
    assert path.events["burnout"] > 0.0
    again = call(
        "fly", "--oem", out, "--missile", "mrbm-2000", "--against", "europe", "--phase", "2018", "--json"
    )
    assert again.document["timeline"]["impact_s"] == pytest.approx(rows[-1, 0], abs=1e-3)


@pytest.mark.parametrize(
    ("wanted", "parts"),
    [
        ("czml", ["events: a path has no events"]),
        (
            "kml",
            [
                "velocity_ecef_m_s: a line has places alone",
                "time_s: a line has no instants; begin and end are its time span",
                "events: a line has no events",
            ],
        ),
        ("oem", []),
    ],
)
def test_what_a_format_does_not_carry_of_a_flight_is_said(call, flight_file, tmp_path, wanted, parts):
    done = call("export", flight_file, "--format", wanted, "--output", tmp_path / "out")
    said = [line for line in done.err.splitlines() if line.startswith("Not carried")]
    assert said == [f"Not carried: track.ephemeris.{part}" for part in parts]


@pytest.mark.parametrize(("wanted", "start"), [("czml", "[{"), ("kml", "<?xml"), ("csv", "object,time_s,")])
def test_a_flight_goes_out_in_other_forms(call, flight_file, tmp_path, wanted, start):
    out = tmp_path / f"flight.{wanted}"
    assert call("export", flight_file, "--format", wanted, "--output", out).status == 0
    assert out.read_text("utf-8").startswith(start)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{}", "holds no `ephemeris`. Write it by `synaspis fly ... --json --ephemeris`."),
        ("{", "is not JSON"),
        ('{"ephemeris": [[1, 2]]}', "rows of 7 numbers are needed"),
        ('{"ephemeris": [["a", 1, 2, 3, 4, 5, 6]]}', "could not convert string to float"),
        ('{"ephemeris": [[1, 1, 2, 3, 4, 5, 6], [0, 1, 2, 3, 4, 5, 6]]}', "strictly increasing"),
        ("nothing", "CCSDS_OEM_VERS"),
    ],
)
def test_a_file_that_is_no_flight_is_refused(call, tmp_path, content, said):
    source = tmp_path / "flight.json"
    source.write_text(content, "utf-8")
    done = call("export", source, "--format", "czml", "--output", tmp_path / "out.czml")
    assert done.status == 2
    assert said in done.err
    assert not (tmp_path / "out.czml").exists()


def test_a_flight_is_no_map_and_a_missing_file_is_no_flight(call, flight_file, tmp_path):
    done = call("export", flight_file, "--format", "geojson", "--output", tmp_path / "x")
    assert "a flight cannot be written as geojson. Allowed: oem, czml, kml, csv." in done.err
    done = call("export", tmp_path / "none.json", "--format", "oem", "--output", tmp_path / "x")
    assert done.status == 2
    assert "there is no such file or folder" in done.err


def test_a_time_or_a_name_that_a_format_cannot_carry_is_bad_input(call, flight_file, tmp_path):
    out = tmp_path / "out"
    done = call(
        "export", flight_file, "--format", "oem", "--epoch", "9999-12-31T23:59:59Z", "--output", out, "--json"
    )
    assert done.status == 2
    assert done.document["error"]["faults"][0]["what"].startswith("cannot be written as oem: ")
    oem = tmp_path / "a.oem"
    assert call("export", flight_file, "--format", "oem", "--output", oem).status == 0
    oem.write_text(oem.read_text("utf-8").replace("NOTIONAL FLIGHT", "A\x07B"), "utf-8")
    done = call("export", oem, "--format", "kml", "--output", out)
    assert done.status == 2
    assert "cannot be written as kml" in done.err
    assert not out.exists()


def test_the_mark_that_windows_puts_first_is_no_fault(call, flight_file, tmp_path):
    marked = tmp_path / "flight.json"
    marked.write_text("\ufeff" + flight_file.read_text("utf-8"), "utf-8")
    assert call("export", marked, "--format", "csv", "--output", tmp_path / "out").status == 0


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="needs a file without end")
def test_a_file_without_end_is_refused(call, tmp_path):
    done = call("export", "/dev/zero", "--format", "csv", "--output", tmp_path / "out")
    assert done.status == 2
    assert "/dev/zero: is larger than 50 MB" in done.err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"ephemeris":' + "[" * 100_000, "is not JSON: maximum recursion depth"),
        (
            '{"ephemeris": [[0, 0, 0, 0, 0, 0, 0], [1, 0, 0, 0, 0, 0, 0]]}',
            "ephemeris: a position is 0 km from the centre of the Earth; 6,300 to 1,000,000 km is allowed",
        ),
    ],
)
def test_a_flight_that_cannot_be_is_refused(call, tmp_path, content, said):
    source = tmp_path / "flight.json"
    source.write_text(content, "utf-8")
    done = call("export", source, "--format", "kml", "--output", tmp_path / "out")
    assert done.status == 2
    assert said in done.err
