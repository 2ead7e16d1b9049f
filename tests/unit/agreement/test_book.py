"""Agreement books: what a file may say, every fault of it, and what is no fault and yet worth knowing."""

from datetime import date
from pathlib import Path

import pytest
import yaml

from synaspis.agreement import Category, Label, book_ids, book_path, check_book, load_book
from synaspis.catalogue import load_catalogue
from synaspis.core.documents import read_document
from synaspis.core.errors import InputError
from synaspis.geography import Countries

BOOK = """
schema: agreements/1
id: small
name: A small book
labels:
  policy: TEST
  classifications: [OPEN, CLOSED]
  categories:
    Handling: {type: restrictive, values: [A, B]}
    Topic: {type: informative, values: [T]}
partners:
  ann: {name: Ann, country: DE, cleared_to: CLOSED, categories: {Handling: [A]}}
  bob: {name: Bob}
  cas: {name: Cas}
alliances:
  pair: {name: Pair, members: [ann, bob]}
regions:
  east: {name: East, centre: {latitude: 50 deg, longitude: 20 deg}, radius: 100 km}
agreements:
  first:
    name: First
    parties: [pair, cas]
    valid_from: 2020-01-01
    clauses:
      tracks: {product: track, from: ann, to: bob, use: cue, delay: 1 s}
      ban: {product: warning, from: pair, to: cas, effect: forbid, conditions: {regions: east}}
    basis: assumed
    note: x
"""


def changed(*pairs: tuple[str, str]) -> str:
    text = BOOK
    for before, after in pairs:
        assert before in text
        text = text.replace(before, after, 1)
    return text


def faults_of(text: str, **references: object) -> str:
    with pytest.raises(InputError, match="fault") as caught:
        check_book(read_document(text, source="book.yaml"), **references)  # type: ignore[arg-type]
    return str(caught.value)


def test_a_sound_book_is_read():
    book = check_book(read_document(BOOK))
    assert book.membership.expand(["pair"]) == {"ann", "bob"}
    assert book.default_label() == Label("TEST", "OPEN")
    assert list(book.in_force(date(2020, 1, 1))) == ["first"]
    assert book.in_force(date(2019, 12, 31)) == {}


def test_conditions_that_are_left_out_are_none():
    tracks = check_book(read_document(BOOK)).agreements["first"].clauses["tracks"]
    assert not tracks.conditions
    assert tracks.level == "covariance"
    ban = check_book(read_document(BOOK)).agreements["first"].clauses["ban"]
    assert ban.conditions
    assert (ban.level, ban.delay, ban.delay_us) == ("presence", None, 0)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("schema: agreements/1", "schema: agreements/2", "schema: 'agreements/2' is not allowed"),
        ("classifications: [OPEN, CLOSED]", "classifications: [OPEN, OPEN]", "'OPEN' stands twice"),
        ("Handling: {type", "Releasable to: {type", "the category 'Releasable to' is always there"),
        ("Handling: {type", "clearance: {type", "'clearance' names a rule that always holds"),
        ("Handling: {type", "undefined-label: {type", "'undefined-label' names a rule that always holds"),
        ("Handling: {type", "own: {type", "'own' names a rule that always holds"),
        ("policy: TEST", 'policy: "TE\\tST"', r"'TE\tST' has characters that cannot be seen"),
        ("cleared_to: CLOSED", "cleared_to: CLOSE", "'CLOSE' is no classification. Did you mean 'CLOSED'"),
        ("{Handling: [A]}", "{Handling: [C]}", "'C' is no value of the category 'Handling'"),
        ("{Handling: [A]}", "{Handlin: [A]}", "unknown category 'Handlin'. Did you mean 'Handling'"),
        (
            "{Handling: [A]}",
            "{Releasable to: [bob]}",
            "'Releasable to' is not held: it follows from the partner and its alliances",
        ),
        ("  cas: {name: Cas}", "  centre: {name: Cas}", "'centre' stands for the exchange centre itself"),
        ("members: [ann, bob]", "members: [ann, bib]", "unknown partner 'bib'. Did you mean 'bob'"),
        ("  pair: {name: Pair,", "  ann: {name: Pair,", "'ann' is a partner as well"),
        ("radius: 100 km}", "countries: [DE]}", "one way to say where it is, given is centre and"),
        (", radius: 100 km}", "}", "regions.east.radius: the key 'radius' is missing"),
        (
            "centre: {latitude: 50 deg, longitude: 20 deg}, radius: 100 km",
            "boundary: [{latitude: 0 deg, longitude: 0 deg}, {latitude: 0 deg, longitude: 95 deg}, "
            "{latitude: 1 deg, longitude: 40 deg}]",
            "a corner is more than 5,000 km from the middle of the region",
        ),
        ("  first:", "  base:", "'base' stands for the rules that hold without any agreement"),
        ("regions: east", "regions: eats", "unknown region 'eats'. Did you mean 'east'"),
        ("regions: east", "classes: icmb", "'icmb' is not allowed. Did you mean 'icbm'"),
        ("regions: east", "categories: {Topic: [U]}", "'U' is no value of the category 'Topic'"),
        ("regions: east", "categories: {Tropic: [T]}", "unknown category 'Tropic'. Did you mean 'Topic'"),
        ("regions: east", "exercise: often", "'often' is text; true or false is needed"),
        ("effect: forbid", "effect: forbid, label: SHUT", "label: 'SHUT' is no classification"),
        ("effect: forbid", "effect: forbid, delay: 3 s", "a forbid has no delay, given is 3 s"),
        ("effect: forbid", "effect: forbid, use: cue", "a forbid has no use, given is 'cue'"),
        ("effect: forbid", "effect: permit", "the key 'delay' is missing"),
        ("effect: forbid", "effect: forbid, quality: area", "quality: 'area' is not allowed"),
        (
            "use: cue",
            "use: engage-on-remote, quality: position",
            "engage-on-remote needs a track of quality covariance, given is position",
        ),
        (
            "use: cue",
            "use: cue, quality: impact-area",
            "cue needs a track of quality position, given is impact-area",
        ),
        ("use: cue, ", "", "a track clause says no use"),
        ("product: track", "product: status", "a status has no use, given is 'cue'"),
        ("product: track", "product: plot", "'plot' is not allowed"),
        ("to: bob", "to: dan", "'dan' is neither a partner nor an alliance"),
        ("parties: [pair, cas]", "parties: [pair]", "'cas' is named in the clause and is no party"),
    ],
)
def test_faults_of_a_book(before: str, after: str, said: str):
    assert said in faults_of(changed((before, after)))


