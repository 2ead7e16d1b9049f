"""DIS 7 as two decoders read it that we did not write, and a reader that believes nothing."""

import json
import shutil
import struct
import subprocess
from dataclasses import replace
from math import asin, atan2, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synaspis.core.clock import from_rfc3339
from synaspis.core.errors import InputError
from synaspis.gateways import picture_of
from synaspis.gateways.dis import (
    Comment,
    Datum,
    Detonation,
    DisIdentity,
    EntityId,
    EntityState,
    EntityType,
    EventId,
    Fire,
    Munition,
    StartResume,
    StopFreeze,
    dis_of_track,
    label_in,
    read_datagram,
    read_pdu,
    sign_of_life,
    text_of,
    write_pdu,
)
from synaspis.gateways.dis.pdus import Header

NOW_US = from_rfc3339("2026-11-25T06:27:31.5Z")
HEADER = Header(7, NOW_US, 6)
ME, ALL = EntityId(1, 2, 3), EntityId(65535, 65535, 65535)
WHERE, SPEED = (4.0e6, -3.0e6, 5.0e6), (1000.0, -2000.0, 3000.0)
STATE = EntityState(HEADER, ME, EntityType(2), WHERE, SPEED, (0.5, -0.25, 0.125), marking="EXERCISE3")
BURST = Munition(EntityType(2, 1, 225, 1, 2, 3, 4), 1000, 2000, 3, 4)
FIRE = Fire(
    HEADER, ME, EntityId(4, 5, 6), EntityId(7, 8, 9), EventId(1, 2, 77), WHERE, BURST, SPEED, 1234.5, 42
)
END = Detonation(
    HEADER,
    ME,
    EntityId(4, 5, 6),
    EntityId(7, 8, 9),
    EventId(1, 2, 77),
    WHERE,
    SPEED,
    BURST,
    (0.5, 0.25, 2.0),
    3,
)
START = StartResume(HEADER, ME, ALL, NOW_US, NOW_US - 60_000_000, 5)
STOP = StopFreeze(HEADER, ME, ALL, NOW_US, 1, 0, 6)
WORDS = Comment(HEADER, ME, ALL, (Datum(0, b"Radio check."),))
EVERY = (STATE, FIRE, END, START, STOP, WORDS)
IDENTITY = DisIdentity(7, "WINTER ROCKET 2026", site=1, application=2)


