"""The release decision of Cedar against a short plain reference, in every cell of packaged and random books;
default deny, monotony, independence of order, and one book for simulation and centre.
"""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from synaspis.agreement import (
    BASE,
    PRODUCTS,
    QUALITIES,
    AgreementBook,
    Category,
    Item,
    Label,
    cells,
    changes,
    check_book,
    explain,
    load_book,
)
from synaspis.agreement.explanation import base_obstacles, judged
from synaspis.core.documents import Document
from synaspis.core.errors import InputError

DATA = Path(__file__).parents[2] / "src" / "synaspis" / "data"
DAY = date(2026, 6, 1)
PACKAGED = [path.stem for path in sorted((DATA / "agreements").glob("*.yaml"))]


# The reference reads the book as it stands in the file, and knows nothing of the program but names of fields.


def reference(book: dict[str, Any], day: date, recipient: str, item: Item) -> tuple[str | None, int]:
    """Quality and delay (microseconds) that the rules of docs/formats/agreement.md give."""
    partners, alliances = book["partners"], book.get("alliances", {})
    if recipient not in partners or item.sender not in partners or item.product not in PRODUCTS:
        return None, 0
    if recipient == item.sender:
        return "covariance", 0
    labels = {"policy": "SYNASPIS", "classifications": ["UNCLASSIFIED"], **book.get("labels", {})}
    if not may_see(partners[recipient], recipient, item.label, labels, partners, alliances):
        return None, 0
    order = labels["classifications"]
    ceiling, permits = len(QUALITIES), []
    for agreement in book["agreements"].values():
        if not agreement["valid_from"] <= day <= agreement.get("valid_until", date.max):
            continue
        for clause in agreement["clauses"].values():
            permit = clause.get("effect", "permit") == "permit"
            if (
                clause["product"] == item.product
                and stands_for(clause["from"], item.sender, alliances)
                and stands_for(clause["to"], recipient, alliances)
                and reaches(clause.get("label"), item.label.classification, order, permit)
                and meets(clause.get("conditions", {}), item, permit)
            ):
                if permit:
                    permits.append(
                        (QUALITIES.index(clause.get("quality", "covariance")), seconds(clause["delay"]))
                    )
                else:
                    ceiling = min(ceiling, QUALITIES.index(clause.get("quality", "presence")))
    level = min(max((quality for quality, _ in permits), default=-1), ceiling - 1)
    if level < 0:
        return None, 0
    return QUALITIES[level], round(1e6 * min(delay for quality, delay in permits if quality >= level))


def may_see(partner: dict, name: str, label: Label, labels: dict, partners: dict, alliances: dict) -> bool:
    order, known = labels["classifications"], labels.get("categories", {})
    if label.policy != labels["policy"] or label.classification not in order:
        return False
    if order.index(label.classification) > order.index(partner.get("cleared_to", order[0])):
        return False
    held = {tag: listed(values) for tag, values in partner.get("categories", {}).items()}
    held["Releasable to"] = [name, *(each for each in alliances if name in alliances[each]["members"])]
    known = {**known, "Releasable to": {"type": "permissive", "values": [*partners, *alliances]}}
    for mark in label.categories:
        domain = known.get(mark.tag)
        if domain is None or mark.type != domain["type"].upper():
            return False
        if set(mark.values) - set(listed(domain["values"])):
            return False
        common = set(mark.values) & set(held.get(mark.tag, ()))
        if mark.type == "PERMISSIVE" and not common:
            return False
        if mark.type == "RESTRICTIVE" and common != set(mark.values):
            return False
    return True


def listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def stands_for(names: Any, partner: str, alliances: dict) -> bool:
    return any(
        partner == name or partner in alliances.get(name, {}).get("members", ()) for name in listed(names)
    )


def reaches(bound: str | None, classification: str, order: list[str], permit: bool) -> bool:
    if bound is None:
        return True
    level, limit = order.index(classification), order.index(bound)
    return level <= limit if permit else level >= limit


def meets(conditions: dict, item: Item, permit: bool) -> bool:
    """A condition that cannot be judged keeps a permit from applying and lets a forbid apply."""
    if "regions" in conditions:
        touched = (
            not permit if item.regions is None else set(listed(conditions["regions"])) & set(item.regions)
        )
        if not touched:
            return False
    if "classes" in conditions:
        of_class = item.missile_class in listed(conditions["classes"])
        if not ((not permit) if item.missile_class is None else of_class):
            return False
    for tag, values in conditions.get("categories", {}).items():
        mark = item.label.category(tag)
        if mark is None or not set(mark.values) & set(listed(values)):
            return False
    return conditions.get("exercise") in (None, item.exercise)


