"""What a scripted cell does with what it is delivered: warn, claim, acknowledge, answer, and nothing else."""

import pytest

from synaspis.core.clock import from_rfc3339, to_rfc3339
from synaspis.core.quantity import Measure
from synaspis.exercise import load_exercise
from synaspis.exercise.cells import Cell
from synaspis.exercise.reading import Impact, impacts_of

NOW_US = from_rfc3339("2026-11-30T09:12:00Z")
IMPACT = "2026-11-30T09:25:00.000000Z"
WARSAW = (52.23, 21.01)
OPEN_SEA = (57.8, 20.0)


@pytest.fixture(scope="module")
def loaded():
    return load_exercise("first-exercise")


def cell_of(loaded, name):
    serving = frozenset(asset.id for asset in loaded.scenario.in_service(loaded.scenario.phase("2018").date))
    return Cell(name, loaded.document.nations[name], loaded.scenario, serving)


def picture(place, sigma_m=5_000.0):
    latitude, longitude = place
    track = {
        "number": 1,
        "status": "new",
        "time": to_rfc3339(NOW_US),
        "position_ecef_m": [3.6e6, 1.6e6, 5.6e6],
        "velocity_ecef_m_s": [0.0, 0.0, 2e3],
        "impact": {
            "latitude_deg": latitude,
            "longitude_deg": longitude,
            "time": IMPACT,
            "sigma_s": 20.0,
            "covariance_m2": [sigma_m**2, 0.0, sigma_m**2],
        },
    }
    return {"type": "picture", "tracks": [track]}


def message(kind, sender, body):
    told = {"kind": kind, "sender": sender, "body": body, "id": "0" * 32}
    return {"type": "message", "message": told, "reference": "a" * 32, "quality": "covariance"}


def acts(cell, event, centre="data", now_us=NOW_US):
    return [(act.due_us, act.make(act.due_us)) for act in cell.take(event, centre, now_us)]


def test_a_cell_warns_of_an_impact_in_its_country_after_its_reaction_and_gives_the_all_clear(loaded):
    (warned, cleared) = acts(cell_of(loaded, "pl"), picture(WARSAW))
    assert warned[0] == NOW_US + 30_000_000
    assert (warned[1].level, cleared[1].level) == ("take-shelter", "all-clear")
    # Three sigmas of 20 s on either side.
    assert (warned[1].impact.latest_us - warned[1].impact.earliest_us) == 120_000_000
    assert cleared[0] == from_rfc3339(IMPACT) + 180_000_000


def test_it_warns_once_of_one_object_and_again_of_another(loaded):
    cell = cell_of(loaded, "pl")
    assert len(acts(cell, picture(WARSAW))) == 2
    assert acts(cell, picture((52.4, 21.2))) == []
    assert len(acts(cell, picture((50.06, 19.94)))) == 2  # Krakow, 250 km away


@pytest.mark.parametrize(
    ("place", "sigma_m"),
    [(OPEN_SEA, 5_000.0), ((51.34, 12.37), 5_000.0), (WARSAW, 60_000.0)],
    ids=["at sea", "in another country", "hardly known"],
)
def test_it_does_not_warn_of_what_is_not_its_own_or_not_known(loaded, place, sigma_m):
    assert acts(cell_of(loaded, "pl"), picture(place, sigma_m)) == []


def test_it_neither_warns_of_nor_claims_what_was_announced_to_it(loaded):
    body = {
        "missile_class": "srbm",
        "number": "single",
        "window": {"earliest": "2026-11-30T09:10:00Z", "latest": "2026-11-30T09:20:00Z"},
        "impact_areas": [
            {"centre": {"latitude_deg": WARSAW[0], "longitude_deg": WARSAW[1]}, "radius_m": 40_000.0}
        ],
    }
    for name in ("pl", "us"):
        cell = cell_of(loaded, name)
        assert acts(cell, message("pre-launch-notification", "de", body)) == []
        assert acts(cell, picture(WARSAW)) == []