def capture(path, datagrams):
    """A capture file as pcap has it: Ethernet, IPv4, UDP to port 3000, checksums left out."""
    parts = [struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)]
    for data in datagrams:
        udp = struct.pack(">HHHH", 3000, 3000, 8 + len(data), 0) + data
        local = b"\x7f\0\0\1"
        ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0, local, local) + udp
        frame = bytes(12) + b"\x08\0" + ip
        parts.append(struct.pack("<IIII", NOW_US // 10**6, 0, len(frame), len(frame)) + frame)
    path.write_bytes(b"".join(parts))


def flat(tree, prefix=""):
    """Leaves of tshark's tree as (path, value)."""
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from flat(value, f"{prefix}{key}/")
        else:
            yield f"{prefix}{key}", value


@pytest.fixture(scope="module")
def decoded(tmp_path_factory):
    """What Wireshark's dissector makes of one PDU of each kind."""
    if shutil.which("tshark") is None:
        pytest.skip("tshark is not installed")
    path = tmp_path_factory.mktemp("dis") / "all.pcap"
    capture(path, map(write_pdu, EVERY))
    command = ["tshark", "-r", str(path), "-T", "json", "-d", "udp.port==3000,dis"]
    shown = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    return [dict(flat(each["_source"]["layers"]["dis"])) for each in json.loads(shown.stdout)]


def test_wireshark_reads_the_header_of_each_kind(decoded):
    assert [each["Header/dis.pdu_type"] for each in decoded] == ["1", "2", "3", "13", "14", "22"]
    assert [each["Header/dis.proto_fam"] for each in decoded] == ["1", "2", "2", "5", "5", "5"]
    assert [each["Header/dis.pdu_length"] for each in decoded] == ["144", "96", "104", "44", "40", "56"]
    for each in decoded:
        assert (each["Header/dis.proto_ver"], each["Header/dis.exer_id"]) == ("7", "7")
        # 27 min 31.5 s past the hour, absolute.
        assert float(each["Header/dis.timestamp"]) == pytest.approx(1651.5, abs=2e-6)
        assert each["Header/dis.pdu_status_tree/dis.pdustatus.lvc"] == "0x03"  # constructive


def test_wireshark_reads_an_entity_state(decoded):
    state = decoded[0]
    head = "Entity State PDU/"
    assert [state[f"{head}Entity ID/dis.entity_id_{part}"] for part in ("site", "application", "entity")] == [
        "1",
        "2",
        "3",
    ]
    for name, values in (
        ("Entity Location/dis.entity_location", WHERE),
        ("Entity Linear Velocity/dis.entity_linear_velocity", SPEED),
    ):
        assert [float(state[f"{head}{name}.{axis}"]) for axis in "xyz"] == list(values)
    turned = [
        state[f"{head}Entity Orientation/dis.entity_orientation.{angle}"] for angle in ("psi", "theta", "phi")
    ]
    assert list(map(float, turned)) == [0.5, -0.25, 0.125]
    assert state[f"{head}Entity Marking/dis.entity_marking"] == "EXERCISE3"
    assert state[f"{head}Dead Reckoning Parameters/dis.entity_marking_character_set"] == "2"  # FPW


@pytest.mark.parametrize(("index", "kind"), [(1, "fire"), (2, "detonation")])
def test_wireshark_reads_launches_and_ends(decoded, index, kind):
    pdu = decoded[index]
    head = f"{kind.capitalize()} PDU/"
    assert pdu[f"{head}Target Entity ID/dis.entity_id_entity"] == "6"
    assert pdu[f"{head}Event ID/dis.event_number"] == "77"
    where = [pdu[f"{head}Location in World Coordinates/dis.{kind}.location.{axis}"] for axis in "xyz"]
    assert list(map(float, where)) == list(WHERE)
    assert pdu[f"{head}Burst Descriptor/dis.warhead"] == "1000"
    assert pdu[f"{head}Burst Descriptor/Munition, (2:1:225:1:2:3:4) /dis.country"] == "225"
    if kind == "fire":
        assert float(pdu[f"{head}dis.range"]) == 1234.5
        assert pdu[f"{head}dis.fire.mission_index"] == "42"
    else:
        assert pdu[f"{head}dis.detonation.result"] == "3"
        assert pdu[f"{head}Location in Entity Coordinates/dis.entity_location.z"] == "2"


def test_wireshark_reads_times_and_words(decoded):
    start, stop, words = decoded[3:]
    head = "Start / Resume PDU/"
    assert float(start[f"{head}Real World Time/dis.clocktime"]) == pytest.approx(NOW_US / 1e6, abs=2e-3)
    assert float(start[f"{head}Simulation Time/dis.clocktime"]) == pytest.approx(NOW_US / 1e6 - 60, abs=2e-3)
    assert start[f"{head}dis.request_id"] == "5"
    assert stop["Stop / Freeze PDU/dis.reason"] == "1"
    shown = words["Comment PDU/Variable data/dis.hf_dis_variable_datum_value_as_text"]
    assert shown == "Radio check."
    assert words["Comment PDU/Variable data/dis.datum_length"] == "96"  # bits


def test_synapse_reads_a_track_of_a_picture(picture):
    codec = pytest.importorskip("synapse_cdm.adapters.dis7_codec")
    track = picture_of(picture, recipient="northland").tracks[0]
    _, state = dis_of_track(track, IDENTITY).product
    read = json.dumps(found := codec.decode_pdu(write_pdu(state)))
    assert found["header"]["exercise_id"] == 7
    for number in (4.0e6, 3.0e6, 5.0e6, 1000.0, -2000.0, 3000.0):
        assert repr(number) in read
    assert bytes.fromhex(b"EXERCISE3".hex()).decode() in read or "4558455243495345" in read.lower()


@pytest.mark.parametrize("pdu", EVERY, ids=lambda pdu: type(pdu).__name__)
def test_what_is_written_reads_back(pdu):
    read = read_pdu(write_pdu(pdu), near_us=NOW_US + 1_000_000)
    # The timestamp has 2^31 steps an hour: 1.7 us.
    assert abs(read.header.time_us - NOW_US) <= 2
    times = {name: getattr(read, name) for name in ("real_us", "simulation_us") if hasattr(read, name)}
    for name, value in times.items():
        assert abs(value - getattr(pdu, name)) <= 2
    assert replace(read, header=HEADER, **{name: getattr(pdu, name) for name in times}) == pdu


def test_a_timestamp_is_placed_in_the_hour_that_is_near():
    before = from_rfc3339("2026-11-25T06:59:59Z")
    data = write_pdu(replace(WORDS, header=Header(7, before)))
    read = read_pdu(data, near_us=from_rfc3339("2026-11-25T07:00:01Z"))
    assert abs(read.header.time_us - before) <= 2


def test_a_track_goes_out_behind_its_label(picture):
    track = picture_of(picture, recipient="northland").tracks[0]
    carried = dis_of_track(track, IDENTITY)
    words, state = carried.product
    entity, exercise, labels = label_in(read_pdu(write_pdu(words), near_us=NOW_US))
    assert (entity, exercise, labels) == (EntityId(1, 2, 3), "WINTER ROCKET 2026", track.labels)
    assert (state.entity, state.marking, state.appearance) == (entity, "EXERCISE3", 0)
    speed = sqrt(1000.0**2 + 2000.0**2 + 3000.0**2)
    assert state.orientation_rad == (atan2(-2000.0, 1000.0), -asin(3000.0 / speed), 0.0)
    assert [str(each) for each in carried.not_carried] == [
        "track 3: covariance is not carried: DIS has no field for errors; the quality is in the Comment"
    ]
    assert b'"impact":{"latitude_deg":44.43' in words.datums[0].value


def test_a_track_that_ended_is_deactivated(picture):
    picture["tracks"][0]["status"] = "ended"
    track = picture_of(picture, recipient="northland").tracks[0]
    assert dis_of_track(track, IDENTITY).product[1].appearance == 1 << 23


def test_what_does_not_fit_is_listed(picture):
    picture["tracks"][0]["number"] = 1234
    picture["tracks"][0]["sources"] = [f"a-partner-with-a-long-name-{n}" for n in range(60)]
    track = picture_of(picture, recipient="northland").tracks[0]
    carried = dis_of_track(track, IDENTITY)
    assert carried.product[1].marking == "EXERCISE"
    assert [each.what for each in carried.not_carried] == [
        "covariance",
        "sources",
        "the number in the marking",
    ]
    assert len(write_pdu(carried.product[0])) < 1400  # one Ethernet frame


def test_a_label_that_does_not_fit_keeps_its_track_back(picture):
    marks = picture["tracks"][0]["label"]["ConfidentialityInformation"]["Category"][0]
    marks["GenericValues"] = [f"partner-{n:03}-with-a-long-name" for n in range(60)]
    carried = dis_of_track(picture_of(picture, recipient="northland").tracks[0], IDENTITY)
    assert carried.product == ()
    assert "its label does not fit beside it" in str(carried.not_carried[0])


@pytest.mark.parametrize(
    ("exercise", "said"),
    [(None, "it is meant in earnest"), ("OTHER 2026", "it belongs to the exercise OTHER 2026")],
)
def test_nothing_is_mixed_with_an_exercise(picture, exercise, said):
    if exercise is None:
        del picture["exercise"]
    else:
        picture["exercise"] = exercise
    carried = dis_of_track(picture_of(picture, recipient="northland").tracks[0], IDENTITY)
    assert carried.product == ()
    assert said in str(carried.not_carried[0])


def test_an_entity_number_beyond_the_field_is_listed(picture):
    picture["tracks"][0]["number"] = 65_534
    carried = dis_of_track(picture_of(picture, recipient="northland").tracks[0], IDENTITY)
    assert carried.product == ()
    assert "entities are numbered up to 65533" in str(carried.not_carried[0])


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"number": 0}, "number is 0; allowed is 1 to 255"),
        ({"number": 256}, "number is 256"),
        ({"exercise": ""}, "no exercise is named"),
        ({"site": 65_535}, "site is 65535; allowed is 1 to 65534"),
    ],
)
def test_an_identity_has_its_limits(given, said):
    with pytest.raises(InputError, match=said):
        DisIdentity(**{"number": 7, "exercise": "X", **given})