def seconds(text: str) -> float:
    number, unit = text.split()
    return float(number) * {"s": 1.0, "min": 60.0}[unit]


# Books as plain data, and checked.


def frozen(value: Any) -> Any:
    if isinstance(value, dict):
        return MappingProxyType({key: frozen(each) for key, each in value.items()})
    return tuple(map(frozen, value)) if isinstance(value, list) else value


def book_of(data: dict[str, Any]) -> AgreementBook:
    return check_book(Document(frozen(data)))


NAMES = ("ann", "bob", "cas")
POLICY, ORDER = "TEST", ["LOW", "MIDDLE", "HIGH"]
RANGE = {"name": "x", "centre": {"latitude": "10 deg", "longitude": "10 deg"}, "radius": "100 km"}

parties = st.lists(st.sampled_from([*NAMES, "pair"]), min_size=1, max_size=2, unique=True)


def optional(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=fields)


CONDITIONS: dict[str, st.SearchStrategy[Any]] = {
    "none": st.just({}),
    "regions": optional(
        regions=st.lists(st.sampled_from(["east", "west"]), min_size=1, max_size=2, unique=True)
    ),
    "classes": optional(classes=st.lists(st.sampled_from(["icbm", "srbm"]), min_size=1, max_size=1)),
    "categories": optional(
        categories=st.sampled_from(
            [{"Handling": ["A"]}, {"Handling": ["A", "B"]}, {"Releasable to": ["bob"]}]
        )
    ),
    "exercise": optional(exercise=st.booleans()),
}


@st.composite
def clauses(draw: st.DrawFn, conditions: st.SearchStrategy[Any] | None = None) -> dict[str, Any]:
    clause = {
        "product": draw(st.sampled_from(["track", "warning"])),
        "from": draw(parties),
        "to": draw(parties),
        "effect": draw(st.sampled_from(["permit", "permit", "forbid"])),
        **draw(optional(quality=st.sampled_from(QUALITIES), label=st.sampled_from(ORDER[:2]))),
        "conditions": draw(st.one_of(*CONDITIONS.values()) if conditions is None else conditions),
    }
    if clause["effect"] == "permit":
        clause["delay"] = draw(st.sampled_from(["0 s", "2 s", "1 min"]))
        quality = clause.get("quality", "covariance")
        if clause["product"] == "track" and quality in ("position", "covariance"):
            clause["use"] = draw(st.sampled_from(["cue", "launch-on-remote"]))
    return clause


@st.composite
def books(draw: st.DrawFn) -> dict[str, Any]:
    # One kind of condition in a book, so that its cells stay few; items beyond the cells mix them.
    of_book = CONDITIONS[draw(st.sampled_from(sorted(CONDITIONS)))]
    periods = st.sampled_from([{}, {}, {"valid_until": date(2026, 5, 31)}, {"valid_until": date(2026, 6, 1)}])
    return {
        "schema": "agreements/1",
        "id": "random",
        "name": "x",
        "labels": {
            "policy": POLICY,
            "classifications": ORDER[:2],
            "categories": {
                "Handling": {
                    "type": draw(st.sampled_from(["restrictive", "permissive"])),
                    "values": ["A", "B"],
                }
            },
        },
        "partners": {
            name: {
                "name": name,
                "cleared_to": draw(st.sampled_from(ORDER[:2])),
                "categories": draw(st.sampled_from([{}, {"Handling": ["A"]}, {"Handling": ["A", "B"]}])),
            }
            for name in NAMES
        },
        "alliances": {"pair": {"name": "pair", "members": ["ann", "bob"]}},
        "regions": {"east": RANGE, "west": RANGE},
        "agreements": {
            f"agreement-{number}": {
                "name": "x",
                "parties": [*NAMES, "pair"],
                "valid_from": date(2026, 6, 1) if number else date(2020, 1, 1),
                **draw(periods),
                "clauses": {f"c{at}": clause for at, clause in enumerate(group)},
                "basis": "assumed",
                "note": "x",
            }
            for number, group in enumerate(
                draw(st.lists(st.lists(clauses(of_book), min_size=1, max_size=3), min_size=1, max_size=2))
            )
        },
    }


@st.composite
def checked(draw: st.DrawFn) -> tuple[dict[str, Any], AgreementBook]:
    data = draw(books())
    try:
        return data, book_of(data)
    except InputError:  # two of its clauses contradict each other
        assume(False)
        raise


