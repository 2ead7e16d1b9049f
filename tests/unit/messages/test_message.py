"""Reading and writing whole messages; what agreements call them."""

import json
import time
from contextlib import suppress

import pytest
from pydantic import ValidationError

from synaspis.agreement.label import Label
from synaspis.core.clock import from_rfc3339
from synaspis.messages import (
    BODIES,
    REFUSAL_CODES,
    SCHEMA,
    Correction,
    LaunchReport,
    Message,
    Refused,
    Text,
    example_message,
    missile_class_of,
    new_id,
    new_message,
    product_of,
    read_message,
    write_message,
)

LABEL = Label("EXERCISE", "RESTRICTED")


def refusal(document) -> Refused:
    with pytest.raises(Refused) as caught:
        read_message(json.dumps(document).encode())
    return caught.value


def spoilt(examples, kind, /, **changes):
    return {**examples[kind], **changes}


@pytest.mark.parametrize("kind", BODIES)
def test_every_kind_survives_writing_and_reading(kind):
    message = read_message(example_message(kind))
    assert message.kind == kind
    assert isinstance(message.body, BODIES[kind])
    assert read_message(write_message(message)) == message


@pytest.mark.parametrize("kind", BODIES)
def test_what_is_written_says_what_the_example_says(kind, examples):
    assert json.loads(write_message(read_message(example_message(kind)))) == examples[kind]


def test_a_new_message_is_of_the_kind_of_its_body():
    body = Text(text="Seen.")
    message = new_message(body, sender="northland", label=LABEL, sent_at_us=0, id="0" * 32)
    assert message.kind == "text"
    assert message.sent_at == "1970-01-01T00:00:00.000000Z"
    assert message.sent_at_us == 0
    assert message.exercise is None
    assert b"exercise" not in write_message(message)


def test_a_message_cannot_be_changed():
    message = read_message(example_message("text"))
    with pytest.raises(ValidationError, match="frozen"):
        message.sender = "eastmark"


def test_ids_are_what_chance_gives():
    assert new_id(lambda count: bytes(range(count))) == "000102030405060708090a0b0c0d0e0f"
    assert len({new_id() for _ in range(100)}) == 100


def test_the_time_of_sending_is_an_instant():
    message = read_message(example_message("text"))
    assert message.sent_at_us == from_rfc3339("2026-11-25T06:33:00Z")


@pytest.mark.parametrize(
    ("kind", "product", "missile_class"),
    [
        ("pre-launch-notification", "notification", "sounding-rocket"),
        ("post-launch-notification", "notification", "sounding-rocket"),
        ("launch-report", "warning", "sounding-rocket"),
        ("track-report", "track", "sounding-rocket"),
        ("sensor-status", "status", None),
        ("warning", "warning", "sounding-rocket"),
        ("text", "consultation", None),
        ("ambiguity-query", "consultation", None),
        ("ambiguity-answer", "consultation", None),
        ("defence-plan", "coordination", None),
        ("engagement-intent", "coordination", None),
        ("engagement-claim", "coordination", None),
        ("hand-over", "coordination", None),
        ("acknowledgement", "coordination", None),
        ("response", "coordination", None),
        ("exercise-control", "coordination", None),
        ("cancellation", "notification", None),
        ("correction", "warning", "sounding-rocket"),
    ],
)
def test_agreements_call_each_kind_by_its_product(kind, product, missile_class):
    message = read_message(example_message(kind))
    assert product_of(message) == product
    assert missile_class_of(message) == missile_class


def test_a_class_that_is_not_known_is_none(examples):
    del examples["track-report"]["body"]["missile_class"]
    assert missile_class_of(read_message(json.dumps(examples["track-report"]).encode())) is None


@pytest.mark.parametrize("kind", [kind for kind in BODIES if kind not in ("cancellation", "correction")])
def test_every_statement_can_be_corrected(kind, examples):
    document = spoilt(
        examples,
        "correction",
        sent_at=examples[kind]["sent_at"],
        body={"refers_to": {"id": "0" * 32, "kind": kind}, "replacement": examples[kind]["body"]},
    )
    message = read_message(json.dumps(document).encode())
    assert isinstance(message.body, Correction)
    assert isinstance(message.body.replacement, BODIES[kind])
    assert product_of(message) == product_of(read_message(example_message(kind)))


