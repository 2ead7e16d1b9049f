"""Each way to get a scenario wrong, and what is said about it: file, line, field, what is allowed, remedy."""

import re
from dataclasses import replace

import pytest

from synaspis.catalogue import load_catalogue
from synaspis.core.documents import read_document
from synaspis.core.errors import InputError
from synaspis.engagement import BATTERIES_MAX, SHOTS_MAX
from synaspis.scenario import check_scenario, new_scenario, schema

GOOD = new_scenario("good")
PHASES = GOOD[GOOD.index("phases:") : GOOD.index("\n# Where the flights")]
BATTERY = GOOD[GOOD.index("  shore-battery:") : GOOD.index("  ship-radar:")]
TABRIZ = "{name: Tabriz, latitude: 38.080 deg, longitude: 46.292 deg}"

# name: (text of the template, what stands in its place, where, what is said). The first hit is replaced.
FAULTS = {
    "unknown key": (
        "boresight: 105 deg",
        "boresite: 105 deg\n    boresight: 105 deg",
        "assets.forward-radar.boresite",
        "unknown key 'boresite'",
    ),
    "unknown key, nearest named": ("summary:", "sumary:", "sumary", "Did you mean 'summary'?"),
    "key missing": ("name: My scenario\n", "", "name", "the key 'name' is missing. It is: Title."),
    "wrong schema": (
        "scenario/1",
        "scenario/2",
        "schema",
        "'scenario/2' is not allowed. Did you mean 'scenario/1'? Allowed: scenario/1.",
    ),
    "bad id": ("id: good", "id: Good One", "id", "'Good One': string should match pattern"),
    "wrong unit": (
        "step: 0.5 deg",
        "step: 0.5 km",
        "region.step",
        "0.5 km is a length; an angle is needed (deg, rad)",
    ),
    "unknown unit": (
        "delay: 15 s",
        "delay: 15 sec",
        "agreements.first-agreement.clauses.warning.delay.unit",
        "'sec'",
    ),
    "no unit": (
        "south: 36 deg",
        "south: 36",
        "region.south",
        "36 has no unit. Write the unit after it, such",
    ),
    "neither number nor unit": (
        "south: 36 deg",
        "south: far south",
        "region.south",
        "'far south' is not a number and a unit. Write it as `38.5 deg` or as `{value: 38.5, unit: deg}`.",
    ),
    "not a number": (
        "latitude: 38.080 deg",
        "latitude: {value: .nan, unit: deg}",
        "launch_areas.example.points[1].latitude.value",
        ".nan is not a finite number",
    ),
    "latitude of 91": (
        "latitude: 38.080 deg",
        "latitude: 91 deg",
        "launch_areas.example.points[1].latitude",
        "91 deg is out of bounds; -90 to 90 deg is allowed",
    ),
    "longitude of 200": (
        "longitude: 46.292 deg",
        "longitude: 200 deg",
        "launch_areas.example.points[1].longitude",
        "200 deg is out of bounds; -180 to 180 deg is allowed",
    ),
    "source missing": (
        "in_service: 2025-01-01\n    basis: assumed",
        "in_service: 2025-01-01\n    basis: stated",
        "assets.warning-satellite.source",
        "basis is 'stated' and there is no source. Name a `source` of the source list",
    ),
    "source unknown": (
        "in_service: 2025-01-01\n    basis: assumed",
        "in_service: 2025-01-01\n    basis: stated\n    source: crs-rl3405",
        "assets.warning-satellite.source",
        "unknown source 'crs-rl3405'. Did you mean 'crs-rl34051'?",
    ),
    "note missing": (
        "basis: assumed\n    note: An example.\n  forward-radar",
        "basis: assumed\n  forward-radar",
        "assets.warning-satellite.note",
        "basis is 'assumed' and there is no note. Say in `note` why it was chosen.",
    ),
    "service ends before it begins": (
        "in_service: 2028-01-01",
        "in_service: 2028-01-01\n    out_of_service: 2027-01-01",
        "assets.ship-radar.out_of_service",
        "out_of_service 2027-01-01 is not after in_service 2028-01-01",
    ),
    "impossible day": (
        "in_service: 2028-01-01",
        "in_service: 2028-02-30",
        "assets.ship-radar.in_service",
        "no day 2028-02-30",
    ),
    "not a date": ("date: 2026-01-01", "date: soon", "phases.2026.date", "'soon'"),
    "agreement ends before it begins": (
        "valid_from: 2025-01-01",
        "valid_from: 2025-01-01\n    valid_until: 2024-12-31",
        "agreements.first-agreement.valid_until",
        "valid_until 2024-12-31 is before valid_from 2025-01-01",
    ),
    "phases out of order": (
        "date: 2030-01-01",
        "date: 2025-06-01",
        "phases.2030.date",
        "the phase '2030' of 2025-06-01 is not later than the phase '2026' of 2026-01-01. Put the phases in",
    ),
    "phases out of order, the day in quotes": (
        "date: 2030-01-01",
        'date: "2025-06-01"',
        "phases.2030.date",
        "the phase '2030' of 2025-06-01 is not later than the phase '2026' of 2026-01-01. Put the phases in",
    ),
    "empty phase": (
        "date: 2026-01-01",
        "date: 2020-01-01",
        "phases.2026.date",
        "no asset is in service in the phase '2026' of 2020-01-01. The first asset comes",
    ),
    "land site in the sea": (
        "at_sea: true, latitude",
        "at_sea: false, latitude",
        "assets.ship-radar.place",
        "the land site at 43.300 deg, 30.500 deg is in the sea. Check the order",
    ),
    "ship on land": (
        "latitude: 43.3 deg, longitude: 30.5 deg",
        "latitude: 39.0 deg, longitude: 33.0 deg",
        "assets.ship-radar.place",
        "the ship station at 39.000 deg, 33.000 deg is on land",
    ),
    "launch point in the sea": (
        TABRIZ,
        "{name: Tabriz, latitude: 38.08 deg, longitude: 51.0 deg}",
        "launch_areas.example.points[1]",
        "the launch point 'Tabriz' at 38.080 deg, 51.000 deg is in the sea",
    ),
    "no launch point": (
        "points:\n      - {name: Tehran, latitude: 35.694 deg, longitude: 51.422 deg}\n      - " + TABRIZ,
        "points: []",
        "launch_areas.example.points",
        "at least 1 item",
    ),
    "unknown item": (
        "item: sm-3-ib",
        "item: sm-3-1b",
        "assets.shore-battery.item",
        "Did you mean 'sm-3-ib'?",
    ),
    "missile as an asset": (
        "item: sm-3-ib",
        "item: mrbm-2000",
        "assets.shore-battery.item",
        "unknown catalogue item 'mrbm-2000'. A missile is a threat, not an asset",
    ),
    "unknown site": (
        "site: kurecik",
        "site: kuercik",
        "assets.forward-radar.site",
        "unknown site 'kuercik'. Did you mean 'kurecik'?",
    ),
    "unknown owner": (
        "owner: us\n    longitude",
        "owner: uk\n    longitude",
        "assets.warning-satellite.owner",
        "unknown owner 'uk'. Allowed: ro, tr, us.",
    ),
    "alliance as owner": (
        "owner: us\n    longitude",
        "owner: together\n    longitude",
        "assets.warning-satellite.owner",
        "the owner 'together' is an alliance; a partner is needed",
    ),
    "unknown member": (
        "members: [ro, tr, us]",
        "members: [ro, tr, us, de]",
        "alliances.together.members",
        "unknown partner 'de'",
    ),
    "alliance named as a partner": (
        "  together: {",
        "  us: {name: Alone, members: [us]}\n  together: {",
        "alliances.us",
        "'us' is a partner as well. Give the alliance another id.",
    ),
    "two partners of one country": (
        "name: United States, country: US",
        "name: United States, country: RO",
        "partners.us.country",
        "RO is the country of 'ro' already. Give it to the partner that warns its people, and leave it out",
    ),
    "too many batteries": (
        BATTERY,
        "".join(BATTERY.replace("shore-battery", f"battery-{number}") for number in range(64)),
        "assets.battery-63",
        "there are 64 batteries; at most 63 are allowed. Count batteries of one kind at one place as one",
    ),
    "unknown party": (
        "parties: together",
        "parties: [together, nato]",
        "agreements.first-agreement.parties",
        "'nato' is neither a partner nor an alliance",
    ),
    "clause names no party": (
        "parties: together",
        "parties: [us, tr]",
        "agreements.first-agreement.clauses.warning.to",
        "'ro' is named in the clause and is no party of the agreement. Add it to `parties`",
    ),
    "unknown recipient": (
        "to: [ro, tr], use",
        "to: [ro, fr], use",
        "agreements.first-agreement.clauses.tracks.to",
        "'fr' is neither a partner nor an alliance",
    ),
    "track without use": (
        "use: launch-on-remote, delay",
        "delay",
        "agreements.first-agreement.clauses.tracks.use",
        "a track clause says no use. Give `use`: cue, launch-on-remote, engage-on-remote.",
    ),
    "warning with use": (
        "to: together, delay",
        "to: together, use: cue, delay",
        "agreements.first-agreement.clauses.warning.use",
        "a warning has no use, given is 'cue'",
    ),
    "unknown use": (
        "use: launch-on-remote, delay",
        "use: launch-on-remotes, delay",
        "agreements.first-agreement.clauses.tracks.use",
        "Did you mean 'launch-on-remote'?",
    ),
    "no place": (
        "owner: us\n    site: kurecik",
        "owner: us",
        "assets.forward-radar.place",
        "there is no place. Give `site` or `place`.",
    ),
    "two places": (
        "site: kurecik",
        "site: kurecik\n    place: {latitude: 38.35 deg, longitude: 37.79 deg}",
        "assets.forward-radar.place",
        "both `site` and `place` are given",
    ),
    "satellite on a site": (
        "longitude: 40 deg",
        "longitude: 40 deg\n    place: {latitude: 38.35 deg, longitude: 37.79 deg}",
        "assets.warning-satellite.place",
        "the satellite geostationary-dsp-sbirs has a `site` or `place`. Give `longitude` instead.",
    ),
    "satellite without longitude": (
        "    longitude: 40 deg\n",
        "",
        "assets.warning-satellite.longitude",
        "the satellite geostationary-dsp-sbirs has no `longitude`",
    ),
    "longitude of a radar": (
        "boresight: 105 deg",
        "boresight: 105 deg\n    longitude: 40 deg",
        "assets.forward-radar.longitude",
        "only a satellite has this; an-tpy-2-forward is a radar",
    ),
    "sector without direction": (
        "    boresight: 105 deg\n",
        "",
        "assets.forward-radar.boresight",
        "the radar an-tpy-2-forward sees 60 deg to each side and has no `boresight`. Give the azimuth",
    ),
    "direction of a battery": (
        "interceptors: 24",
        "interceptors: 24\n    boresight: 10 deg",
        "assets.shore-battery.boresight",
        "only a radar has this; sm-3-ib is a battery",
    ),
    "no interceptors": (
        "    interceptors: 24\n",
        "",
        "assets.shore-battery.interceptors",
        "the battery has no `interceptors`. Give how many are ready to launch.",
    ),
    "interceptors of a radar": (
        "boresight: 105 deg",
        "boresight: 105 deg\n    interceptors: 3",
        "assets.forward-radar.interceptors",
        "only a battery has this; an-tpy-2-forward is a radar",
    ),
    "unknown fire control": (
        "fire_control: [shore-radar]",
        "fire_control: [shore-rader]",
        "assets.shore-battery.fire_control",
        "unknown asset 'shore-rader'. Did you mean 'shore-radar'?",
    ),
    "fire control is no radar": (
        "fire_control: [shore-radar]",
        "fire_control: [warning-satellite]",
        "assets.shore-battery.fire_control",
        "'warning-satellite' is a satellite; a radar is needed",
    ),
    "fire control of another owner": (
        "fire_control: [shore-radar]",
        "fire_control: [forward-radar]",
        "assets.shore-battery.fire_control",
        "the radar 'forward-radar' belongs to 'us', the battery to 'ro'. A radar of another",
    ),
    "own sensor without fire control": (
        "item: sm-3-ib\n    owner: ro\n    site: deveselu\n    interceptors: 24\n    # Radars of the same "
        "owner that it launches and guides by without delay.\n    fire_control: [shore-radar]",
        "item: pac-3-mse\n    owner: ro\n    site: deveselu\n    interceptors: 24",
        "assets.shore-battery.fire_control",
        "pac-3-mse launches by its own radar only and has no `fire_control`",
    ),
    "unknown missile": (
        "missile: mrbm-2000",
        "missile: mrbm-2001",
        "threats.mrbm-2000.missile",
        "unknown missile 'mrbm-2001'. Did you mean 'mrbm-2000'?",
    ),
    "unknown launch area": (
        "launch_area: example",
        "launch_area: exemple",
        "threats.mrbm-2000.launch_area",
        "unknown launch area 'exemple'. Did you mean 'example'?",
    ),
    "unknown country": (
        "countries: [RO, TR]",
        "countries: [RO, TR, QX]",
        "region.countries",
        "country code 'QX' has no land on the map",
    ),
    "country in small letters": ("countries: [RO, TR]", "countries: [ro]", "region.countries[0]", "'ro'"),
    "south of north": (
        "south: 36 deg",
        "south: 50 deg",
        "region.south",
        "south is 50.0 deg and north 48.0 deg; south must be less than north",
    ),
    "broken step": (
        "step: 0.5 deg",
        "step: 0.7 deg",
        "region.north",
        "12 deg is 17.143 steps of 0.7 deg; it must be whole. Move north by -0.1 deg.",
    ),
    "huge grid": (
        "south: 36 deg\n  north: 48 deg\n  west: 20 deg\n  east: 44 deg\n  step: 0.5 deg",
        "south: -90 deg\n  north: 90 deg\n  west: -180 deg\n  east: 180 deg\n  step: 0.05 deg",
        "region.step",
        "the grid has 25,920,000 cells; allowed are 4,000,000. Use a step of 0.13 deg or more.",
    ),
    "tiny step": (
        "step: 0.5 deg",
        "step: 0.001 deg",
        "region.step",
        "0.001 deg is out of bounds; 0.01 to 10 deg",
    ),
    "no shots": (
        "shots_required: 1",
        "shots_required: 0",
        "engagement.shots_required",
        "greater than or equal to 1",
    ),
    "text for a switch": (
        "assessment: true",
        "assessment: often",
        "engagement.assessment",
        "'often' is text; true or false is needed",
    ),
    "override of nothing": (
        "region:",
        "overrides: {an-tpy-2-forward.range: National Research Council}\nregion:",
        "overrides.an-tpy-2-forward.range",
        "'an-tpy-2-forward' has no value 'range'",
    ),
    "override of an unknown item": (
        "region:",
        "overrides: {an-tpy-3.reference_range: National Research Council}\nregion:",
        "overrides.an-tpy-3.reference_range",
        "the catalogue has no item 'an-tpy-3'",
    ),
    "override by nobody": (
        "region:",
        "overrides: {an-tpy-2-forward.reference_range: National Council}\nregion:",
        "overrides.an-tpy-2-forward.reference_range",
        "nobody named 'National Council' holds another value of an-tpy-2-forward.reference_range. Did you "
        "mean 'National Research Council'?",
    ),
    "override of a whole item": (
        "region:",
        "overrides: {an-tpy-2-forward: National Research Council}\nregion:",
        "overrides.an-tpy-2-forward",
        "'an-tpy-2-forward' names an item and no value of it",
    ),
    "override without rivals": (
        "region:",
        "overrides: {an-tpy-2-forward.firm_track_time: somebody}\nregion:",
        "overrides.an-tpy-2-forward.firm_track_time",
        "The catalogue has no rival value for it.",
    ),
    "no phases": (
        PHASES,
        "phases: {}\n",
        "phases",
        "at least 1 item",
    ),
}


