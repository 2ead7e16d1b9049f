"""Cursor on Target from strangers: cut, read and refused within limits; notes under a reviewed label."""

import time
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synaspis.agreement.label import Category, Label
from synaspis.core.clock import from_rfc3339
from synaspis.core.errors import InputError
from synaspis.gateways import CotSplitter, cot_of_shown, note_of, picture_of, read_cot, to_cot
from synaspis.gateways.cot_stream import EVENT_MAX_BYTES, is_exercise

NOW_US = from_rfc3339("2026-11-25T06:27:40Z")


def releasable(*names):
    return Label("EXERCISE", "RESTRICTED", (Category("Releasable to", "PERMISSIVE", names),))


STANDING = releasable("northland", "southland")


def chat(attributes="", detail="", remarks="Radio check.", time="2026-11-25T06:27:31.000Z", kind="b-t-f"):
    return (
        f'<event version="2.0" uid="GeoChat.A.1" type="{kind}" how="h-g-i-g-o" time="{time}" start="{time}" '
        f'stale="2026-11-26T06:27:31.000Z" {attributes}><point lat="44.43" lon="26.1" hae="9999999.0" '
        f'ce="9999999.0" le="9999999.0"/><detail><__chat senderCallsign="ALPHA 1" chatroom="All Chat Rooms"/>'
        f"{detail}<remarks>{remarks}</remarks></detail></event>"
    ).encode()


def test_what_is_written_for_a_picture_reads_back(picture):
    carried = cot_of_shown(picture_of(picture, recipient="northland").tracks[0])
    read = read_cot(to_cot(carried.product).encode())
    assert (read.uid, read.callsign, read.exercise) == ("synaspis.northland.3", "T3", "WINTER ROCKET 2026")
    assert (read.access, read.caveat, read.releasable_to) == (
        "RESTRICTED",
        "EXERCISE",
        ("northland", "southland"),
    )
    assert read.label == STANDING
    assert "impact 44.4300,26.1000 at 2026-11-25T06:40:12Z" in read.remarks
    assert {each.what for each in carried.not_carried} == {
        "covariance",
        "covariance_m2 of the impact",
        "sigma_s of the impact",
    }


def test_the_exercise_and_label_survive_a_server_that_drops_attributes(picture):
    root = ElementTree.fromstring(to_cot(cot_of_shown(picture_of(picture, recipient="n").tracks[0]).product))
    for name in ("access", "caveat", "releasableTo"):
        del root.attrib[name]
    root.find("detail").remove(root.find("detail/remarks"))
    read = read_cot(ElementTree.tostring(root))
    assert is_exercise(read)
    assert read.label == STANDING


def test_a_track_whose_covariance_was_not_released_has_no_errors(picture):
    event = cot_of_shown(picture_of(picture, recipient="n").tracks[1]).product
    assert (event.ce_m, event.le_m) == (None, None)


def test_a_track_that_ended_is_stale_at_once(picture):
    picture["tracks"][0]["status"] = "ended"
    event = cot_of_shown(picture_of(picture, recipient="n").tracks[0]).product
    assert event.stale_us == event.time_us


def test_a_track_without_one_label_for_somebody_is_kept_back_and_listed(picture):
    label = picture["tracks"][0].pop("label")
    picture["tracks"][0]["labels"] = [label, label]
    label["ConfidentialityInformation"]["Category"][0]["GenericValues"] = []
    picture["tracks"][1]["label"] = label
    first, second = map(cot_of_shown, picture_of(picture, recipient="n").tracks)
    assert (first.product, second.product) == (None, None)
    assert "it has 2 labels that cannot be combined, an event has one" in str(first.not_carried[0])
    assert "its label is releasable to nobody" in str(second.not_carried[0])


@pytest.mark.parametrize("size", [1, 7, 100, 10_000])
def test_a_stream_is_cut_into_its_events_however_it_comes(size):
    stream = (
        b'<?xml version="1.0"?>' + chat() + b"\n" + b'<?xml version="1.0"?>\n' + chat(remarks="Two.") + b"  "
    )
    splitter = CotSplitter()
    found = [event for at in range(0, len(stream), size) for event in splitter.feed(stream[at : at + size])]
    assert [read_cot(event).remarks for event in found] == ["Radio check.", "Two."]
    assert splitter.held_bytes == 0


