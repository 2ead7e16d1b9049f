"""Rights between partners: the best clause of the day, alliances as their members, one's own network."""

from datetime import date

import pytest

from synaspis.agreement import USES, Agreement, LabelTable, Membership, Share, share_matrix, sharing
from synaspis.core.documents import parse, read_document
from synaspis.core.errors import InputError

MEMBERS = Membership(("nl", "us", "tr", "il"), {"nato": ("nl", "us", "tr")})

FIRST = """
name: First
parties: nato
valid_from: 2012-05-20
valid_until: 2016-07-07
clauses:
  warning: {product: warning, from: us, to: nato, delay: 20 s}
  cue: {product: track, from: nato, to: nato, use: cue, delay: 10 s}
basis: assumed
note: For a test.
"""

SECOND = """
name: Second
parties: [nl, us]
valid_from: 2016-01-01
clauses:
  slow: {product: track, from: nl, to: us, use: launch-on-remote, delay: 0.5 min}
  quick: {product: track, from: nl, to: us, use: launch-on-remote, delay: 15 s}
basis: assumed
note: For a test.
"""


def agreement(text: str) -> Agreement:
    return parse(Agreement, read_document(text))


AGREEMENTS = {"first": agreement(FIRST), "second": agreement(SECOND)}


def tracks(giver: str, recipient: str, day: date) -> Share | None:
    return sharing(AGREEMENTS, MEMBERS, giver, recipient, product="track", day=day, own_network_delay_s=2.0)


def test_highest_use_wins_then_shortest_delay():
    assert tracks("nl", "us", date(2016, 3, 1)) == Share("launch-on-remote", 15.0, "second", "quick")


def test_a_higher_use_wins_over_a_shorter_delay():
    assert tracks("nl", "us", date(2015, 3, 1)) == Share("cue", 10.0, "first", "cue")
    held = tracks("nl", "us", date(2016, 3, 1))
    assert held is not None
    assert held.delay_s > 10.0


def test_rights_have_a_direction():
    assert tracks("us", "nl", date(2016, 3, 1)) == Share("cue", 10.0, "first", "cue")


@pytest.mark.parametrize(
    ("day", "holds"),
    [
        (date(2012, 5, 19), False),
        (date(2012, 5, 20), True),
        (date(2016, 7, 7), True),
        (date(2016, 7, 8), False),
    ],
)
def test_first_and_last_day_count(day: date, holds: bool):
    assert (tracks("us", "tr", day) is not None) is holds
    assert AGREEMENTS["first"].holds_on(day) is holds


def test_who_is_no_party_gets_nothing():
    day = date(2015, 1, 1)
    assert tracks("us", "il", day) is None
    assert tracks("il", "us", day) is None
    pairs = share_matrix(AGREEMENTS, MEMBERS, "track", day)
    assert {partner for pair in pairs for partner in pair} == {"nl", "us", "tr"}
    assert len(pairs) == 6  # every ordered pair of the three, nobody with itself


def test_own_products_need_no_agreement():
    assert tracks("il", "il", date(1990, 1, 1)) == Share("engage-on-remote", 2.0, "", "")


def test_a_warning_is_not_a_track():
    day = date(2015, 1, 1)
    warnings = share_matrix(AGREEMENTS, MEMBERS, "warning", day)
    assert warnings == {
        ("us", "nl"): Share(None, 20.0, "first", "warning"),
        ("us", "tr"): Share(None, 20.0, "first", "warning"),
    }


def test_uses_rise():
    assert USES == ("cue", "launch-on-remote", "engage-on-remote")


def test_members_are_expanded_and_strangers_left_out():
    assert MEMBERS.expand(["nato", "il", "mars"]) == {"nl", "us", "tr", "il"}


def with_third(clause: str, third: str = "product: track, from: us, to: nl") -> Share | None:
    """Right of the Netherlands to American tracks with one more clause."""
    text = FIRST.replace("  cue:", f"  third: {{{third}, {clause}}}\n  cue:")
    agreements = {"first": agreement(text)}
    return share_matrix(agreements, MEMBERS, "track", date(2015, 1, 1)).get(("us", "nl"))


