"""The policy of a day: default deny, reasons, delays, version, memory, explanation."""

import hashlib
import json
import timeit
from copy import deepcopy
from datetime import date
from typing import Any

import cedarpy
import pytest
import yaml

from synaspis.agreement import (
    AgreementBook,
    Category,
    Decision,
    Item,
    Label,
    Policy,
    Reason,
    check_book,
    explain,
)
from synaspis.agreement.policy import REMEMBERED_MAX
from synaspis.core.documents import read_document

DAY = date(2026, 6, 1)

BOOK: dict[str, Any] = yaml.safe_load("""
schema: agreements/1
id: small
name: x
labels:
  policy: TEST
  classifications: [OPEN, CLOSED]
  categories:
    Handling: {type: restrictive, values: [A, "quote \\" and \\\\ slash"]}
    Area: {type: permissive, values: [North, South]}
partners:
  ann: {name: Ann, cleared_to: CLOSED, categories: {Handling: [A], Area: [North]}}
  bob: {name: Bob, cleared_to: CLOSED}
  cas: {name: Cas}
alliances:
  pair: {name: Pair, members: [ann, bob]}
regions:
  east: {name: East, centre: {latitude: 50 deg, longitude: 20 deg}, radius: 100 km}
agreements:
  one:
    name: One
    parties: [pair, cas]
    valid_from: 2026-01-01
    valid_until: 2026-12-31
    clauses:
      slow: {product: track, from: ann, to: pair, use: cue, delay: 1 min}
      quick: {product: track, from: ann, to: bob, quality: position, use: cue, delay: 2 s}
      ban:
        {product: track, from: ann, to: bob, effect: forbid, quality: covariance, conditions: {classes: icbm}}
      reports: {product: warning, from: pair, to: cas, delay: 0 s, label: OPEN, conditions: {regions: east}}
      drills: {product: warning, from: cas, to: pair, delay: 0 s, conditions: {exercise: true}}
      sorted: {product: status, from: ann, to: bob, delay: 0 s, conditions: {categories: {Area: North}}}
    basis: assumed
    note: x
""")


def book_of(data: dict[str, Any]) -> AgreementBook:
    return check_book(read_document(yaml.safe_dump(data, sort_keys=False)))


@pytest.fixture(scope="module")
def policy() -> Policy:
    return book_of(BOOK).policy_on(DAY)


def label(classification: str = "OPEN", *categories: Category) -> Label:
    return Label("TEST", classification, categories)


def track(**changes: Any) -> Item:
    return Item("ann", "track", label(), **{"missile_class": "srbm", **changes})


def test_a_decision_has_quality_delay_reasons_and_version(policy: Policy):
    reasons = (Reason("one", "slow"),)
    assert policy.decide("bob", track()) == Decision("covariance", 60_000_000, reasons, policy.version)


def test_the_shortest_delay_at_the_granted_quality_counts(policy: Policy):
    # The forbid leaves position; both clauses permit that, the quicker one in 2 s.
    decision = policy.decide("bob", track(missile_class="icbm"))
    assert decision[:3] == ("position", 2_000_000, (Reason("one", "quick"), Reason("one", "slow")))


def test_a_class_that_is_not_known_lets_a_forbid_apply(policy: Policy):
    assert policy.decide("bob", track(missile_class=None)).quality == "position"


def test_everybody_sees_its_own_at_once_whatever_the_label(policy: Policy):
    for mark in (label(), label("CLOSED", Category("Releasable to", "PERMISSIVE", ())), Label("OTHER", "?")):
        decision = policy.decide("cas", Item("cas", "status", mark))
        assert decision[:3] == ("covariance", 0, (Reason("base", "own"),))


@pytest.mark.parametrize(
    ("recipient", "item"),
    [
        ("mars", track()),
        ("bob", Item("mars", "track", label())),
        ("bob", Item("ann", "gossip", label())),
        ("bob", Item("ann", "status", label())),
        ("bob", Item("centre", "track", label())),
    ],
)
def test_what_nobody_knows_or_permits_is_denied_without_reasons(policy: Policy, recipient: str, item: Item):
    assert policy.decide(recipient, item) == Decision(None, 0, (), policy.version)


def test_an_unknown_product_is_denied_even_to_its_sender(policy: Policy):
    assert policy.decide("ann", Item("ann", "gossip", label())).quality is None
    assert policy.recipients(Item("ann", "gossip", label())) == ()