@pytest.mark.parametrize("raw", [b"[]", b"1", b'"text"', b"null"])
def test_a_message_is_an_object(raw):
    with pytest.raises(Refused, match="a message is a JSON object") as caught:
        read_message(raw)
    assert caught.value.code == "bad-message"


@pytest.mark.parametrize(
    ("schema", "says"),
    [
        (None, "the key 'schema' is missing"),
        ("synaspis.message/2", "'synaspis.message/2' is not read here"),
        (1, "1 is not read here"),
        (["x" * 1000], r"\['x+\.\.\. is not read here"),
    ],
)
def test_another_format_is_refused(examples, schema, says):
    document = spoilt(examples, "text", schema=schema)
    refused = refusal(document)
    assert refused.code == "unknown-schema"
    with pytest.raises(Refused, match=rf"schema: {says}\. Write 'synaspis.message/1'\."):
        raise refused


def test_another_kind_is_refused_with_the_nearest(examples):
    refused = refusal(spoilt(examples, "text", kind="launch-reprot"))
    assert refused.code == "unknown-kind"
    assert str(refused.faults[0]).startswith(
        "kind: 'launch-reprot' is no kind. Did you mean 'launch-report'? Allowed: acknowledgement, "
    )


def test_every_fault_is_reported_together(examples):
    document = spoilt(examples, "track-report", sender="Southland", colour="red")
    del document["id"]
    document["body"] |= {"quality": "0.9", "sensor": "sonar"}
    document["body"]["covariance"][3] = None
    refused = refusal(document)
    assert refused.code == "bad-message"
    assert {str(fault) for fault in refused.faults} == {
        "id: the key 'id' is missing. It is: 128 random bits, 32 lower-case hex digits; never used twice.",
        "sender: 'Southland': string should match pattern '^[a-z][a-z0-9-]{0,62}$'",
        "body.covariance[3]: nothing is empty; a number is needed",
        "body.sensor: 'sonar' is not allowed. Allowed: fused, infrared, other, radar.",
        "body.quality: '0.9' is text; a number is needed",
        "colour: unknown key 'colour'. Allowed: id.",
    }


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"id": "0" * 31}, "id: '0+': string should match pattern"),
        ({"id": "A" * 32}, "id: 'A+': string should match pattern"),
        ({"sender": ""}, "sender: '': string should match pattern"),
        ({"sent_at": 1795588051}, "sent_at: 1795588051 is a number; text is needed"),
        (
            {"sent_at": "2026-11-25T06:33:00"},
            "sent_at: .* is no time here: the form is another. Write UTC such as",
        ),
        (
            {"sent_at": "2026-11-25T06:33:00+01:00"},
            "sent_at: .* is no time here: the form is another. Write UTC such as",
        ),
        (
            {"sent_at": "2026-11-25t06:33:00z"},
            "sent_at: .* is no time here: the form is another. Write UTC such as",
        ),
        (
            {"sent_at": "2026-11-25T06:33:00.1234567Z"},
            "sent_at: .* is no time here: the form is another. Write UTC such as",
        ),
        (
            {"sent_at": "1899-12-31T23:59:59Z"},
            "sent_at: .* is no time here: the form is another. Write UTC such as",
        ),
        (
            {"sent_at": "2026-02-29T00:00:00Z"},
            "sent_at: '2026-02-29T00:00:00Z' is no time here: day is out of range for month. Write UTC",
        ),
        ({"sent_at": "2026-11-25T06:33:60Z"}, "sent_at: .* second must be in"),
        ({"exercise": ""}, "exercise: '': string should have at least 1 character"),
        (
            {"exercise": "a\nb"},
            r"exercise: the character U\+000A at place 1 is not allowed\. Leave out control",
        ),
        ({"exercise": "\u202egnirts"}, r"exercise: the character U\+202E at place 0"),
        ({"body": None}, "body: an object is needed"),
        ({"body": []}, "body: an object is needed"),
        ({"body": {}}, "body.text: the key 'text' is missing. It is: At most 4,000 characters"),
        ({"body": {"text": "a\tb"}}, r"body.text: the character U\+0009 at place 1"),
        ({"body": {"text": "a\rb"}}, r"body.text: the character U\+000D"),
        ({"body": {"text": "a\x00b"}}, r"body.text: the character U\+0000"),
        ({"body": {"text": "x" * 4001}}, "body.text: 'x+...: string should have at most 4000 characters"),
        ({"body": {"text": "a", "about": ["x"]}}, r"body.about\[0\]: 'x': string should match pattern"),
        ({"body": {"text": "a", "subject": True}}, "body.subject: True is true or false; text is needed"),
    ],
)
def test_a_field_out_of_its_bounds_is_refused(examples, change, says):
    refused = refusal(spoilt(examples, "text", **change))
    assert refused.code == "bad-message"
    assert len(refused.faults) == 1
    with pytest.raises(Refused, match=says):
        raise refused