def test_a_forbid_takes_the_right_whatever_permits_it():
    assert with_third("effect: forbid") is None
    assert with_third("effect: forbid, quality: position") is None


def test_a_forbid_of_the_covariance_leaves_what_the_position_is_enough_for():
    engage = "product: track, from: us, to: nl, use: engage-on-remote, delay: 1 s"
    text = FIRST.replace("  cue:", f"  engage: {{{engage}}}\n  cue:")
    ban = "  ban: {product: track, from: us, to: nl, effect: forbid, quality: covariance}\n  cue:"
    free, banned = (
        share_matrix({"first": agreement(each)}, MEMBERS, "track", date(2015, 1, 1))["us", "nl"]
        for each in (text, text.replace("  cue:", ban))
    )
    assert free == Share("engage-on-remote", 1.0, "first", "engage")
    assert banned == Share("launch-on-remote", 1.0, "first", "engage")


@pytest.mark.parametrize(
    "clause",
    [
        "effect: forbid, conditions: {regions: east}",
        "effect: forbid, conditions: {exercise: true}",
        "effect: forbid, label: SECRET",
        "use: launch-on-remote, delay: 1 s, conditions: {classes: srbm}",
        "quality: impact-area, delay: 1 s",
    ],
)
def test_a_clause_that_a_simulated_flight_does_not_meet_is_left_out(clause: str):
    assert with_third(clause) == Share("cue", 10.0, "first", "cue")


def test_a_clause_for_all_but_exercises_counts():
    share = with_third("use: launch-on-remote, delay: 1 s, conditions: {exercise: false}")
    assert share == Share("launch-on-remote", 1.0, "first", "third")


def test_a_forbid_of_the_lowest_classification_forbids_all():
    ban = "  ban: {product: warning, from: us, to: nl, effect: forbid, label: OPEN}\n  cue:"
    agreements = {"first": agreement(FIRST.replace("  cue:", ban))}
    day = date(2015, 1, 1)
    table = LabelTable(policy="P", classifications=("OPEN", "CLOSED"))
    assert ("us", "nl") in share_matrix(agreements, MEMBERS, "warning", day)
    assert ("us", "nl") not in share_matrix(agreements, MEMBERS, "warning", day, labels=table)


@pytest.mark.parametrize(("quality", "shared"), [("presence", False), ("impact-area", True)])
def test_a_warning_is_shared_as_long_as_its_presence_is(quality: str, shared: bool):
    ban = f"  ban: {{product: warning, from: us, to: nl, effect: forbid, quality: {quality}}}\n  cue:"
    agreements = {"first": agreement(FIRST.replace("  cue:", ban))}
    shares = share_matrix(agreements, MEMBERS, "warning", date(2015, 1, 1))
    assert (("us", "nl") in shares) is shared
    assert ("us", "tr") in shares


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (
            "delay: 20 s",
            "delay: -1 s",
            r"clauses\.warning\.delay: -1 s is out of bounds; 0 to 3600 s is allowed",
        ),
        ("delay: 20 s", "delay: 2 h", r"clauses\.warning\.delay: 2 h is out of bounds; 0 to 1 h is allowed"),
        ("delay: 20 s", "delay: 20 km", r"clauses\.warning\.delay: 20 km is a length; a time is needed"),
        ("product: warning, from: us", "product: warnings, from: us", r"Did you mean 'warning'\?"),
        (
            "valid_until: 2016-07-07",
            "valid_until: 2012-05-19",
            r"valid_until 2012-05-19 is before valid_from 2012",
        ),
        ("from: us, ", "", r"clauses\.warning\.from: the key 'from' is missing"),
        ("use: cue, ", "", r"clauses\.cue\.use: a track clause says no use"),
        ("note: For a test.", "", r"note: basis is 'assumed' and there is no note"),
        ("basis: assumed", "basis: stated", r"source: basis is 'stated' and there is no source"),
    ],
)
def test_faults_of_an_agreement(before: str, after: str, said: str):
    assert before in FIRST
    with pytest.raises(InputError, match=said):
        agreement(FIRST.replace(before, after, 1))