@pytest.mark.parametrize(
    ("mark", "reasons"),
    [
        (Label("OTHER", "OPEN"), ["undefined-label"]),
        (Label("TEST", "SECRET"), ["undefined-label"]),
        (label("OPEN", Category("Colour", "INFORMATIVE", ("red",))), ["undefined-label"]),
        (label("OPEN", Category("Handling", "PERMISSIVE", ("A",))), ["undefined-label"]),
        (label("OPEN", Category("Handling", "RESTRICTIVE", ("C",))), ["undefined-label"]),
        (label("OPEN", Category("Releasable to", "PERMISSIVE", ("mars",))), ["undefined-label"]),
        (label("OPEN", Category("Handling", "RESTRICTIVE", ('quote " and \\ slash',))), ["Handling"]),
        (label("OPEN", Category("Area", "PERMISSIVE", ("North", "South"))), ["Area"]),
        (label("OPEN", Category("Releasable to", "PERMISSIVE", ("cas",))), ["Releasable to"]),
        (label("OPEN", Category("Releasable to", "PERMISSIVE", ())), ["Releasable to"]),
        (
            label(
                "OPEN",
                Category("Handling", "RESTRICTIVE", ("A",)),
                Category("Area", "PERMISSIVE", ("South",)),
            ),
            ["Area", "Handling"],
        ),
    ],
)
def test_a_label_forbids_by_itself_and_says_by_what(policy: Policy, mark: Label, reasons: list[str]):
    decision = policy.decide("bob", Item("ann", "track", mark))
    assert decision.quality is None
    assert decision.reasons == tuple(Reason("base", name) for name in reasons)


@pytest.mark.parametrize(
    ("values", "quality"), [(("A",), "covariance"), (("A", 'quote " and \\ slash'), None)]
)
def test_all_values_of_a_restrictive_category_are_needed(
    policy: Policy, values: tuple[str, ...], quality: str | None
):
    item = Item("cas", "warning", label("OPEN", Category("Handling", "RESTRICTIVE", values)), exercise=True)
    assert policy.decide("ann", item).quality == quality


@pytest.mark.parametrize(("values", "quality"), [(("North", "South"), "covariance"), (("South",), None)])
def test_any_value_of_a_permissive_category_is_enough(
    policy: Policy, values: tuple[str, ...], quality: str | None
):
    item = Item("cas", "warning", label("OPEN", Category("Area", "PERMISSIVE", values)), exercise=True)
    assert policy.decide("ann", item).quality == quality


def test_who_is_cleared_less_gets_less(policy: Policy):
    item = Item("bob", "warning", label("CLOSED"), regions=("east",))
    assert policy.decide("cas", item).reasons == (Reason("base", "clearance"),)


def test_alliances_stand_for_their_members_on_the_list_of_whom_it_is_releasable_to(policy: Policy):
    mark = label("OPEN", Category("Releasable to", "PERMISSIVE", ("pair",)))
    assert policy.decide("bob", Item("ann", "track", mark)).quality is not None


@pytest.mark.parametrize("day", [date(2025, 12, 31), date(2027, 1, 1)])
def test_outside_its_days_an_agreement_gives_nothing(day: date):
    assert book_of(BOOK).policy_on(day).decide("bob", track()).quality is None


def test_recipients_are_all_who_get_something_in_one_call(policy: Policy, monkeypatch: pytest.MonkeyPatch):
    calls: list[int] = []
    asked = cedarpy.is_authorized_batch

    def counted(requests: Any, *rest: Any) -> Any:
        calls.append(len(requests))
        return asked(requests, *rest)

    monkeypatch.setattr(cedarpy, "is_authorized_batch", counted)
    fresh = book_of(BOOK).policy_on(DAY)
    item = track()
    expected = (("ann", fresh.decide("ann", item)), ("bob", fresh.decide("bob", item)))
    calls.clear()
    assert fresh.recipients(item) == expected
    assert fresh.recipients(track()) == expected
    # Ann and Bob are named; position and covariance are all that the clauses tell apart.
    assert calls == [4]


def test_an_answer_is_remembered_by_what_was_asked(policy: Policy, monkeypatch: pytest.MonkeyPatch):
    first = policy.decide("bob", track())

    def never(*_: Any) -> Any:
        raise AssertionError

    monkeypatch.setattr(cedarpy, "is_authorized_batch", never)
    assert policy.decide("bob", track()) is first
    assert policy.decide("bob", Item("ann", "track", Label("TEST", "OPEN", (), 5), "srbm")) is first


def test_a_remembered_decision_takes_less_than_a_microsecond(policy: Policy):
    asked, again = track(), track()
    policy.decide("bob", asked)
    policy.recipients(asked)
    for question in (lambda: policy.decide("bob", again), lambda: policy.recipients(again)):
        assert min(timeit.repeat(question, number=20_000, repeat=7)) / 20_000 < 1e-6