def test_all_faults_come_together_with_their_lines():
    text = changed(
        ("cleared_to: CLOSED", "cleared_to: CLOSE"), ("to: bob", "to: dan"), ("delay: 1 s", "delay: 1")
    )
    with pytest.raises(InputError, match="fault") as caught:
        check_book(read_document(text, source="book.yaml"))
    lines = text.splitlines()
    found = [(fault.where, lines[(fault.line or 0) - 1].strip()[:5]) for fault in caught.value.faults]
    assert found == [
        ("partners.ann.cleared_to", "ann: "),
        ("agreements.first.clauses.tracks.to", "track"),
        ("agreements.first.clauses.tracks.delay", "track"),
    ]


def test_a_permit_and_a_forbid_of_the_same_contradict_each_other():
    ban = "\n      no: {product: track, from: pair, to: [bob, cas], effect: forbid}"
    text = changed(("use: cue, delay: 1 s}", "use: cue, delay: 1 s}" + ban))
    said = faults_of(text)
    assert (
        "the clauses 'tracks' and 'no' contradict each other: all that the first permits the second" in said
    )
    assert "agreements.first.clauses.tracks" in said


@pytest.mark.parametrize("narrower", ["quality: covariance", "label: CLOSED", "conditions: {exercise: true}"])
def test_a_forbid_that_leaves_something_is_no_contradiction(narrower: str):
    ban = f"\n      no: {{product: track, from: pair, to: bob, effect: forbid, {narrower}}}"
    assert check_book(read_document(changed(("use: cue, delay: 1 s}", "use: cue, delay: 1 s}" + ban))))


def test_sources_and_countries_are_checked_where_a_list_is_given():
    text = changed(
        ("basis: assumed", "basis: stated\n    source: hearsay"),
        ("centre: {latitude: 50 deg, longitude: 20 deg}, radius: 100 km", "countries: [DE, QQ]"),
    )
    assert check_book(read_document(text))
    said = faults_of(text, sources=("press",), borders=Countries.load())
    assert "unknown source 'hearsay'" in said
    assert "country code 'QQ' has no land on the map" in said