PONG = b'<event version="2.0" type="t-x-d-d" uid="a>b" how="m-g" time="2026-11-22T09:34:18.771687Z" '
PONG += b'start="2026-11-22T09:34:18.771687Z" stale="2026-11-22T10:34:18.771729Z" />'


@pytest.mark.parametrize("size", [1, 50, 10_000])
def test_an_event_of_one_tag_ends_with_it(size):
    stream = b'<?xml version="1.0"?>' + PONG + chat() + PONG
    splitter = CotSplitter()
    found = [event for at in range(0, len(stream), size) for event in splitter.feed(stream[at : at + size])]
    assert [read_cot(event).type for event in found] == ["t-x-d-d", "b-t-f", "t-x-d-d"]
    assert splitter.held_bytes == 0


def test_an_event_that_comes_byte_by_byte_costs_no_more_than_its_length():
    splitter = CotSplitter()
    begin = time.process_time()
    for sign in b'<event a="' + b"<?xml?>" * 8_000:
        list(splitter.feed(bytes([sign])))
    for _ in range(60_000 // 7):
        list(CotSplitter().feed(b"<?xml?>"))
    assert time.process_time() - begin < 2.0
    assert list(CotSplitter().feed(b"<?xml version='1.0'?>" * 9_000)) == []


def test_an_event_without_an_end_is_not_kept_for_ever():
    splitter = CotSplitter()
    for _ in range(65):
        assert list(splitter.feed(b"<event>" + b" " * 1_000)) == []
    with pytest.raises(InputError, match="an event of more than 65536 bytes"):
        list(splitter.feed(b"<event>" + b" " * 1_000))
    assert splitter.held_bytes <= EVENT_MAX_BYTES + 1_007
    with pytest.raises(InputError, match="an event of more than 65536 bytes"):
        list(CotSplitter().feed(b"<event>" + b" " * 70_000 + b"</event>"))


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b"]><event>&j;</event>"
)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (BOMB, r"it declares a document type or an entity\. Send plain events"),
        (b'<!DOCTYPE event SYSTEM "file:///etc/passwd"><event/>', "declares a document type"),
        (b"\xff\xfe<event/>", "it is not UTF-8"),
        (b"<event>&unknown;</event>", r"it is no XML \(undefined entity"),
        (b"<event>", "it is no XML"),
        (b"GET / HTTP/1.1\r\n\r\n", "it is no XML"),
        (b"<auth/>", r"the element 'auth'; an event is needed"),
        (
            b"<event>" + b"<a>" * 20_000 + b"</event>",
            "more than 16 elements inside each other, or 512 in all",
        ),
        (b"<event>" + b"<a/>" * 600 + b"</event>", "or 512 in all"),
        (b"<event/>" + b" " * 70_000, "70008 bytes; an event has at most 65536"),
        (b"<event/>", r"uid: it is missing(.|\n)*type: it is missing(.|\n)*time(.|\n)*stale(.|\n)*no point"),
        (chat().replace(b'lat="44.43"', b'lat="nan"'), r"point\.lat: 'nan' is no number up to 90"),
        (chat().replace(b'lon="26.1"', b'lon="1e999"'), r"point\.lon: '1e999' is no number up to 180"),
        (chat().replace(b'hae="9999999.0"', b'hae="' + b"9" * 5_000 + b'"'), r"point\.hae"),
        (chat(time="yesterday"), r"time: 'yesterday' is not a time"),
        (chat(remarks="&#x200B;\u202e"), r"remarks: it holds characters that cannot be shown"),
        (chat(remarks="x" * 4_001), r"remarks: 4001 characters; at most 4000 are read"),
        (chat(detail="<synaspisLabel>{</synaspisLabel>"), "synaspisLabel: it is no JSON"),
        (chat(detail=f"<synaspisLabel>{'[' * 60_000}</synaspisLabel>"), "synaspisLabel: it is no JSON"),
        (chat(detail="<synaspisLabel>{}</synaspisLabel>"), "'ConfidentialityInformation' is missing"),
        (
            chat('access="SECRET"', f"<synaspisLabel>{STANDING.to_canonical_json()}</synaspisLabel>"),
            r"access: it says 'SECRET', the label 'RESTRICTED'",
        ),
        (
            chat('releasableTo="x"', f"<synaspisLabel>{STANDING.to_canonical_json()}</synaspisLabel>"),
            r"releasableTo: it names others than the label",
        ),
    ],
)
def test_what_is_no_event_is_refused_in_words_and_soon(data, said):
    begin = time.process_time()
    with pytest.raises(InputError, match=said):
        read_cot(data)
    assert time.process_time() - begin < 1.0


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 600), st.binary(max_size=12)), max_size=4), st.integers(0, 600))
def test_no_bytes_do_more_than_be_refused(changes, cut):
    data = bytearray(chat())
    for at, new in changes:
        data[at : at + len(new)] = new
    try:
        found = read_cot(bytes(data[:cut]) if cut > 300 else bytes(data))
        note_of(found, standing=STANDING, exercise=None, now_us=NOW_US)
    except InputError:
        pass