def test_it_claims_with_its_nearest_battery_unless_it_was_shown_the_claim_of_another(loaded):
    """Redzikowo is 375 km from Warsaw and the nearest American battery."""
    ((due_us, claim),) = acts(cell_of(loaded, "us"), picture(WARSAW))
    assert (due_us, claim.kind, claim.battery) == (
        NOW_US + 15_000_000,
        "engagement-claim",
        "redzikowo-sm-3-iia",
    )
    other = cell_of(loaded, "us")
    (act,) = other.take(picture(WARSAW), "data", NOW_US)
    said = {"object": claim.object.model_dump(mode="json", exclude_none=True), "battery": "sulze-pac-3-cri"}
    assert acts(other, message("engagement-claim", "de", said), "coordination")[0][1].says == "seen"
    assert act.make(act.due_us) is None


def test_who_intends_says_so_first_and_claims_later_if_nobody_else_has(loaded):
    document = loaded.document.nations["us"]
    patient = document.doctrine.model_copy(update={"intends": Measure(value=20.0, unit="s")})
    cell = cell_of(loaded, "us")
    cell.nation = document.model_copy(update={"doctrine": patient})
    (intent, claim) = cell.take(picture(WARSAW), "data", NOW_US)
    assert (intent.due_us, claim.due_us) == (NOW_US + 15_000_000, NOW_US + 35_000_000)
    (meant, claimed) = (act.make(act.due_us) for act in (intent, claim))
    assert (meant.kind, claimed.kind) == ("engagement-intent", "engagement-claim")
    assert (meant.object, meant.battery) == (claimed.object, claimed.battery)
    said = {"object": meant.object.model_dump(mode="json", exclude_none=True), "battery": "sulze-pac-3-cri"}
    acts(cell, message("engagement-claim", "de", said), "coordination")
    assert claim.make(claim.due_us) is None


def test_it_acknowledges_by_the_place_where_a_message_was_shown(loaded):
    cell = cell_of(loaded, "de")
    warning = {
        "level": "watch",
        "area": {"centre": {"latitude_deg": 0.0, "longitude_deg": 0.0}, "radius_m": 1.0},
    }
    ((_, there),) = acts(cell, message("warning", "pl", warning), "data")
    ((_, here),) = acts(cell, message("warning", "pl", warning), "coordination")
    assert (there.elsewhere, there.about) == (("a" * 32,), ())
    assert (here.elsewhere, here.about) == ((), ("a" * 32,))
    assert acts(cell, message("warning", "de", warning)) == []
    assert acts(cell, message("sensor-status", "pl", {"sensor": "a", "state": "on"})) == []


def test_it_maintains_its_report_when_it_is_asked(loaded):
    query = {"about": ["a" * 32], "question": "Can this be?"}
    cell = cell_of(loaded, "pl")
    assert acts(cell, message("launch-report", "pl", {})) == []
    asked = message("ambiguity-query", "centre", query) | {"concerns": ["a" * 32]}
    ((_, answer),) = acts(cell, asked)
    assert (answer.kind, answer.query, answer.position) == ("ambiguity-answer", "0" * 32, "maintained")


def test_an_extract_at_the_level_of_areas_tells_the_impact_and_one_of_presence_nothing():
    told = {"kind": "launch-report", "sender": "us"}
    extract = {"impact": {"latitude_deg": 52.0, "longitude_deg": 21.0}, "impact_time": {"time": IMPACT}}
    event = {"type": "message", "message": told, "extract": extract}
    assert list(impacts_of(event)) == [Impact(52.0, 21.0, from_rfc3339(IMPACT))]
    assert list(impacts_of(event | {"extract": {}})) == []


def test_the_distance_to_an_area_is_nought_inside_and_beyond_it_that_to_its_edge():
    """A degree of latitude near 52 degrees north is 111.27 km on WGS 84."""
    impact = Impact(52.0, 21.0, None, radius_m=50_000.0)
    assert impact.distance_m(52.4, 21.0) == 0.0
    assert impact.distance_m(53.0, 21.0) == pytest.approx(111_270.0 - 50_000.0, abs=30.0)
