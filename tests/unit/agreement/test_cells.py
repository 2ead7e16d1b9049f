"""Every cell of a day, and what a new book changes."""

from datetime import date

from synaspis.agreement import AgreementBook, Item, Label, cells, changes, check_book, moved_regions
from synaspis.core.documents import read_document

DAY = date(2026, 6, 1)

BOOK = """
schema: agreements/1
id: small
name: x
labels: {policy: TEST, classifications: [OPEN, CLOSED]}
partners:
  ann: {name: Ann, cleared_to: CLOSED}
  bob: {name: Bob, cleared_to: CLOSED}
alliances:
  both: {name: Both, members: [ann, bob]}
regions:
  east: {name: East, centre: {latitude: 50 deg, longitude: 20 deg}, radius: 100 km}
agreements:
  one:
    name: One
    parties: both
    valid_from: 2026-01-01
    clauses:
      tracks: {product: track, from: ann, to: bob, use: cue, delay: 1 s}
    basis: assumed
    note: x
"""


def book(*pairs: tuple[str, str]) -> AgreementBook:
    text = BOOK
    for before, after in pairs:
        assert before in text
        text = text.replace(before, after, 1)
    return check_book(read_document(text))


def test_an_axis_that_nothing_uses_has_one_value():
    # Two ordered pairs, one product, one classification, without a category and with one alliance.
    found = list(cells(book(), DAY))
    assert [(cell.item.sender, cell.recipient, len(cell.item.label.categories)) for cell in found] == [
        ("ann", "bob", 0),
        ("ann", "bob", 1),
        ("bob", "ann", 0),
        ("bob", "ann", 1),
    ]
    assert {cell.item.regions for cell in found} == {()}
    assert {cell.item.label.classification for cell in found} == {"OPEN"}
    assert [cell.decision.quality for cell in found] == ["covariance", "covariance", None, None]


def test_an_axis_that_something_uses_is_gone_through():
    def count(*pairs: tuple[str, str]) -> int:
        return len(list(cells(book(*pairs), DAY)))

    assert count(("Bob, cleared_to: CLOSED", "Bob")) == 4 * 2
    assert count(("use: cue, delay", "use: cue, label: OPEN, delay")) == 4 * 2
    # No class known, icbm, and one that stands for all others.
    assert count(("delay: 1 s", "delay: 1 s, conditions: {classes: icbm}")) == 4 * 3
    # Place not known, no region, the region.
    assert count(("delay: 1 s", "delay: 1 s, conditions: {regions: east}")) == 4 * 3
    assert count(("delay: 1 s", "delay: 1 s, conditions: {exercise: true}")) == 4 * 2


def test_a_day_without_agreements_has_no_cells():
    assert list(cells(book(), date(2025, 1, 1))) == []


def test_a_change_has_what_was_decided_before_and_after():
    quicker = book(("delay: 1 s", "delay: 0.5 s"))
    found = list(changes(book(), quicker, DAY))
    plain = Item("ann", "track", Label("TEST", "OPEN"))
    assert (found[0].recipient, found[0].item) == ("bob", plain)
    assert len(found) == 2
    assert (found[0].before.delay_us, found[0].after.delay_us) == (1_000_000, 500_000)
    assert found[0].before.policy != found[0].after.policy


def test_another_partner_is_a_change_for_it_alone():
    more = book(
        (
            "  bob: {name: Bob, cleared_to: CLOSED}",
            "  bob: {name: Bob, cleared_to: CLOSED}\n  cas: {name: Cas}",
        ),
        ("members: [ann, bob]", "members: [ann, bob, cas]"),
        ("to: bob", "to: both"),
    )
    found = list(changes(book(), more, DAY))
    assert {each.recipient for each in found} == {"cas"}
    assert all(each.before.quality is None for each in found)
    back = list(changes(more, book(), DAY))
    assert all(each.after.quality is None for each in back)
    assert len(back) == len(found)


def test_nothing_changes_where_the_clause_alone_does():
    assert list(changes(book(), book(), DAY)) == []
    renamed = book(("      tracks:", "      data:"))
    assert list(changes(book(), renamed, DAY)) == []


def test_a_change_that_only_an_area_in_two_regions_shows_is_found():
    west = "  west: {name: West, centre: {latitude: 50 deg, longitude: 10 deg}, radius: 100 km}\nagreements:"
    where = ("delay: 1 s", "delay: 1 s, conditions: {regions: east}")
    ban = "    basis: assumed"
    forbid = (
        "      ban: {product: track, from: ann, to: bob, effect: forbid, conditions: {regions: west}}\n" + ban
    )
    # A clause of another product keeps the region in use in both books.
    other = (
        "      talk: {product: status, from: ann, to: bob, delay: 0 s, conditions: {regions: west}}\n" + ban
    )
    old = book(("agreements:", west), where, (ban, other), (ban, forbid))
    new = book(("agreements:", west), where, (ban, other))
    found = list(changes(old, new, DAY))
    assert {each.item.regions for each in found} == {("east", "west")}
    assert {(each.before.quality, each.after.quality) for each in found} == {(None, "covariance")}


def test_regions_that_are_elsewhere_are_named():
    assert moved_regions(book(), book(("latitude: 50 deg", "latitude: 51 deg"))) == ("east",)
    assert moved_regions(book(), book(("name: East", "name: Orient"))) == ()