marks = st.builds(
    Category,
    st.sampled_from(["Handling", "Releasable to", "Colour"]),
    st.sampled_from(["PERMISSIVE", "RESTRICTIVE", "INFORMATIVE"]),
    st.lists(st.sampled_from(["A", "B", "ann", "bob", "pair", "mars"]), max_size=3).map(tuple),
)
labels = st.builds(
    Label,
    st.sampled_from([POLICY, POLICY, POLICY, "OTHER"]),
    st.sampled_from(ORDER),
    st.lists(marks, max_size=2, unique_by=lambda mark: mark.tag).map(tuple),
)
items = st.builds(
    Item,
    st.sampled_from([*NAMES, "mars"]),
    st.sampled_from(["track", "warning", "status", "gossip"]),
    labels,
    st.sampled_from([None, "icbm", "srbm", "mrbm"]),
    st.sampled_from([None, (), ("east",), ("east", "west"), ("elsewhere",)]),
    st.booleans(),
)

quick = settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


few = settings(quick, max_examples=25)
"""For tests that go through every cell."""


def told(book: AgreementBook, recipient: str, item: Item, day: date = DAY) -> tuple[str | None, int]:
    decision = book.policy_on(day).decide(recipient, item)
    return decision.quality, decision.delay_us


def level(book: AgreementBook, recipient: str, item: Item) -> int:
    quality = book.policy_on(DAY).decide(recipient, item).quality
    return -1 if quality is None else QUALITIES.index(quality)


@pytest.mark.parametrize("name", PACKAGED)
def test_cedar_decides_as_the_reference_in_every_cell_of_a_packaged_book(name: str):
    data = yaml.safe_load((DATA / "agreements" / f"{name}.yaml").read_text("utf-8"))
    book = load_book(name)
    day = max(each.valid_from for each in book.agreements.values())
    found = list(cells(book, day))
    assert any(cell.decision.quality is not None for cell in found)
    for cell in found:
        expected = reference(data, day, cell.recipient, cell.item)
        assert (cell.decision.quality, cell.decision.delay_us) == expected, cell


@few
@given(checked())
def test_cedar_decides_as_the_reference_in_every_cell_of_a_random_book(
    pair: tuple[dict[str, Any], AgreementBook],
):
    data, book = pair
    for cell in cells(book, DAY):
        expected = reference(data, DAY, cell.recipient, cell.item)
        assert (cell.decision.quality, cell.decision.delay_us) == expected, cell


@quick
@given(
    checked(),
    st.lists(items, min_size=1, max_size=20),
    st.sampled_from([date(2019, 1, 1), date(2026, 5, 31), DAY]),
)
def test_cedar_decides_as_the_reference_on_items_beyond_the_cells(
    pair: tuple[dict[str, Any], AgreementBook], given_items: list[Item], day: date
):
    data, book = pair
    for item in given_items:
        for recipient in (*NAMES, "mars"):
            assert told(book, recipient, item, day) == reference(data, day, recipient, item)


@quick
@given(checked(), st.lists(items, min_size=1, max_size=20))
def test_recipients_are_those_that_get_something(
    pair: tuple[dict[str, Any], AgreementBook], given_items: list[Item]
):
    data, book = pair
    for item in given_items:
        listed_here = {
            name: (each.quality, each.delay_us) for name, each in book.policy_on(DAY).recipients(item)
        }
        expected = {name: reference(data, DAY, name, item) for name in NAMES}
        assert listed_here == {name: each for name, each in expected.items() if each[0] is not None}


@quick
@given(checked(), clauses(), st.lists(items, min_size=1, max_size=20))
def test_one_more_forbid_never_enlarges_anything(
    pair: tuple[dict[str, Any], AgreementBook], forbid: dict[str, Any], given_items: list[Item]
):
    data, book = pair
    forbid = {key: value for key, value in forbid.items() if key not in ("use", "delay")} | {
        "effect": "forbid"
    }
    more = deepcopy(data)
    more["agreements"]["ban"] = {**data["agreements"]["agreement-0"], "clauses": {"ban": forbid}}
    stricter = book_of(more)
    for item in given_items:
        for recipient in NAMES:
            assert level(stricter, recipient, item) <= level(book, recipient, item)


@quick
@given(checked(), st.lists(items, min_size=1, max_size=20), st.data())
def test_taking_a_name_off_the_releasable_list_never_enlarges_anything(
    pair: tuple[dict[str, Any], AgreementBook], given_items: list[Item], data: st.DataObject
):
    # A permit or forbid that asks for a value of this very category is another matter: it reads the list.
    book = book_of(without_conditions_on_releasable(pair[0]))
    for item in given_items:
        releasable = data.draw(st.lists(st.sampled_from([*NAMES, "pair"]), min_size=1, unique=True))
        wide, narrow = (
            replace(
                item, label=Label(POLICY, "LOW", (Category("Releasable to", "PERMISSIVE", tuple(values)),))
            )
            for values in (releasable, releasable[1:])
        )
        for recipient in NAMES:
            assert level(book, recipient, narrow) <= level(book, recipient, wide)


