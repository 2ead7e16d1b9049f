"""The fuzzing itself, on readers that are wrong on purpose: what it cannot find in them it finds nowhere."""

import json
import time

WASTE = []


def forgets_a_key(data: bytes) -> None:
    value = json.loads(data)
    if isinstance(value, dict) and "name" not in value and len(value) >= 2:
        raise KeyError("name")


def never_ends(data: bytes) -> None:
    if b"name" not in data:
        until = time.process_time() + 0.4
        while time.process_time() < until:
            pass


def keeps_everything(data: bytes) -> None:
    if b"name" not in data:
        WASTE.append(bytes(200_000_000) + data)
        WASTE.append(bytearray(b"x" * 1_000_000_000))


def is_sound(data: bytes) -> None:
    json.loads(data)


def seeds() -> list[bytes]:
    return [b'{"name": "a", "more": [1, 2], "other": {"name": 3}}']


TARGETS = {
    "forgets-a-key": (forgets_a_key, seeds, (ValueError, RecursionError)),
    "never-ends": (never_ends, seeds, ()),
    "keeps-everything": (keeps_everything, seeds, ()),
    "is-sound": (is_sound, seeds, (ValueError, RecursionError)),
}


def test_a_defect_a_slow_input_and_a_greedy_one_are_found_and_a_sound_reader_passes(fuzzed):
    import pathlib

    ran = {each.target: each for each in fuzzed(pathlib.Path(__file__), 2.0, input_s=0.3)}
    assert "KeyError: 'name'" in ran["forgets-a-key"].failure
    assert "s of the processor" in ran["never-ends"].failure
    assert (
        "out-of-memory" in ran["keeps-everything"].failure or "MemoryError" in ran["keeps-everything"].failure
    )
    assert ran["is-sound"].failure == ""
    assert ran["is-sound"].runs > 1000
    assert ran["is-sound"].read > 0