def test_as_many_batteries_are_allowed_as_the_engagement_takes():
    assert schema.BATTERIES_MAX == BATTERIES_MAX
    assert schema.SHOTS_MAX == SHOTS_MAX


def test_the_template_passes():
    assert check_scenario(read_document(GOOD, source="good.yaml")).id == "good"


@pytest.mark.parametrize("name", FAULTS)
def test_fault_is_named_with_place_and_remedy(name: str):
    before, after, where, said = FAULTS[name]
    assert before in GOOD, "the template has changed; mend the row"
    text = GOOD.replace(before, after, 1)
    with pytest.raises(InputError, match=re.escape(said)) as raised:
        check_scenario(read_document(text, source="mine.yaml"))
    told = [fault for fault in raised.value.faults if said in str(fault)]
    assert where in [fault.where for fault in told]
    told.sort(key=lambda fault: fault.where != where)
    line = told[0].line
    assert line is not None
    changed = GOOD[: GOOD.index(before)].count("\n") + 1
    assert str(told[0]).startswith(f"mine.yaml:{line}: {where}: ")
    # The line is that of the change, or of the entry that lacks something.
    assert changed - 12 <= line <= changed + after.count("\n") + 3


def test_all_faults_of_a_file_come_together():
    names = (
        "unknown key",
        "wrong unit",
        "latitude of 91",
        "not a date",
        "ship on land",
        "agreement ends before it begins",
        "unknown item",
        "unknown site",
        "unknown missile",
        "unknown country",
        "source missing",
    )
    text = GOOD
    for name in names:
        before, after, _, _ = FAULTS[name]
        text = text.replace(before, after, 1)
    with pytest.raises(InputError, match=r"\d+ faults in the input:") as raised:
        check_scenario(read_document(text, source="mine.yaml"))
    found = {fault.where for fault in raised.value.faults}
    assert {FAULTS[name][2] for name in names} <= found
    lines = [fault.line for fault in raised.value.faults]
    assert lines == sorted(lines)