def test_memory_does_not_grow_without_bound(policy: Policy, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("synaspis.agreement.policy.REMEMBERED_MAX", 5)
    fresh = book_of(BOOK).policy_on(DAY)
    for number in range(20):
        fresh.recipients(Item("ann", "track", Label("TEST", f"odd {number}")))
        assert len(fresh._decided) <= 5
    assert REMEMBERED_MAX >= 10_000


def test_a_failure_of_cedar_is_never_taken_for_an_answer(monkeypatch: pytest.MonkeyPatch):
    fresh = book_of(BOOK).policy_on(DAY)
    asked = cedarpy.is_authorized_batch

    def failing(*arguments: Any) -> Any:
        answers = asked(*arguments)
        answers[0].diagnostics._diagnostics["errors"] = ["type error in base/clearance"]
        return answers

    monkeypatch.setattr(cedarpy, "is_authorized_batch", failing)
    with pytest.raises(RuntimeError, match="Cedar could not decide: type error in base/clearance"):
        fresh.decide("bob", track())


def test_the_version_is_the_digest_of_what_decides(policy: Policy):
    assert policy.version == hashlib.sha256(policy.text.encode()).hexdigest()
    content = json.loads(policy.text)
    assert set(content) == {"schema", "labels", "partners", "alliances", "regions", "agreements"}
    assert content["agreements"]["one"]["slow"]["delay_us"] == 60_000_000


def test_the_version_is_the_same_on_two_days_with_the_same_in_force(policy: Policy):
    book = book_of(BOOK)
    assert book.policy_on(date(2026, 7, 1)).version == policy.version
    assert book.policy_on(date(2027, 7, 1)).version != policy.version
    assert book.policy_on(DAY) is book.policy_on(DAY)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("labels", "classifications"), ["OPEN", "SHUT", "CLOSED"]),
        (("labels", "categories", "Area", "type"), "restrictive"),
        (("partners", "bob", "cleared_to"), "OPEN"),
        (("partners", "bob", "categories"), {"Area": ["North"]}),
        (("partners", "dan"), {"name": "Dan"}),
        (("alliances", "pair", "members"), ["ann", "bob", "cas"]),
        (("regions", "east", "radius"), "101 km"),
        (("agreements", "one", "clauses", "slow", "delay"), "59 s"),
        (("agreements", "one", "clauses", "slow", "use"), "launch-on-remote"),
        (("agreements", "one", "clauses", "slow", "to"), ["bob"]),
        (("agreements", "one", "clauses", "slow", "label"), "CLOSED"),
        (("agreements", "one", "clauses", "ban", "quality"), "position"),
        (("agreements", "one", "clauses", "ban", "conditions"), {"classes": ["slbm"]}),
        (("agreements", "one", "clauses", "drills", "conditions"), {"exercise": False}),
        (("agreements", "one", "clauses", "sorted", "conditions"), {"categories": {"Area": ["South"]}}),
    ],
)
def test_the_version_changes_with_whatever_decides(policy: Policy, path: tuple[str, ...], value: Any):
    assert changed(path, value).policy_on(DAY).version != policy.version


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("name",), "Another title"),
        (("summary",), "A summary"),
        (("partners", "bob", "name"), "Robert"),
        (("partners", "cas", "cleared_to"), "OPEN"),
        (("regions", "east", "name"), "Orient"),
        (("agreements", "one", "note"), "y"),
        (("agreements", "one", "valid_until"), date(2030, 1, 1)),
        (("agreements", "one", "clauses", "slow", "delay"), "60 s"),
        (("agreements", "one", "clauses", "slow", "quality"), "covariance"),
        (("agreements", "one", "clauses", "ban", "conditions"), {"classes": ["icbm"]}),
    ],
)
def test_the_version_stays_with_what_decides_nothing(policy: Policy, path: tuple[str, ...], value: Any):
    assert changed(path, value).policy_on(DAY).version == policy.version


def changed(path: tuple[str, ...], value: Any) -> AgreementBook:
    data = deepcopy(BOOK)
    inner = data
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return book_of(data)


def test_what_is_compiled_is_valid_by_the_schema_and_named(policy: Policy):
    assert '@id("one/slow")' in policy.cedar.text
    assert cedarpy.validate_policies(policy.cedar.text, policy.cedar.schema).validation_passed
    wrong = policy.cedar.text.replace("context.product ==", "context.produce ==", 1)
    assert not cedarpy.validate_policies(wrong, policy.cedar.schema).validation_passed


