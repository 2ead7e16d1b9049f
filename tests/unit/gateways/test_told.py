"""Messages as gateways are told them: whole and as extracts, within limits, and what has no place."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synaspis.core.clock import from_rfc3339
from synaspis.core.errors import InputError
from synaspis.gateways import cot_of_told, read_cot, told_of
from synaspis.gateways.carriage.table import example_event
from synaspis.gateways.dis import DisIdentity, dis_of_told, read_pdu, text_of, write_pdu

IDENTITY = DisIdentity(7, "WINTER ROCKET 2026")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**12), 10**12) | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


def told(event):
    return told_of(event, recipient="northland")


def test_an_extract_is_told_as_far_as_it_goes():
    event = example_event("warning")
    event["message"] = {name: event["message"][name] for name in ("kind", "sender", "label", "exercise")}
    event |= {"quality": "presence", "extract": {"level": "watch"}}
    for name in ("envelope", "submission", "findings", "correlation", "concerns"):
        del event[name]
    found = told(event)
    assert found.signs == ()
    assert [str(fact) for fact in found.facts] == [
        "level: watch",
        "event.at: 2026-11-25T06:26:10.000000Z",
        "event.quality: presence",
        f"event.reference: {'ab' * 16}",
        "message.sender: southland",
    ]
    assert [each.part for each in found.not_carried] == ["policy", "why"]
    (chat,) = cot_of_told(found).product
    assert read_cot(chat.xml.encode()).type == "b-t-f"


def test_a_message_is_of_interest_until_ten_minutes_after_the_last_instant_it_speaks_of():
    assert told(example_event("warning")).until_us == from_rfc3339("2026-11-25T06:55:50Z")
    assert told(example_event("hand-over")).until_us == from_rfc3339("2026-11-25T06:40:00Z")
    assert told(example_event("text")).until_us == from_rfc3339("2026-11-25T06:43:00Z")
    # A window in three weeks is shown for a day; the notification may come again.
    assert told(example_event("pre-launch-notification")).until_us == from_rfc3339("2026-11-03T09:00:00Z")


def without(event, *path):
    holder = event
    for step in path[:-1]:
        holder = holder[step]
    del holder[path[-1]]
    return event


def changed(event, value, *path):
    holder = event
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = value
    return event


WARNING = ("message", "body", "area")


def warning(value, *path):
    return changed(example_event("warning"), value, *path)


@pytest.mark.parametrize(
    ("event", "said"),
    [
        ({"type": "picture"}, "an event of the type 'picture'; a message is needed"),
        ({"type": "message"}, "the key 'message' is missing"),
        (without(example_event("warning"), "message", "label"), "the key 'label' is missing"),
        (without(example_event("warning"), "message", "body"), "neither a body nor an extract is given"),
        (without(example_event("warning"), *WARNING, "centre", "latitude_deg"), "'latitude_deg' is missing"),
        (warning(91.0, *WARNING, "centre", "latitude_deg"), "91.0 is no number up to 90"),
        (warning(float("nan"), *WARNING, "radius_m"), "nan is no number up to 2e"),
        (warning("wide", *WARNING, "radius_m"), "'wide' is no number"),
        (warning("yesterday", "at"), "yesterday"),
        (warning([{"a": 1}] * 30_000, "message", "body", "x"), "more than 20,000 values"),
        (warning({"position_ecef_m": [1.0]}, "message", "body", "x"), "no list of 3 numbers"),
    ],
)  # fmt: skip
def test_what_is_no_message_is_refused_in_words(event, said):
    with pytest.raises(InputError, match=said):
        told(event)


def test_more_areas_than_any_message_has_are_refused():
    area = {"centre": {"latitude_deg": 1.0, "longitude_deg": 2.0}, "radius_m": 3.0}
    event = changed(example_event("defence-plan"), [{"area": area}] * 201, "message", "body", "tasks")
    with pytest.raises(InputError, match="more than 200 areas and places"):
        told(event)


def test_objects_inside_each_other_end():
    value = {"a": 1}
    for _ in range(40):
        value = {"a": value}
    with pytest.raises(InputError, match="more than 16 objects inside each other"):
        told(changed(example_event("text"), value, "message", "body", "x"))


def test_words_beyond_what_an_event_holds_are_listed_one_by_one():
    event = changed(example_event("text"), "a" * 4_000, "message", "body", "text")
    carried = cot_of_told(told(event))
    lost = [each for each in carried.not_carried if each.part.startswith("message.body")]
    assert [str(each) for each in lost] == [
        "text by eastmark abababab: text is not carried: there is room for 3,500 characters"
    ]
    assert "subject: Thank you" in read_cot(carried.product[0].xml.encode()).remarks


def test_a_long_text_goes_on_in_further_comments_each_with_the_label():
    words = "".join(f"{number:05}" for number in range(700))
    event = changed(example_event("text"), words, "message", "body", "text")
    carried = dis_of_told(told(event), IDENTITY)
    assert 5 <= len(carried.product) <= 8
    said = ""
    for pdu in carried.product:
        written = write_pdu(pdu)
        assert len(written) < 1_400  # one Ethernet frame
        read = read_pdu(written, near_us=pdu.header.time_us)
        assert text_of(read) is None  # ours: no other gateway takes it for a note
        said += "".join(read.datums[1].value.decode().splitlines()[2:])
    assert words in said
    assert {each.part for each in carried.not_carried} == {"policy", "why", "envelope", "submission"}


def test_a_label_that_is_for_nobody_or_has_no_room_keeps_its_message_back():
    event = example_event("warning")
    names = event["message"]["label"]["ConfidentialityInformation"]["Category"][0]
    names["GenericValues"] = [f"partner-{number:03}-with-a-long-name" for number in range(60)]
    carried = dis_of_told(told(event), IDENTITY)
    assert carried.product == ()
    assert "its label does not fit beside it" in str(carried.not_carried[-1])
    names["GenericValues"] = []
    drawn = cot_of_told(told(event))
    assert drawn.product == ()
    assert "its label is releasable to nobody" in str(drawn.not_carried[-1])


@pytest.mark.parametrize(
    ("exercise", "said"),
    [(None, "it is meant in earnest"), ("OTHER", "it belongs to the exercise OTHER, this gateway to WINTER")],
)
def test_nothing_is_mixed_with_an_exercise(exercise, said):
    event = warning(exercise, "message", "exercise")
    carried = dis_of_told(told(event), IDENTITY)
    assert carried.product == ()
    assert said in str(carried.not_carried[-1])


@settings(max_examples=150, deadline=None)
@given(JSON, st.sampled_from(("body", "label", "kind", "sender", "exercise")), JSON, JSON)
def test_no_event_does_more_than_be_refused(value, member, concerns, reference):
    event = example_event("warning")
    event["message"][member] = value
    event |= {"concerns": concerns, "reference": reference}
    try:
        found = told(event)
    except InputError:
        return
    for drawing in cot_of_told(found).product:
        assert read_cot(drawing.xml.encode()).label == found.label
