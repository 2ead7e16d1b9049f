"""The catalogue as a whole: what it must hold, folders of a user's own, and all faults together."""

import shutil
from pathlib import Path

import pytest

from synaspis.catalogue import KINDS, load_catalogue, quantities, sources_of
from synaspis.core.documents import path_text
from synaspis.core.errors import InputError

CATALOGUE = load_catalogue()

SITE = """\
schema: site/1
id: {id}
name: A hill
summary: For tests.
kind: land
country: DE
latitude: {{value: 50, unit: deg, basis: assumed, note: n}}
longitude: {{value: 10, unit: deg, basis: stated, source: {source}}}
height: {{value: 200, unit: m, basis: assumed, note: n}}
"""


def folder_with(tmp_path: Path, **files: str) -> Path:
    """A folder of items; the name of a file is its path with double underscores."""
    for name, text in files.items():
        path = tmp_path / (name.replace("__", "/").replace("_", "-") + ".yaml")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def refusal(folder: Path) -> str:
    with pytest.raises(InputError, match="fault") as caught:
        load_catalogue([folder])
    return str(caught.value)


WANTED = {
    "missiles": "srbm-300 srbm-700 mrbm-1300 mrbm-2000 irbm-3500 icbm-10000",
    "interceptors": """sm-3-ia sm-3-ib sm-3-iia sm-3-iib thaad pac-3-mse aster-30-b1 arrow-2 arrow-3 gbi
        gbi-two-stage""",
    "radars": """an-tpy-2-forward an-tpy-2-terminal spy-1d-v mpq-65 arabel smart-l green-pine fylingdales-uewr
        voronezh-dm""",
    "satellites": "geostationary-dsp-sbirs high-elliptic-sbirs",
    "platforms": "aegis-destroyer aegis-ashore-site patriot-fire-unit samp-t-unit",
    "sites": "deveselu redzikowo kurecik",
    "flights": """hwasong-12-2017-05-14 hwasong-14-2017-07-04 hwasong-14-2017-07-28 hwasong-15-2017-11-29
        hwasong-17-2022-03-24 hwasong-17-2022-11-18 hwasong-12-2017-09-15 hwasong-12-2017-08-29""",
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_package_brings_what_a_study_of_europe_needs(kind: str):
    missing = set(WANTED[kind].split()) - set(CATALOGUE.of_kind(kind))
    assert not missing


def test_an_id_names_one_item_only():
    assert len(CATALOGUE.files) == sum(len(CATALOGUE.of_kind(kind)) for kind in KINDS)


def test_the_packaged_catalogue_is_read_once():
    assert load_catalogue() is CATALOGUE


def test_it_cannot_be_changed():
    with pytest.raises(TypeError, match="does not support item assignment"):
        CATALOGUE.missiles["mine"] = CATALOGUE.missiles["srbm-300"]  # type: ignore[index]


def test_an_item_is_found_whatever_its_kind():
    assert CATALOGUE.find("thaad") is CATALOGUE.interceptors["thaad"]
    assert CATALOGUE.kind_of("deveselu") == "sites"


def test_an_unknown_item_or_kind_is_refused_with_the_nearest():
    with pytest.raises(InputError, match=r"the catalogue has no item 'thad'. Did you mean 'thaad'\?"):
        CATALOGUE.find("thad")
    with pytest.raises(InputError, match=r"there is no kind 'rader' of item. Did you mean 'radars'\?"):
        CATALOGUE.of_kind("rader")


def test_quantities_come_with_their_paths():
    paths = [path_text(path) for path, _ in quantities(CATALOGUE.missiles["mrbm-2000"])]
    assert paths[:3] == ["minimum_range", "class_range", "stages[0].burn_time"]
    assert "stages[1].specific_impulse" in paths


def test_sources_of_an_item_are_those_of_its_values_rivals_and_facts():
    found = sources_of(CATALOGUE.flights["hwasong-17-2022-03-24"])
    assert {"yonhap-2022-03-27", "defence-blog-hwasong-17", "kcna-2022-03-25"} <= set(found)
    assert len(set(found)) == len(found)


def test_a_folder_of_ones_own_adds_items_and_sources(tmp_path: Path):
    source = "my-book: {title: Hills, publisher: Me, reliability: memory}"
    folder = folder_with(
        tmp_path, sites__a_hill=SITE.format(id="a-hill", source="my-book"), sources__mine=source
    )
    catalogue = load_catalogue([folder])
    assert catalogue.find("a-hill").name == "A hill"
    assert catalogue.files["a-hill"] == folder / "sites" / "a-hill.yaml"
    assert catalogue.sources["my-book"].title == "Hills"
    assert "a-hill" not in CATALOGUE.sites


def test_an_own_item_may_use_a_source_of_the_package(tmp_path: Path):
    folder = folder_with(tmp_path, sites__a_hill=SITE.format(id="a-hill", source="geonames"))
    assert "a-hill" in load_catalogue([folder]).sites


def test_all_faults_of_all_files_come_together(tmp_path: Path):
    folder = folder_with(
        tmp_path,
        sites__a_hill=SITE.format(id="a-hill", source="geonmes"),
        sites__b_hill=SITE.format(id="c-hill", source="geonames").replace("value: 50", "value: 91"),
        sites__d_hill="schema: site/1\nid: d-hill\nid: e",
        sites__deveselu=SITE.format(id="deveselu", source="geonames"),
        sources__mine="geonames: {title: Again, publisher: Me, reliability: memory}",
        radar__x="schema: radar/1",
    )
    (folder / "sites" / "notes.yml").write_text("")
    found = refusal(folder)
    for message in (
        f"{folder}/radar: would not be read: not a kind of item. Did you mean 'radars'?",
        "sites/a-hill.yaml:8: longitude.source: the source 'geonmes' is not listed. Did you mean 'geonames'?",
        "sites/b-hill.yaml:2: id: the id 'c-hill' is not the name of the file. Write 'b-hill', or rename the",
        "sites/b-hill.yaml:7: latitude: 91 deg is out of bounds; -90 to 90 deg is allowed",
        "sites/d-hill.yaml:3: id: the key 'id' is given twice, first in line 2",
        "sites/d-hill.yaml:1: name: the key 'name' is missing",
        "sites/deveselu.yaml:2: id: the id 'deveselu' is taken by",
        "sites/notes.yml: would not be read. Give it the ending .yaml.",
        "sources/mine.yaml:1: geonames: the source 'geonames' is listed in",
    ):
        assert message in found


def test_no_noise_about_sources_if_a_list_of_sources_cannot_be_read(tmp_path: Path):
    folder = folder_with(
        tmp_path,
        sites__a_hill=SITE.format(id="a-hill", source="my-book"),
        sources__mine="my-book: {title: Hills",
    )
    found = refusal(folder)
    assert "not valid YAML" in found
    assert "is not listed" not in found


def test_a_missing_folder_is_a_fault(tmp_path: Path):
    assert f"{tmp_path}/none: there is no such folder. Check the path." in refusal(tmp_path / "none")


def test_hidden_files_are_left_alone(tmp_path: Path):
    folder = folder_with(tmp_path, sites__a_hill=SITE.format(id="a-hill", source="geonames"))
    (folder / ".git").mkdir()
    (folder / "sites" / ".a-hill.yaml.swp").write_text("x")
    assert "a-hill" in load_catalogue([folder]).sites


def test_a_copy_of_the_package_is_refused_id_by_id(tmp_path: Path):
    """An id names one thing for good: another value of an item is another item."""
    shutil.copytree(CATALOGUE.files["srbm-300"].parent, tmp_path / "missiles")
    found = refusal(tmp_path)
    assert f"{len(CATALOGUE.missiles)} faults" in found
    assert "Give the item an id of its own." in found
