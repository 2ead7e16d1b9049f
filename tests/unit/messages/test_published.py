"""The published JSON Schema, read by a validator that we did not write (jsonschema)."""

import json
import re
from copy import deepcopy

import pytest
from jsonschema import Draft202012Validator

from synaspis.core.errors import InputError
from synaspis.messages import BODIES, Refused, example_message, message_schema, read_message

VALIDATOR = Draft202012Validator(message_schema())
DELETED = object()


def accepted(document) -> bool:
    try:
        read_message(json.dumps(document).encode())
    except Refused:
        return False
    return True


def changed(document, path, value):
    document = deepcopy(document)
    *parents, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    here = document
    for part in parents:
        here = here[part]
    if value is DELETED:
        del here[last]
    else:
        here[last] = value
    return document


@pytest.mark.parametrize("kind", [None, *BODIES])
def test_the_schema_is_a_schema(kind):
    Draft202012Validator.check_schema(message_schema(kind))


@pytest.mark.parametrize("kind", [None, *BODIES])
def test_every_reference_leads_somewhere_and_nothing_is_left_over(kind):
    schema = message_schema(kind)
    referred = set(re.findall(r'"#/\$defs/(\w+)"', json.dumps(schema)))
    assert referred == set(schema["$defs"])


@pytest.mark.parametrize("kind", BODIES)
def test_every_example_satisfies_the_schema(kind, examples):
    VALIDATOR.validate(examples[kind])
    Draft202012Validator(message_schema(kind)).validate(examples[kind])


@pytest.mark.parametrize("kind", BODIES)
def test_the_schema_of_one_kind_takes_no_other(kind, examples):
    validator = Draft202012Validator(message_schema(kind))
    assert [other for other in BODIES if validator.is_valid(examples[other])] == [kind]


@pytest.mark.parametrize("kind", BODIES)
def test_the_schema_and_the_reader_agree_on_every_member(kind, examples):
    """Each member of each example left out, made null or of another type: both take it or both refuse it."""
    compared = 0
    for path in _paths(examples[kind]):
        for value in (DELETED, None, "x", 7, 7.5, True, [], {}, {"surprise": 1}, "", -1e9):
            document = changed(examples[kind], path, value)
            allowed = VALIDATOR.is_valid(document)
            # Numbers that cannot be true are refused beyond the schema; see below.
            if not (allowed and re.search("covariance|ecef", path)):
                assert accepted(document) == allowed, (path, value)
            compared += 1
    assert compared > 100


def _paths(value, prefix=""):
    members = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, part in members:
        # Beyond the tenth number of a covariance nothing new is to be learnt.
        if not (isinstance(key, int) and key > 2):
            yield f"{prefix}{key}"
            yield from _paths(part, f"{prefix}{key}.")


BAD = [
    ("text", "schema", "synaspis.message/2"),
    ("text", "kind", "chat"),
    ("text", "id", "0" * 33),
    ("text", "sender", "North Land"),
    ("text", "sent_at", "2026-11-25 06:33:00Z"),
    ("text", "sent_at", "2026-11-25T06:33:00+00:00"),
    ("text", "exercise", "x" * 81),
    ("text", "body.text", "x" * 4001),
    ("text", "body.text", "bell \x07"),
    ("text", "body.subject", "two\nlines"),
    ("text", "body.about", ["0" * 32] * 17),
    ("text", "body.about.0", "0" * 63),
    ("text", "label.Xmlns", "urn:other"),
    ("text", "label.ConfidentialityInformation.Category.0.Type", "OPTIONAL"),
    ("text", "label.ConfidentialityInformation.Category.0.GenericValues", "all"),
    ("text", "label.ConfidentialityInformation.Classification", "x" * 257),
    ("track-report", "body.covariance", [1.0] * 22),
    ("track-report", "body.position_ecef_m", [7e6, 0.0]),
    ("track-report", "body.position_ecef_m", [7e6, 0.0, 0.0, 0.0]),
    ("track-report", "body.quality", 1.5),
    ("launch-report", "body.azimuth.azimuth_deg", 360),
    ("launch-report", "body.azimuth.azimuth_deg", -0.1),
    ("launch-report", "body.launch.latitude_deg", 90.5),
    ("launch-report", "body.launch_time.sigma_s", 0),
    ("launch-report", "body.sources", []),
    ("launch-report", "body.sources", ["radar"] * 9),
    ("pre-launch-notification", "body.launch_area", {"name": "somewhere"}),
    ("pre-launch-notification", "body.launch_area.boundary", [{"latitude_deg": 0, "longitude_deg": 0}] * 3),
    ("pre-launch-notification", "body.impact_areas.0.centre", {"latitude_deg": 0, "longitude_deg": 0}),
    ("pre-launch-notification", "body.number", 1),
    ("cancellation", "body.refers_to.kind", "cancellation"),
    ("correction", "body.refers_to.kind", "correction"),
    ("correction", "body.refers_to.kind", "warning"),
    ("correction", "body.replacement", {"text": "of another kind"}),
]


@pytest.mark.parametrize(("kind", "path", "value"), BAD)
def test_the_schema_refuses_what_the_reader_refuses(kind, path, value, examples):
    document = changed(examples[kind], path, value)
    assert not accepted(document)
    assert not VALIDATOR.is_valid(document)


GOOD = [
    ("text", "body.text", "line one\nline two, é €"),
    ("text", "sent_at", "2026-11-25T06:33:00Z"),
    ("text", "label.ConfidentialityInformation.Category", DELETED),
    (
        "text",
        "label.ConfidentialityInformation.Category",
        {"TagName": "Releasable to", "Type": "PERMISSIVE", "GenericValues": ["eastmark"]},
    ),
    ("track-report", "body.quality", 1),
    ("track-report", "body.missile_class", DELETED),
    ("launch-report", "body.launch_time.sigma_s", 1),
    ("launch-report", "body.impact", None),
    ("pre-launch-notification", "body.impact_areas", []),
    ("cancellation", "body.reason", DELETED),
]


@pytest.mark.parametrize(("kind", "path", "value"), GOOD)
def test_the_schema_takes_what_the_reader_takes(kind, path, value, examples):
    document = changed(examples[kind], path, value)
    assert accepted(document)
    VALIDATOR.validate(document)


BEYOND = [
    ("text", "sent_at", "2026-02-29T06:33:00Z"),
    ("pre-launch-notification", "body.window.latest", "2026-11-25T04:00:00Z"),
    ("post-launch-notification", "body.impact_time", "2026-11-25T04:00:00Z"),
    ("launch-report", "body.launch.covariance_m2", [1.0, 2.0, 1.0]),
    ("track-report", "body.covariance", [1.0] * 21),
    ("track-report", "body.position_ecef_m", [0.0, 0.0, 0.0]),
    ("track-report", "body.velocity_ecef_m_s", [0.0, 0.0, 3e8]),
    ("track-report", "body.time", "2026-11-25T09:00:00Z"),
]


@pytest.mark.parametrize(("kind", "path", "value"), BEYOND)
def test_some_things_a_schema_cannot_say_and_the_reader_does(kind, path, value, examples):
    document = changed(examples[kind], path, value)
    VALIDATOR.validate(document)
    assert not accepted(document)


@pytest.mark.parametrize("ask", [message_schema, example_message])
def test_a_kind_that_does_not_exist_is_refused_with_the_nearest(ask):
    with pytest.raises(
        InputError, match=r"'launch-reports' is no kind of message\. Did you mean 'launch-report'"
    ):
        ask("launch-reports")