def test_the_words_of_a_comment_are_taken_and_ours_are_not(picture):
    assert text_of(WORDS) == "Radio check."
    assert text_of(sign_of_life(IDENTITY, time_us=NOW_US)) == "EXERCISE WINTER ROCKET 2026"
    ours = dis_of_track(picture_of(picture, recipient="northland").tracks[0], IDENTITY).product[0]
    assert text_of(ours) is None
    for value, said in ((b"\xff", "not UTF-8"), (b" \0", "no words"), (b"a\x1b[2J", "cannot be shown")):
        with pytest.raises(InputError, match=said):
            text_of(replace(WORDS, datums=(Datum(0, value),)))


def changed(pdu, at, form, *values):
    data = bytearray(write_pdu(pdu))
    struct.pack_into(form, data, at, *values)
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", r"0 bytes; a PDU begins with a header of 12"),
        (changed(STATE, 0, ">B", 6), r"protocol version 6; 7 is read\. Set the other program to DIS 7"),
        (changed(STATE, 1, ">B", 0), r"exercise identifier 0"),
        (changed(STATE, 2, ">B", 67), r"PDU type 67 is not read; read are 1 \(Entity State\)"),
        (changed(STATE, 3, ">B", 2), r"Entity State is of the family 1, not 2"),
        (changed(STATE, 8, ">H", 145), r"it says 145 bytes and has 144"),
        (write_pdu(STATE)[:-1], r"it says 144 bytes and has 143(.|\n)*has at least 144 bytes, not 143"),
        (changed(STATE, 19, ">B", 255), r"4080 bytes are announced where 0 are left"),
        (changed(STATE, 48, ">d", float("nan")), r"position \(m\) holds nan; allowed is up to 1e\+09"),
        (changed(STATE, 48, ">d", float("inf")), r"position \(m\) holds inf"),
        (changed(STATE, 48, ">d", 1e30), r"position \(m\) holds 1e\+30"),
        (changed(STATE, 36, ">f", float("nan")), r"velocity \(m/s\) holds nan"),
        (changed(STATE, 129, ">2s", b"\x1b["), r"a marking that cannot be shown"),
        (changed(FIRE, 92, ">f", -1.0), r"a range of -1\.0 m"),
        (changed(FIRE, 92, ">f", float("nan")), r"a range of nan m"),
        (changed(END, 101, ">B", 3), r"48 bytes are announced where 0 are left"),
        (changed(WORDS, 24, ">I", 0xFFFFFFFF), r"4294967295 fixed and 1 variable datums; at most 16"),
        (changed(WORDS, 28, ">I", 0), r"24 bytes are left over at its end"),
        (changed(WORDS, 36, ">I", 95), r"a datum of 95 bits; whole bytes are read"),
        (changed(WORDS, 36, ">I", 0xFFFFFFF8), r"a datum of 4294967288 bits"),
        (changed(WORDS, 36, ">I", 8 * 64), r"64 bytes are announced where 16 are left"),
    ],
)
def test_what_is_no_pdu_is_refused_in_words(data, said):
    with pytest.raises(InputError, match=said):
        read_pdu(data, near_us=NOW_US)