def taken(data, *, standing=STANDING, exercise=None, now_us=NOW_US):
    return note_of(read_cot(data), standing=standing, exercise=exercise, now_us=now_us)


def test_a_chat_becomes_a_note_under_the_label_of_the_gateway():
    carried = taken(chat())
    note = carried.product
    assert (note.subject, note.text, note.label) == ("Chat by ALPHA 1", "Radio check.", STANDING)
    assert [each.what for each in carried.not_carried] == ["place"]


def test_a_spot_keeps_its_place_in_words():
    note = taken(chat(kind="b-m-p-s-p-i", detail='<color argb="-1"/>'))
    assert note.product.text == "Radio check.\nat 44.43000,26.10000"
    assert [each.what for each in note.not_carried] == ["color"]


def test_a_stricter_label_holds_and_a_freer_one_does_not():
    mark = f"<synaspisLabel>{releasable('southland').to_canonical_json()}</synaspisLabel>"
    assert taken(chat(detail=mark)).product.label == releasable("southland")
    freer = Label("EXERCISE", "UNCLASSIFIED")
    mark = f"<synaspisLabel>{freer.to_canonical_json()}</synaspisLabel>"
    assert taken(chat(detail=mark)).product.label == STANDING
    secret = taken(chat('access="SECRET" releasableTo="northland elsewhere"')).product.label
    assert (secret.classification, secret.category("Releasable to").values) == ("SECRET", ("northland",))


def test_a_note_on_the_gateway_of_an_exercise_is_of_it():
    assert taken(chat(), exercise="WINTER ROCKET 2026").product.exercise == "WINTER ROCKET 2026"
    assert taken(chat('caveat="EXERCISE"'), exercise="WINTER ROCKET 2026").product.exercise


OTHER_POLICY = f"<synaspisLabel>{Label('ELSE', 'RESTRICTED').to_canonical_json()}</synaspisLabel>"
OTHER_EXERCISE = f'<synaspisLabel exercise="OTHER">{STANDING.to_canonical_json()}</synaspisLabel>'


@pytest.mark.parametrize(
    ("data", "exercise", "said"),
    [
        (chat(remarks=""), None, "there are no words in it"),
        (chat(time="2026-11-25T06:00:00Z"), None, "it is 1660 s old; at most 600 are taken"),
        (chat(time="2026-11-25T07:00:00Z"), None, "it is 1940 s in the future"),
        (
            chat('caveat="EXERCISE"'),
            None,
            "it belongs to an exercise, and this gateway is for what is meant in",
        ),
        (chat(remarks="EXERCISE X; go"), None, "it belongs to an exercise, and this gateway"),
        (chat(detail=OTHER_EXERCISE), "MINE", "it belongs to the exercise 'OTHER', this gateway to 'MINE'"),
        (chat('caveat="NOFORN"'), None, "the caveat 'NOFORN' cannot be handed on"),
        (chat('access="COSMIC"'), None, "access: 'COSMIC' is no classification"),
        (chat('releasableTo="elsewhere"'), None, r"it is for nobody \(Releasable to\)"),
        (chat(detail=OTHER_POLICY), None, "the labels to combine are of different policies"),
    ],
)
def test_a_note_that_may_not_come_in_is_refused_with_every_reason(data, exercise, said):
    with pytest.raises(InputError, match=said):
        taken(data, exercise=exercise)