def test_notices_name_clauses_that_never_apply():
    text = (
        changed(
            (
                "use: cue, delay: 1 s}",
                "use: cue, delay: 1 s}\n      own: {product: status, from: ann, to: ann, delay: 0 s}",
            ),
        )
        + """
  second:
    name: Second
    parties: [pair, cas]
    valid_from: 2019-01-01
    clauses:
      no-tracks: {product: track, from: pair, to: pair, effect: forbid}
      track-area:
        {product: track, from: ann, to: cas, quality: presence, delay: 1 s, conditions: {regions: east}}
      no-status: {product: status, from: ann, to: cas, effect: forbid, conditions: {regions: east}}
    basis: assumed
    note: x
"""
    )
    assert check_book(read_document(text)).notices() == (
        "agreements.first.clauses.own never applies: nobody gives to another",
        "agreements.first.clauses.tracks never applies: second/no-tracks forbids all of it",
        "agreements.second.clauses.track-area.conditions.regions never permits: no message of product track "
        "names a place",
        "agreements.second.clauses.no-status.conditions.regions always forbids: no message of product status "
        "names a place",
        "agreements.first.clauses.ban.conditions is left out by the simulation: it applies to some "
        "messages only",
        "agreements.second.clauses.track-area.conditions is left out by the simulation: it applies to some "
        "messages only",
    )


def test_a_forbid_that_holds_for_a_part_of_the_time_only_brings_no_notice():
    text = (
        BOOK
        + """
  second:
    name: Second
    parties: [pair, cas]
    valid_from: 2021-01-01
    clauses:
      no-tracks: {product: track, from: pair, to: pair, effect: forbid}
    basis: assumed
    note: x
"""
    )
    assert not any("never applies" in notice for notice in check_book(read_document(text)).notices())


def test_labels_are_combined_with_alliances_as_their_members():
    def label(*names: str) -> Label:
        return Label("TEST", "OPEN", (Category("Releasable to", "PERMISSIVE", names),))

    book = check_book(read_document(BOOK))
    assert book.combine([label("pair"), label("bob", "cas")]) == label("bob")
    with pytest.raises(InputError, match="'SECRET' has no place among the classifications"):
        book.combine([Label("TEST", "SECRET")])


def test_a_scenario_is_a_book_as_well():
    book = load_book("europe")
    assert len(book.membership.partners) == 28
    assert book.labels.classifications == ("UNCLASSIFIED",)
    assert set(book.agreements) == {"altbmd-interim", "altbmd-initial", "us-uk-fylingdales"}


def test_a_scenario_that_extends_another_is_a_book_with_its_changes():
    # europe-radar-1500 changes one disputed value of europe and none of its agreements.
    assert load_book("europe-radar-1500").policy_on(date(2016, 8, 1)).version == (
        load_book("europe").policy_on(date(2016, 8, 1)).version
    )


def test_faults_of_an_extended_scenario_name_the_file_they_come_from(tmp_path: Path):
    base, change = tmp_path / "base.yaml", tmp_path / "change.yaml"
    base.write_text(
        "schema: scenario/1\nid: base\nname: x\npartners: {ann: {name: Ann}}\nagreements: {a: 3}\n"
    )
    change.write_text(
        "schema: scenario/1\nextends: base.yaml\nid: change\nalliances: {p: {name: P, members: [x]}}\n"
    )
    with pytest.raises(InputError, match="fault") as caught:
        load_book(change)
    assert {(Path(fault.source).name, fault.where) for fault in caught.value.faults} == {
        ("base.yaml", "agreements.a"),
        ("change.yaml", "alliances.p.members"),
    }


def test_unknown_names_are_answered_with_near_ones():
    with pytest.raises(InputError, match=r"there is no agreement book 'dem'. Did you mean 'demo'\?"):
        book_path("dem")
    assert book_path("./dem") == Path("./dem")


@pytest.mark.parametrize("name", book_ids())
def test_a_packaged_book_is_sound_and_says_where_it_comes_from(name: str):
    book = load_book(name, sources=load_catalogue().sources, borders=Countries.load())
    assert book.id == name
    assert len(book.document.summary or "") > 80
    assert not any("never" in notice for notice in book.notices())


@pytest.mark.parametrize("name", book_ids())
def test_every_agreement_of_a_packaged_book_has_its_basis(name: str):
    data = yaml.safe_load(book_path(name).read_text("utf-8"))
    for agreement in data["agreements"].values():
        assert (agreement["basis"] == "assumed") is ("source" not in agreement)
        assert agreement["note"]