def test_policies_that_cedar_refuses_are_a_defect(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(
        "synaspis.agreement._cedar._forbid_others", lambda test: "forbid(principal, action, 3);"
    )
    with pytest.raises(RuntimeError, match="Cedar refuses what was compiled"):
        Policy(book_of(BOOK).document, DAY)


@pytest.mark.parametrize(
    ("recipient", "item", "sentences"),
    [
        (
            "bob",
            track(),
            ["bob gets the track of ann at quality covariance, 60 s after receipt, by one/slow."],
        ),
        (
            "bob",
            track(missile_class="icbm"),
            [
                "bob gets the track of ann at quality position, 2 s after receipt, by one/quick and "
                "one/slow.",
                "one/ban forbids quality covariance and above.",
                "one/slow permits quality covariance, and what stands above wins over it.",
            ],
        ),
        (
            "cas",
            track(),
            [
                "cas gets nothing of the track of ann on 2026-06-01.",
                "No agreement in force on 2026-06-01 speaks of track from ann to cas.",
            ],
        ),
        (
            "cas",
            Item("ann", "warning", label("CLOSED"), regions=()),
            [
                "cas gets nothing of the warning of ann on 2026-06-01.",
                "It is CLOSED, and cas is cleared to OPEN.",
                "one/reports would permit quality covariance, but it reaches up to OPEN and the area must "
                "touch east.",
            ],
        ),
        (
            "cas",
            Item("ann", "warning", label(), regions=None),
            [
                "cas gets nothing of the warning of ann on 2026-06-01.",
                "one/reports would permit quality covariance, but the area must touch east, and no place is "
                "known.",
            ],
        ),
        (
            "bob",
            Item("cas", "warning", label()),
            [
                "bob gets nothing of the warning of cas on 2026-06-01.",
                "one/drills would permit quality covariance, but it applies only to exercises.",
            ],
        ),
        (
            "bob",
            Item("ann", "status", label("OPEN", Category("Handling", "RESTRICTIVE", ("A",)))),
            [
                "bob gets nothing of the status of ann on 2026-06-01.",
                "It needs A of 'Handling', and bob does not hold it.",
                "one/sorted would permit quality covariance, but the label must have North of 'Area'.",
            ],
        ),
        (
            "bob",
            Item("ann", "status", label("OPEN", Category("Area", "PERMISSIVE", ("North",)))),
            [
                "bob gets nothing of the status of ann on 2026-06-01.",
                "It needs any of North of 'Area', and bob holds none.",
                "one/sorted permits quality covariance, and what stands above wins over it.",
            ],
        ),
        (
            "bob",
            Item("ann", "track", label("OPEN", Category("Releasable to", "PERMISSIVE", ("cas",))), "srbm"),
            [
                "bob gets nothing of the track of ann on 2026-06-01.",
                "It is releasable to cas, and bob is not among them.",
                "one/slow permits quality covariance, and what stands above wins over it.",
                "one/quick permits quality position, and what stands above wins over it.",
            ],
        ),
        (
            "bob",
            Item("ann", "track", Label("TEST", "SECRET"), "srbm"),
            [
                "bob gets nothing of the track of ann on 2026-06-01.",
                "The label has no meaning here: 'SECRET' is no classification of 'TEST'.",
                "one/slow permits quality covariance, and what stands above wins over it.",
                "one/quick permits quality position, and what stands above wins over it.",
            ],
        ),
        ("ann", track(), ["ann gets all of it: it is its own."]),
        ("mars", track(), ["mars gets nothing of it.", "'mars' is no partner."]),
        (
            "bob",
            Item("venus", "gossip", label()),
            [
                "bob gets nothing of it.",
                "'venus' is no partner.",
                "'gossip' is no product: track, warning, notification, status, consultation, "
                "coordination are.",
            ],
        ),
    ],
)
def test_an_explanation_says_what_is_in_the_way(
    policy: Policy, recipient: str, item: Item, sentences: list[str]
):
    assert list(explain(policy, recipient, item)) == sentences


def test_an_explanation_names_an_agreement_that_holds_on_other_days():
    later = book_of(BOOK).policy_on(date(2027, 1, 1))
    assert explain(later, "bob", track())[-1] == "one does, from 2026-01-01 to 2026-12-31."


@pytest.mark.parametrize("tag", ["own", "undefined-label", "clearance"])
def test_a_category_that_stands_in_the_place_of_a_rule_that_always_holds_makes_no_policy(
    tag: str, monkeypatch: pytest.MonkeyPatch
):
    # The book is refused before; without that refusal its rule would have replaced the other in silence.
    monkeypatch.setattr("synaspis.agreement.marking.BASE_RULES", ())
    data = deepcopy(BOOK)
    data["labels"]["categories"][tag] = {"type": "permissive", "values": ["x"]}
    book = book_of(data)
    with pytest.raises(RuntimeError, match="two rules have one name: one of them would not count"):
        book.policy_on(DAY)
