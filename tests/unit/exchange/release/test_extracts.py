"""What each level shows: nothing in an extract depends on what it does not show."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, get_args

import pytest

from synaspis.exchange.release import EXTRACTS, extract
from synaspis.exchange.release.events import References, message_event
from synaspis.messages import BODIES, Refused, canonical_json, example_message, read_message

LEVELS = ("presence", "impact-area", "position")
FREE_TEXT = {"remarks", "text", "subject", "question", "findings", "answer", "reason"}
ERRORS = ("covariance", "sigma")


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict | list):
        for key, part in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(part, (*path, key))
    else:
        yield path


def changed(value: Any) -> list[Any]:
    """Other values of the same kind, to be tried one after the other."""
    if isinstance(value, float | int):
        return [value * 1.001, value + 1, value * 2]
    if value.endswith("Z") and value[:2] == "20":
        return [value[:17] + f"{(int(value[17:19]) + 1) % 60:02d}" + value[19:]]
    return [
        "unknown", "icbm", "multiple", "single", "off", "radar", "other", "watch", "all-clear", "fused",
        "maintained", "withdrawn", "tracklet", "0" * len(value), value + "x",
    ]  # fmt: skip


def altered(message: dict[str, Any], path: tuple[Any, ...]) -> dict[str, Any] | None:
    """The message with one leaf of its body changed, so that it stays a message; None if there is no way."""
    *parents, last = path
    for other in changed(_at(message["body"], path)):
        candidate = copy.deepcopy(message)
        _at(candidate["body"], parents)[last] = other
        try:
            read_message(canonical_json(candidate))
        except Refused:
            continue
        if candidate != message:
            return candidate
    return None


def _at(value: Any, path: Any) -> Any:
    for key in path:
        value = value[key]
    return value


def shown_paths(kind: str, level: str) -> list[tuple[str, ...]]:
    return [tuple(path.split(".")) for path in EXTRACTS[kind][level]]


def test_the_table_has_every_kind_at_every_level_below_the_highest():
    assert set(EXTRACTS) == set(BODIES)
    assert all(tuple(levels) == LEVELS for levels in EXTRACTS.values())


@pytest.mark.parametrize("kind", BODIES)
def test_each_level_shows_what_the_lower_ones_show(kind: str):
    presence, area, position = (set(EXTRACTS[kind][level]) for level in LEVELS)
    assert presence <= area <= position


@pytest.mark.parametrize("kind", BODIES)
def test_every_path_of_the_table_is_a_field_of_the_body(kind: str):
    for path in shown_paths(kind, "position"):
        model: Any = BODIES[kind]
        for name in path:
            field = model.model_fields[name]
            models = [part for part in (field.annotation, *get_args(field.annotation)) if part]
            model = next((part for part in models if hasattr(part, "model_fields")), None)


@pytest.mark.parametrize("kind", BODIES)
def test_no_level_below_covariance_shows_errors_or_free_text(kind: str):
    for level in LEVELS:
        for path in shown_paths(kind, level):
            assert not FREE_TEXT & set(path)
            assert not any(word in part for part in path for word in ERRORS)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("kind", [kind for kind in BODIES if kind != "correction"])
def test_bytes_of_an_event_do_not_depend_on_what_its_level_hides(
    kind: str, level: str, make: SimpleNamespace
):
    message = json.loads(example_message(kind))
    references = References(make.SECRET)

    def event(given: dict[str, Any]) -> bytes:
        read = read_message(canonical_json(given))
        accepted = make.wrapped(read, make.START_US)
        reference = references.message(read.sender, read.id)
        return message_event(
            accepted,
            at_us=make.START_US,
            policy="v1",
            quality=level,
            why=(),
            reference=reference,
            concerns=(),
        )

    visible = shown_paths(kind, level)
    tried = 0
    for path in leaves(message["body"]):
        names = tuple(part for part in path if isinstance(part, str))
        if any(names[: len(shown)] == shown for shown in visible):
            continue
        other = altered(message, path)
        if other is not None:
            tried += 1
            assert event(other) == event(message), f"{path} shows through"
    assert tried, f"{kind} hides something at {level}, and nothing of it could be changed"


@pytest.mark.parametrize("level", LEVELS)
def test_bytes_of_an_event_do_depend_on_what_its_level_shows(level: str, make: SimpleNamespace):
    message = json.loads(example_message("launch-report"))
    for path in shown_paths("launch-report", level):
        other = altered(message, path if _is_leaf(message["body"], path) else (*path, 0))
        assert other is not None
        assert extract(read_message(canonical_json(other)), level) != extract(
            read_message(canonical_json(message)), level
        )


def _is_leaf(body: Any, path: tuple[str, ...]) -> bool:
    return not isinstance(_at(body, path), list)


def test_a_correction_shows_what_the_corrected_kind_shows(make: SimpleNamespace):
    report = make.example("launch-report")
    correction = make.accepted(make.correction(report, "0" * 32), "alpha").message
    for level in LEVELS:
        assert extract(correction, level) == extract(make.accepted(report, "alpha").message, level)


def test_a_launch_report_at_the_level_impact_area_is_the_impact_alone(make: SimpleNamespace):
    report = make.example("launch-report")
    assert extract(make.accepted(report, "alpha").message, "impact-area") == {
        "impact": {"latitude_deg": report.impact.latitude_deg, "longitude_deg": report.impact.longitude_deg},
        "impact_time": {"time": report.impact_time.time},
    }


def test_there_is_no_extract_of_what_is_given_whole(make: SimpleNamespace):
    with pytest.raises(KeyError, match="covariance"):
        extract(make.accepted(make.example("text"), "alpha").message, "covariance")