@pytest.mark.parametrize(
    ("label", "says"),
    [
        (None, "label: empty was given; an object is needed"),
        ("RESTRICTED", "label: text was given; an object is needed"),
        ({}, "label.ConfidentialityInformation: the key 'ConfidentialityInformation' is missing"),
        (
            {"ConfidentialityInformation": {"PolicyIdentifier": "EXERCISE"}},
            "label.ConfidentialityInformation.Classification: the key 'Classification' is missing",
        ),
        (
            {"CreationTime": "0001-01-01T00:00:00+23:59", **LABEL.to_json()},
            "label.CreationTime: only times of the years 1900 to 2199 are taken",
        ),
    ],
)
def test_a_label_that_cannot_be_read_has_its_own_code(examples, label, says):
    refused = refusal(spoilt(examples, "text", label=label))
    assert refused.code == "bad-label"
    with pytest.raises(Refused, match=says):
        raise refused


def test_a_bad_label_among_other_faults_is_one_of_them(examples):
    refused = refusal(spoilt(examples, "text", label={}, id="x"))
    assert refused.code == "bad-message"
    assert {fault.where for fault in refused.faults} == {"id", "label.ConfidentialityInformation"}


def test_the_body_of_another_kind_is_refused(examples):
    refused = refusal(spoilt(examples, "text", body=examples["warning"]["body"]))
    assert refused.code == "bad-message"
    assert "body.level" in {fault.where for fault in refused.faults}


def test_a_correction_takes_no_body_of_another_kind(examples):
    document = spoilt(examples, "correction")
    document["body"]["replacement"] = examples["text"]["body"]
    places = {fault.where for fault in refusal(document).faults}
    assert "body.replacement.text" in places
    assert "body.replacement.launch_time" in places


@pytest.mark.parametrize("kind", ["cancellation", "correction"])
@pytest.mark.parametrize("of", ["cancellation", "correction"])
def test_neither_refers_to_a_message_that_refers_on(examples, kind, of):
    examples[kind]["body"]["refers_to"]["kind"] = of
    refused = refusal(examples[kind])
    assert str(refused.faults[0]).startswith(f"body.refers_to.kind: '{of}' is not allowed. ")


@pytest.mark.parametrize(
    ("kind", "where"), [("track-report", "body.time"), ("correction", "body.replacement.time")]
)
@pytest.mark.parametrize(
    ("sent_at", "says"),
    [
        (
            "2026-11-25T07:27:31.000001Z",
            "the time of the state is 3,600 s before `sent_at`. At most 3,600 s before",
        ),
        (
            "2026-11-25T06:27:25.999999Z",
            "the time of the state is 5 s after `sent_at`. At most 3,600 s before and 5 s",
        ),
    ],
)
def test_a_state_of_another_hour_or_of_the_future_is_refused(examples, kind, where, sent_at, says):
    if kind == "correction":
        examples[kind]["body"] = {
            "refers_to": {"id": "0" * 32, "kind": "track-report"},
            "replacement": examples["track-report"]["body"],
        }
    refused = refusal(spoilt(examples, kind, sent_at=sent_at))
    assert str(refused.faults[0]).startswith(f"{where}: {says}")


