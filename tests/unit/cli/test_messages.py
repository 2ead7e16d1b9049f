"""`synaspis messages`. That schema and reader agree is tested in tests/unit/messages/test_published.py."""

import json

import pytest
from jsonschema import Draft202012Validator

from synaspis.messages import BODIES, read_message


def test_the_schema_is_printed_for_people_and_for_programs(call):
    text, document = call("messages", "schema"), call("messages", "schema", "--json")
    assert text.status == document.status == 0
    assert json.loads(text.out) == document.document
    assert text.out.startswith('{\n  "$schema": "https://json-schema.org/draft/2020-12/schema"')
    Draft202012Validator.check_schema(document.document)


@pytest.mark.parametrize("kind", BODIES)
def test_the_example_of_a_kind_satisfies_its_schema_and_is_read(call, kind):
    schema = call("messages", "schema", kind, "--json").document
    example = call("messages", "example", kind)
    Draft202012Validator(schema).validate(json.loads(example.out))
    assert read_message(example.out.encode()).kind == kind
    assert call("messages", "example", kind, "--json").document == json.loads(example.out)


@pytest.mark.parametrize("command", ["schema", "example"])
def test_a_kind_that_does_not_exist_is_bad_input(call, command):
    done = call("messages", command, "track", "--json")
    assert done.status == 2
    (fault,) = done.document["error"]["faults"]
    assert fault["what"] == "'track' is no kind of message"
    assert fault["remedy"].startswith("Allowed: acknowledgement, ambiguity-answer, ")