def test_a_faulty_entry_is_not_reported_as_unknown():
    text = GOOD.replace("    name: Example\n", "", 1).replace(
        "owner: ro\n    site: deveselu\n    in_", "owner: ro\n    in_"
    )
    with pytest.raises(InputError, match="2 faults in the input") as raised:
        check_scenario(read_document(text))
    assert "unknown launch area" not in str(raised.value)
    assert "unknown asset" not in str(raised.value)


def test_an_empty_file_says_how_to_begin():
    with pytest.raises(
        InputError, match=r"the document is empty.*Start with a line such as `schema: scenario/1`"
    ):
        check_scenario(read_document("", source="mine.yaml"))


@pytest.mark.parametrize(
    ("site_id", "kind", "longitude_deg", "said"),
    [
        ("deveselu", "land", 30.5, "the land site 'deveselu' at 44.080 deg, 30.500 deg is in the sea"),
        ("kurecik", "ship-station", 37.79, "the ship station 'kurecik' at 38.350 deg, 37.790 deg is on land"),
    ],
)
def test_a_site_of_the_catalogue_is_held_against_the_map(
    site_id: str, kind: str, longitude_deg: float, said: str
):
    catalogue = load_catalogue()
    site = catalogue.sites[site_id]
    longitude = site.longitude.model_copy(update={"value": longitude_deg})
    moved = site.model_copy(update={"longitude": longitude, "kind": kind})
    altered = replace(catalogue, sites={**catalogue.sites, site_id: moved})
    with pytest.raises(InputError, match=said) as raised:
        check_scenario(read_document(GOOD), catalogue=altered)
    assert {fault.where.split(".")[-1] for fault in raised.value.faults} == {"site"}


@pytest.mark.parametrize(
    ("latitude_deg", "longitude_deg"),
    [(44.18, 28.67), (44.18, 28.60)],  # the harbour of Constanta and a point in its town
)
def test_near_a_coast_both_land_and_sea_pass(latitude_deg: float, longitude_deg: float):
    for at_sea in ("true", "false"):
        place = f"at_sea: {at_sea}, latitude: {latitude_deg} deg, longitude: {longitude_deg} deg"
        text = GOOD.replace("at_sea: true, latitude: 43.3 deg, longitude: 30.5 deg", place, 1)
        assert text != GOOD
        check_scenario(read_document(text))