def without_conditions_on_releasable(data: dict[str, Any]) -> dict[str, Any]:
    data = deepcopy(data)
    for agreement in data["agreements"].values():
        for clause in agreement["clauses"].values():
            clause["conditions"].get("categories", {}).pop("Releasable to", None)
    try:
        book_of(data)
    except InputError:
        assume(False)
    return data


@few
@given(checked(), st.randoms(use_true_random=False))
def test_the_order_of_a_book_does_not_matter(pair: tuple[dict[str, Any], AgreementBook], random: Any):
    def shuffled(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            entries = list(value.items())
            random.shuffle(entries)
            return {name: shuffled(each, name) for name, each in entries}
        if isinstance(value, list) and key != "classifications":
            return random.sample(value, len(value))
        return value

    data, book = pair
    other = book_of(shuffled(data))
    assert other.policy_on(DAY).version == book.policy_on(DAY).version
    assert other.policy_on(DAY).text == book.policy_on(DAY).text
    assert {(cell.recipient, cell.item): cell.decision for cell in cells(other, DAY)} == {
        (cell.recipient, cell.item): cell.decision for cell in cells(book, DAY)
    }


@few
@given(checked(), checked())
def test_changes_are_the_cells_in_which_the_reference_differs(
    one: tuple[dict[str, Any], AgreementBook], two: tuple[dict[str, Any], AgreementBook]
):
    (old_data, old), (new_data, new) = one, two
    found = {(each.recipient, each.item): each for each in changes(old, new, DAY)}
    for each in found.values():
        before = reference(old_data, DAY, each.recipient, each.item)
        after = reference(new_data, DAY, each.recipient, each.item)
        assert (each.before.quality, each.before.delay_us) == before
        assert (each.after.quality, each.after.delay_us) == after
        assert before != after
    for book in (old, new):
        for cell in cells(book, DAY):
            key = cell.recipient, cell.item
            same = reference(old_data, DAY, *key) == reference(new_data, DAY, *key)
            assert same is (key not in found)


@few
@given(checked())
def test_an_explanation_rests_on_the_clauses_that_cedar_names(pair: tuple[dict[str, Any], AgreementBook]):
    policy = pair[1].policy_on(DAY)
    for cell in cells(pair[1], DAY):
        quality, _, reasons, _ = cell.decision
        applying = [each for each in judged(policy, cell.recipient, cell.item) if not each.missing]
        barred = list(base_obstacles(policy, cell.recipient, cell.item))
        assert len(barred) == sum(reason.agreement == BASE for reason in reasons)
        if quality is None:
            expected = {each.reason for each in applying if each.clause.level == "presence"}
            forbids = {each.reason for each in applying if each.clause.effect == "forbid"} & expected
            assert {reason for reason in reasons if reason.agreement != BASE} == forbids
        else:
            reached = [
                each for each in applying if QUALITIES.index(each.clause.level) >= QUALITIES.index(quality)
            ]
            assert set(reasons) == {each.reason for each in reached if each.clause.effect == "permit"}
        sentences = explain(policy, cell.recipient, cell.item)
        assert all(sentence.endswith(".") for sentence in sentences)
        assert ("nothing" in sentences[0]) is (quality is None)


@quick
@given(checked())
def test_the_simulation_shares_what_the_centre_releases(pair: tuple[dict[str, Any], AgreementBook]):
    """A plain message: lowest classification, known to touch no region, of a class that no clause names."""
    _, book = pair
    for product, needed in (("track", "position"), ("warning", "presence")):
        shares = book.share_matrix(product, DAY)
        for giver in NAMES:
            item = Item(giver, product, book.default_label(), missile_class="mrbm", regions=())
            for recipient in NAMES:
                if recipient != giver:
                    released = level(book, recipient, item) >= QUALITIES.index(needed)
                    assert released is ((giver, recipient) in shares)


@quick
@given(checked())
def test_a_book_survives_being_written_as_json(pair: tuple[dict[str, Any], AgreementBook]):
    _, book = pair
    text = json.dumps(book.document.model_dump(mode="json", by_alias=True, exclude_none=True))
    again = check_book(Document(frozen(json.loads(text))))
    assert again.policy_on(DAY).version == book.policy_on(DAY).version
    assert again.document == book.document
