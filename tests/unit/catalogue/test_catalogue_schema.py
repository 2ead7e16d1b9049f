"""What each kind of item demands: every packaged item is accepted, and one change at a time is refused."""

import re

import pytest

from synaspis.catalogue import KINDS, load_catalogue
from synaspis.catalogue.schema import SourceList
from synaspis.core.documents import parse, read_document
from synaspis.core.errors import InputError

CATALOGUE = load_catalogue()


def text_of(item_id: str) -> str:
    return CATALOGUE.files[item_id].read_text(encoding="utf-8")


def refusal(item_id: str, old: str, new: str) -> str:
    """Faults of a packaged item in which the first place that matches a pattern was changed."""
    changed = re.sub(old, new, text_of(item_id), count=1, flags=re.DOTALL)
    assert changed != text_of(item_id)
    with pytest.raises(InputError, match="fault") as caught:
        parse(KINDS[CATALOGUE.kind_of(item_id)], read_document(changed, source="x.yaml"))
    return str(caught.value)


MISSILE = [
    ("schema: missile/1", "schema: missile/2", "schema: 'missile/2' is not allowed"),
    ("id: mrbm-1300", "id: MRBM 1300", "id: 'MRBM 1300': string should match pattern"),
    ("steering: cutoff", "steering: glide", "steering: 'glide' is not allowed. Allowed: cutoff, loft"),
    ("1300\n  unit: km", "1300\n  unit: kg", "class_range: 1300 kg is a mass; a length is needed (m, km)"),
    ("value: 400", "value: 1400", "class_range: 1300 km is not above the minimum_range of 1400 km"),
    (
        "stages:.*payload_mass",
        "stages: []\npayload_mass",
        "stages: a list of 0: tuple should have at least 1",
    ),
    ("payload_mass", "warhead_mass", "unknown key 'warhead_mass'. Did you mean 'payload_mass'?"),
    (
        r"value: \d+\n      unit: s",
        "value: -1\n      unit: s",
        "stages[0].burn_time: -1 s is out of bounds; it must",
    ),
]
OTHERS = [
    (
        "sm-3-iia",
        "status: fielded",
        "status: retired",
        "'retired' is not allowed. Allowed: cancelled, fielded",
    ),
    ("sm-3-iia", "engage-on-remote", "remote", "remote_use: 'remote' is not allowed"),
    (
        "sm-3-iia",
        r"minimum_altitude:.*?maximum_altitude:",
        "minimum_altitude: {value: 1600, unit: km, basis: assumed, note: n}\nmaximum_altitude:",
        "maximum_altitude: 1500 km is not above the minimum_altitude of 1600 km",
    ),
    ("an-tpy-2-forward", "band: X", "band: Q", "band: 'Q' is not allowed. Allowed: C, L, S, UHF, VHF, X"),
    ("an-tpy-2-forward", "gain:", "gian:", "unknown key 'gian'. Did you mean 'gain'?"),
    ("deveselu", "country: RO", "country: rou", "country: 'rou': string should match pattern"),
    (
        "deveselu",
        "country: RO\n",
        "",
        "x.yaml:1: country: a site on land has no country. Give a code such as",
    ),
    (
        "deveselu",
        "kind: land",
        "kind: ship-station",
        "country: a station at sea has a country. Leave the key out.",
    ),
    ("hwasong-15-2017-11-29", "date: 2017-11-29", "date: 2017-11-31", "date: there is no day 2017-11-31"),
]


@pytest.mark.parametrize(
    ("item_id", "old", "new", "message"), [*(("mrbm-1300", *case) for case in MISSILE), *OTHERS]
)
def test_a_change_is_refused(item_id: str, old: str, new: str, message: str):
    assert message in refusal(item_id, old, new)


def test_an_elevation_span_must_not_be_empty():
    lowered = "maximum_elevation: {value: -45, unit: deg, basis: assumed, note: n}\nfirm_track_time:"
    found = refusal("an-tpy-2-forward", r"maximum_elevation:.*?firm_track_time:", lowered)
    assert "maximum_elevation: -45 deg is not above the minimum_elevation of" in found


def test_several_faults_of_one_file_come_together():
    changed = (
        text_of("mrbm-1300").replace("steering: cutoff", "steering: glide").replace("unit: km", "unit: kg", 2)
    )
    with pytest.raises(InputError, match="3 faults") as caught:
        parse(KINDS["missiles"], read_document(changed, source="x.yaml"))
    assert [fault.where for fault in caught.value.faults] == ["steering", "minimum_range", "class_range"]


def test_faults_name_the_line():
    line = text_of("mrbm-1300").split("\n").index("steering: cutoff") + 1
    assert f"x.yaml:{line}: steering:" in refusal("mrbm-1300", "steering: cutoff", "steering: glide")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "a-b: {title: T, publisher: P, reliability: found}",
            "a-b.reliability: a source that was found has no",
        ),
        ("a-b: {title: T, reliability: memory}", "a-b.publisher: the key 'publisher' is missing"),
        (
            "a-b: {title: T, publisher: P, reliability: rumour}",
            "'rumour' is not allowed. Allowed: found, mem",
        ),
        ("A B: {title: T, publisher: P, reliability: memory}", "A B: 'A B': string should match pattern"),
    ],
)
def test_a_list_of_sources_is_checked(text: str, message: str):
    with pytest.raises(InputError, match="fault") as caught:
        parse(SourceList, read_document(text, source="s.yaml"))
    assert message in str(caught.value)


def test_the_date_of_a_source_may_be_a_year_a_day_or_words():
    text = "\n".join(
        f"s{number}: {{title: T, publisher: P, reliability: memory, date: {date}}}"
        for number, date in enumerate(["2007", "2007-05-01", "spring 2007"])
    )
    sources = parse(SourceList, read_document(text)).root
    assert [source.date for source in sources.values()] == ["2007", "2007-05-01", "spring 2007"]