@pytest.mark.parametrize("sent_at", ["2026-11-25T07:27:31Z", "2026-11-25T06:27:26Z"])
def test_a_state_within_the_hour_is_taken(examples, sent_at):
    message = read_message(json.dumps(spoilt(examples, "track-report", sent_at=sent_at)).encode())
    assert message.body.time_us == from_rfc3339("2026-11-25T06:27:31Z")


def test_an_answer_to_a_hostile_message_stays_small(examples):
    document = spoilt(examples, "text", **{f"{number}-{'x' * 20}": "y" * 20 for number in range(56)})
    refused = refusal(document)
    assert len(refused.faults) == 50
    long = refusal(spoilt(examples, "text", label={"Xmlns": "x" * 50_000, "y" * 1000: 1}))
    assert all(len(part) <= 300 for fault in long.faults for part in (fault.what, fault.where, fault.remedy))


HOSTILE = {
    "keys nobody knows": ("text", lambda body: body.update(dict.fromkeys(map(str, range(60)), 1))),
    "bad corners": (
        "pre-launch-notification",
        lambda body: body.update(impact_areas=[{"boundary": [{"latitude": 0}] * 60}] * 16),
    ),
    "texts for numbers": ("track-report", lambda body: body.update(covariance=["x"] * 1000)),
    "bad references": ("text", lambda body: body.update(about=["y"] * 1000)),
    "a long word": ("text", lambda body: body.update(subject="z" * 50_000)),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_refusing_takes_no_long_time(examples, name):
    """Each took up to 20,000 times as long as a good one while every fault of every item was told; now 70."""

    def quickest_s(raw: bytes) -> float:
        took = []
        for _ in range(5):
            begun = time.perf_counter()
            with suppress(Refused):
                read_message(raw)
            took.append(time.perf_counter() - begun)
        return min(took)

    kind, spoil = HOSTILE[name]
    good_s = quickest_s(json.dumps(examples[kind]).encode())
    spoil(examples[kind]["body"])
    raw = json.dumps(examples[kind]).encode()
    assert refusal(examples[kind])
    assert quickest_s(raw) < 1000 * good_s


def test_a_label_that_its_reader_trips_over_is_refused(examples, monkeypatch):
    def trip(given):
        raise KeyError("TagName")

    monkeypatch.setattr(Label, "from_json", staticmethod(trip))
    refused = refusal(spoilt(examples, "text", label={"trip": 1}))
    assert refused.code == "bad-label"
    assert str(refused.faults[0]) == "label: the label cannot be read. Keep to its JSON Schema."


def test_null_means_left_out(examples):
    document = spoilt(examples, "text", exercise=None)
    document["body"]["subject"] = None
    message = read_message(json.dumps(document).encode())
    assert message.exercise is None
    assert message.body.subject is None


def test_a_message_that_was_read_holds_the_body_that_it_was_made_of():
    body = read_message(example_message("launch-report")).body
    assert isinstance(body, LaunchReport)
    message = new_message(
        body, sender="southland", label=LABEL, sent_at_us=1_795_588_051_000_000, id="0" * 32
    )
    assert isinstance(message, Message)
    assert message.body is body


def test_every_code_of_a_refusal_has_a_text():
    assert all(text.endswith(".") for text in REFUSAL_CODES.values())
    for code, text in REFUSAL_CODES.items():
        assert str(Refused(code).faults[0]) == text
    with pytest.raises(KeyError, match="because"):
        Refused("because", "no such code")


def test_the_format_is_named_in_what_is_written():
    assert json.loads(write_message(read_message(example_message("text"))))["schema"] == SCHEMA
