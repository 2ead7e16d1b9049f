"""The scenario reader never crashes: a changed file loads, or is refused with faults that say where."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from synaspis.core.documents import read_document
from synaspis.core.errors import InputError
from synaspis.scenario import Variant, architecture, check_scenario, new_scenario, radar_arrays

GOOD = yaml.safe_load(new_scenario("good"))

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**12), 10**12),
    st.floats(allow_nan=True, allow_infinity=True),
    st.dates(date(1900, 1, 1), date(2100, 1, 1)),
    st.text(max_size=12),
    st.sampled_from(
        [
            "91 deg",
            "-400 km",
            "45 deg",
            "1e9 deg",
            "us",
            "together",
            "forward-radar",
            "sm-3-ib",
            "kurecik",
            "TR",
            "warning",
        ]
    ),
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def paths(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    entries = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in entries:
        yield from paths(value, (*path, key))


def changed(node: Any, path: tuple[Any, ...], how: str, value: Any) -> Any:
    """A copy of a tree with one node exchanged, removed, doubled or renamed."""
    step, rest = path[0], path[1:]
    if isinstance(node, list):
        parts = [
            changed(part, rest, how, value) if number == step and rest else part
            for number, part in enumerate(node)
        ]
        if not rest:
            parts[step : step + 1] = {"exchange": [value], "double": [node[step]] * 2}.get(how, [])
        return parts
    copy = dict(node)
    if rest:
        copy[step] = changed(node[step], rest, how, value)
    elif how == "exchange":
        copy[step] = value
    elif how == "double":
        copy[f"{step}-too"] = node[step]
    else:
        entry = copy.pop(step)
        if how == "rename":
            copy[str(value)] = entry
    return copy


def loads_or_says_why(text: str) -> None:
    try:
        scenario = check_scenario(read_document(text, source="any.yaml"))
    except InputError as error:
        # YAML puts what is missing at the end of a file one line below it.
        lines = text.count("\n") + 2
        for fault in error.faults:
            assert fault.what
            assert fault.source == "any.yaml"
            assert fault.line is None or 1 <= fault.line <= lines
        return
    # What loads can be turned into arrays.
    architecture(scenario, [Variant(phase.date) for phase in scenario.document.phases.values()])
    for threat_id in scenario.document.threats:
        radar_arrays(scenario.radars, scenario.missile(threat_id))


@settings(max_examples=120, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(sorted(paths(GOOD), key=str)),
            st.sampled_from(["exchange", "remove", "double", "rename"]),
            values,
        ),
        min_size=1,
        max_size=3,
    )
)
def test_a_good_file_changed_at_random(changes: list[tuple[tuple[Any, ...], str, Any]]):
    tree = GOOD
    for path, how, value in changes:
        if path in set(paths(tree)):
            tree = changed(tree, path, how, value)
    loads_or_says_why(yaml.safe_dump(tree, allow_unicode=True, sort_keys=False))


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(GOOD)), values, max_size=6))
def test_anything_under_the_right_keys(tree: dict[str, Any]):
    loads_or_says_why(yaml.safe_dump(tree, allow_unicode=True))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 4000), st.text(max_size=6))
def test_a_good_file_with_letters_typed_into_it(place: int, letters: str):
    text = new_scenario("good")
    loads_or_says_why(text[:place] + letters + text[place:])