@pytest.mark.parametrize(
    ("pdu", "said"),
    [
        (replace(STATE, marking="EXERCISE1234"), "the marking 'EXERCISE1234'; allowed are 11"),
        (replace(STATE, marking="Übung"), "printable ASCII"),
        (replace(STATE, position_ecef_m=(np.nan, 0.0, 0.0)), "not finite"),
        (replace(STATE, velocity_ecef_m_s=(1e39, 0.0, 0.0)), "does not fit into its field"),
        (replace(STATE, entity=EntityId(65_536, 1, 1)), "does not fit into its field"),
        (replace(STATE, header=Header(0, NOW_US)), "exercise identifier 0"),
        (replace(WORDS, datums=(Datum(0, bytes(4097)),)), "a datum of 4097 bytes"),
        (replace(WORDS, datums=(Datum(0, bytes(4096)),) * 2), "8240 bytes; the standard allows 8192"),
        (replace(STATE, parameters=(b"short",)), "a variable parameter record has 16 bytes"),
    ],
)
def test_what_has_no_place_in_a_pdu_is_not_written(pdu, said):
    with pytest.raises(InputError, match=said):
        write_pdu(pdu)


def test_a_datagram_may_hold_several_and_one_bad_one_spoils_no_other():
    data = write_pdu(STATE) + changed(FIRE, 0, ">B", 9) + write_pdu(WORDS)
    first, bad, last = read_datagram(data, near_us=NOW_US)
    assert (type(first), type(bad), type(last)) == (EntityState, InputError, Comment)


def test_a_datagram_of_many_small_ones_ends():
    found = read_datagram(write_pdu(STOP) * 1_000, near_us=NOW_US)
    assert len(found) == 65
    assert "more than 64 PDUs in one datagram" in str(found[-1])
    assert len(read_datagram(b"", near_us=NOW_US)) == 1
    assert len(read_datagram(bytes(65_000), near_us=NOW_US)) == 1


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(EVERY),
    st.lists(st.tuples(st.integers(0, 200), st.integers(0, 255)), max_size=8),
    st.integers(-40, 40),
)
def test_no_bytes_do_more_than_be_refused(pdu, changes, longer):
    data = bytearray(write_pdu(pdu))
    for at, value in changes:
        data[at % len(data)] = value
    data = bytes(data[:longer]) if longer < 0 else bytes(data) + bytes(longer)
    for found in read_datagram(data, near_us=NOW_US):
        if not isinstance(found, InputError):
            write_pdu(replace(found, header=HEADER))
