"""A scenario that names an agreement book: one file drives the simulation and the release of the centre."""

from datetime import date
from math import inf
from pathlib import Path

import pytest
import yaml

from synaspis.agreement import QUALITIES, Item, load_book
from synaspis.core.documents import read_document
from synaspis.core.errors import InputError
from synaspis.scenario import Variant, architecture, check_scenario, load_scenario_document, new_scenario

DAY = date(2030, 1, 1)

BOOK = """
schema: agreements/1
id: shared
name: The agreements of the small scenario, in a file of their own
labels: {policy: TEST, classifications: [OPEN, CLOSED]}
partners:
  us: {name: United States, country: US, cleared_to: CLOSED}
  ro: {name: Romania, country: RO}
  tr: {name: Türkiye, country: TR}
alliances:
  allies: {name: Allies, members: [ro, tr]}
agreements:
  tracks:
    name: Tracks
    parties: [us, allies]
    valid_from: 2025-01-01
    clauses:
      warning: {product: warning, from: us, to: allies, delay: 15 s}
      tracks: {product: track, from: us, to: allies, use: engage-on-remote, delay: 10 s}
      not-whole: {product: track, from: us, to: ro, effect: forbid, quality: covariance}
    basis: assumed
    note: For a test.
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    data = yaml.safe_load(new_scenario("small"))
    data["agreements"] = "book.yaml"
    (tmp_path / "small.yaml").write_text(yaml.safe_dump(data, sort_keys=False), "utf-8")
    (tmp_path / "book.yaml").write_text(BOOK, "utf-8")
    return tmp_path


def test_the_agreements_of_the_book_are_those_of_the_scenario(folder: Path):
    scenario = load_scenario_document(folder / "small.yaml")
    assert scenario.book.id == "shared"
    assert set(scenario.document.agreements) == {"tracks"}
    assert [path.name for path in scenario.files] == ["small.yaml", "book.yaml"]
    assert scenario.as_dict()["agreements"]["tracks"]["clauses"]["not-whole"]["effect"] == "forbid"


def test_the_scenario_file_is_a_book_of_the_same_policy(folder: Path):
    of_scenario, of_book = load_book(folder / "small.yaml"), load_book(folder / "book.yaml")
    assert of_scenario.policy_on(DAY).version == of_book.policy_on(DAY).version
    assert [path.name for path in of_scenario.files] == ["small.yaml", "book.yaml"]


def test_simulation_and_centre_agree_on_who_gets_tracks(folder: Path):
    scenario = load_scenario_document(folder / "small.yaml")
    policy = scenario.book.policy_on(DAY)
    shares = scenario.book.share_matrix("track", DAY)
    for giver in ("us", "ro", "tr"):
        item = Item(giver, "track", scenario.book.default_label())
        for recipient in {"us", "ro", "tr"} - {giver}:
            quality = policy.decide(recipient, item).quality
            released = quality is not None and QUALITIES.index(quality) >= QUALITIES.index("position")
            assert released is ((giver, recipient) in shares)
    assert shares["us", "ro"].use == "launch-on-remote"
    assert shares["us", "tr"].use == "engage-on-remote"


def test_a_forbid_of_the_book_reaches_the_battery(folder: Path):
    def right() -> tuple[float, bool]:
        """Delay and guidance of the American forward radar at the Romanian battery, an SM-3 IIA."""
        arrays = architecture(load_scenario_document(folder / "small.yaml"), [Variant(DAY)])
        at = arrays.radar_ids.index("forward-radar"), arrays.battery_ids.index("shore-battery")
        return float(arrays.track_delay_s[0][at]), bool(arrays.guidance[0][at])

    change(folder / "small.yaml", "sm-3-ib", "sm-3-iia")
    assert right() == (10.0, False)  # launch, and no guidance without the covariance
    change(folder / "book.yaml", ", quality: covariance}", "}")
    assert right() == (inf, False)
    change(folder / "book.yaml", "effect: forbid", "use: engage-on-remote, delay: 3 s")
    assert right() == (3.0, True)


def change(path: Path, before: str, after: str) -> None:
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), "utf-8")


def test_agreements_may_come_from_a_packaged_book():
    text = new_scenario("small")
    data = yaml.safe_load(text)
    data["agreements"] = "demo"
    with pytest.raises(
        InputError, match=r"the book 'demo' has the partner 'alpha', which the scenario has not"
    ):
        load(data)


def test_a_partner_that_the_scenario_has_not_is_a_fault(folder: Path):
    text = (folder / "book.yaml").read_text("utf-8")
    (folder / "book.yaml").write_text(
        text.replace("  tr: {name", "  rt: {name").replace("[ro, tr]", "[ro, rt]"), "utf-8"
    )
    with pytest.raises(
        InputError, match=r"has the partner 'rt', which the scenario has not. Allowed: ro, tr, us"
    ):
        load_scenario_document(folder / "small.yaml")


def test_faults_of_the_book_come_with_those_of_the_scenario(folder: Path):
    scenario = (folder / "small.yaml").read_text("utf-8")
    (folder / "small.yaml").write_text(scenario.replace("countries:", "countrees:", 1), "utf-8")
    book = (folder / "book.yaml").read_text("utf-8")
    (folder / "book.yaml").write_text(book.replace("product: warning", "product: warnings"), "utf-8")
    with pytest.raises(InputError, match="faults") as caught:
        load_scenario_document(folder / "small.yaml")
    assert {Path(fault.source).name for fault in caught.value.faults} == {"small.yaml", "book.yaml"}


def test_a_book_that_is_not_there_is_a_fault_where_it_is_named():
    data = yaml.safe_load(new_scenario("small"))
    data["agreements"] = "demmo"
    with pytest.raises(
        InputError, match=r"agreements: there is no agreement book 'demmo'. Did you mean 'demo'"
    ):
        load(data)


def test_a_scenario_is_no_book_for_another(folder: Path):
    data = yaml.safe_load((folder / "small.yaml").read_text("utf-8"))
    data["agreements"] = "europe"
    (folder / "other.yaml").write_text(yaml.safe_dump(data, sort_keys=False), "utf-8")
    with pytest.raises(InputError, match=r"'scenario/1' is not allowed. Allowed: agreements/1"):
        load_scenario_document(folder / "other.yaml")


def test_the_path_of_a_book_is_seen_from_the_file_that_names_it(folder: Path):
    below = folder / "below"
    below.mkdir()
    (below / "change.yaml").write_text("schema: scenario/1\nid: change\nextends: ../small.yaml\n", "utf-8")
    scenario = load_scenario_document(below / "change.yaml")
    assert scenario.book.id == "shared"
    assert load_book(below / "change.yaml").id == "shared"


def test_the_agreements_of_a_scenario_itself_are_a_book_of_its_name():
    scenario = load_scenario_document("europe")
    assert scenario.book.id == "europe"
    assert scenario.book.policy_on(DAY).version == load_book("europe").policy_on(DAY).version


@pytest.mark.parametrize(
    ("clause", "said"),
    [
        ("label: SECRET", "label: 'SECRET' is no classification. Allowed: UNCLASSIFIED"),
        ("conditions: {regions: east}", "unknown region 'east'. Add it to `regions`"),
    ],
)
def test_a_clause_of_a_scenario_can_name_default_markings_only(clause: str, said: str):
    data = yaml.safe_load(
        new_scenario("small").replace("product: warning, from", f"product: warning, {clause}, from", 1)
    )
    with pytest.raises(InputError, match=said):
        load(data)


def load(data: object) -> None:
    check_scenario(read_document(yaml.safe_dump(data, sort_keys=False)))
