"""Who may use whose sensors in which variant: the small scenario with three partners and one agreement."""

from datetime import date

import numpy as np
import pytest

from synaspis.core.documents import read_document
from synaspis.core.errors import InputError
from synaspis.scenario import (
    Architecture,
    Scenario,
    Variant,
    architecture,
    check_scenario,
    load_scenario_document,
    new_scenario,
)

TODAY, LATER = date(2026, 1, 1), date(2030, 1, 1)
TEXT = new_scenario("small")


def loaded(*changes: tuple[str, str]) -> Scenario:
    text = TEXT
    for before, after in changes:
        assert before in text
        text = text.replace(before, after, 1)
    return check_scenario(read_document(text))


def track(arrays: Architecture, radar: str, battery: str, variant: int = 0) -> tuple[float, bool]:
    row, column = arrays.radar_ids.index(radar), arrays.battery_ids.index(battery)
    return float(arrays.track_delay_s[variant, row, column]), bool(arrays.guidance[variant, row, column])


def warning(arrays: Architecture, sensor: str, partner: str, variant: int = 0) -> float:
    row = (*arrays.radar_ids, *arrays.satellite_ids).index(sensor)
    return float(arrays.warning_delay_s[variant, row, arrays.partner_ids.index(partner)])


def test_own_fire_control_is_undelayed_and_guides():
    arrays = architecture(loaded(), [Variant(TODAY)])
    assert track(arrays, "shore-radar", "shore-battery") == (0.0, True)


def test_a_remote_track_comes_by_the_agreement_and_the_interceptor_sets_the_limit():
    # The agreement lets launch on it after 10 s; SM-3 IB can launch on a remote track and not engage on it.
    arrays = architecture(loaded(), [Variant(TODAY)])
    assert track(arrays, "forward-radar", "shore-battery") == (10.0, False)
    engage = ("use: launch-on-remote, delay", "use: engage-on-remote, delay")
    assert track(architecture(loaded(engage), [Variant(TODAY)]), "forward-radar", "shore-battery") == (
        10.0,
        False,
    )
    # SM-3 IIA can do both, as far as the agreement goes.
    better = ("item: sm-3-ib", "item: sm-3-iia")
    assert track(architecture(loaded(better), [Variant(TODAY)]), "forward-radar", "shore-battery") == (
        10.0,
        False,
    )
    both = architecture(loaded(better, engage), [Variant(TODAY)])
    assert track(both, "forward-radar", "shore-battery") == (10.0, True)


def test_a_cue_lets_nothing_be_launched():
    cue = ("use: launch-on-remote, delay", "use: cue, delay")
    arrays = architecture(loaded(cue), [Variant(TODAY)])
    assert track(arrays, "forward-radar", "shore-battery") == (np.inf, False)


def test_own_sensor_systems_use_no_remote_track():
    item = ("item: sm-3-ib", "item: pac-3-mse")
    arrays = architecture(loaded(item), [Variant(TODAY), Variant(TODAY, sharing="all")])
    for variant in (0, 1):
        assert track(arrays, "shore-radar", "shore-battery", variant) == (0.0, True)
        assert track(arrays, "forward-radar", "shore-battery", variant) == (np.inf, False)


def test_another_radar_of_the_same_partner_needs_no_agreement():
    owner = ("item: an-tpy-2-forward\n    owner: us", "item: an-tpy-2-forward\n    owner: ro")
    item = ("item: sm-3-ib", "item: sm-3-iia")
    for sharing in ("agreements", "none", "all"):
        arrays = architecture(loaded(owner, item), [Variant(TODAY, sharing=sharing)])
        assert track(arrays, "forward-radar", "shore-battery") == (2.0, True)


def test_sharing_none_and_all_bound_the_agreements():
    variants = [Variant(TODAY, sharing="none"), Variant(TODAY), Variant(TODAY, sharing="all")]
    arrays = architecture(loaded(("item: sm-3-ib", "item: sm-3-iia")), variants)
    assert [track(arrays, "forward-radar", "shore-battery", v) for v in range(3)] == [
        (np.inf, False),
        (10.0, False),
        (2.0, True),
    ]
    assert [warning(arrays, "warning-satellite", "tr", v) for v in range(3)] == [np.inf, 15.0, 2.0]
    assert [warning(arrays, "warning-satellite", "us", v) for v in range(3)] == [2.0, 2.0, 2.0]
    # The forward radar warns too; Romania, which gives no warning, keeps its own for itself.
    assert [warning(arrays, "forward-radar", "ro", v) for v in range(3)] == [np.inf, 15.0, 2.0]
    assert [warning(arrays, "shore-radar", "us", v) for v in range(3)] == [np.inf, np.inf, 2.0]


def test_agreements_hold_in_their_time_only():
    arrays = architecture(
        loaded(("valid_from: 2025-01-01", "valid_from: 2028-01-01")), [Variant(TODAY), Variant(LATER)]
    )
    assert track(arrays, "forward-radar", "shore-battery", 0) == (np.inf, False)
    assert track(arrays, "forward-radar", "shore-battery", 1) == (10.0, False)
    assert warning(arrays, "warning-satellite", "tr", 0) == np.inf
    assert warning(arrays, "warning-satellite", "tr", 1) == 15.0


def test_assets_are_on_in_their_time_and_unless_left_out():
    left_out = frozenset({"forward-radar", "warning-satellite"})
    arrays = architecture(loaded(), [Variant(TODAY), Variant(LATER), Variant(TODAY, excluded=left_out)])
    assert arrays.radar_ids == ("forward-radar", "shore-radar", "ship-radar")
    assert arrays.sensor_on.tolist() == [[True, True, False], [True, True, True], [False, True, False]]
    assert arrays.satellite_on.tolist() == [[True], [True], [False]]
    assert arrays.battery_on.tolist() == [[True], [True], [True]]
    assert track(arrays, "ship-radar", "shore-battery", 0) == (np.inf, False)
    assert track(arrays, "ship-radar", "shore-battery", 1) == (10.0, False)
    assert track(arrays, "forward-radar", "shore-battery", 2) == (np.inf, False)
    assert warning(arrays, "warning-satellite", "us", 2) == np.inf


def test_last_day_of_service_is_the_day_before_out_of_service():
    ends = ("in_service: 2028-01-01", "in_service: 2026-01-01\n    out_of_service: 2030-01-01")
    arrays = architecture(loaded(ends), [Variant(TODAY), Variant(date(2029, 12, 31)), Variant(LATER)])
    assert arrays.sensor_on[:, 2].tolist() == [True, True, False]


def test_partners_who_stay_away_bring_and_get_nothing():
    arrays = architecture(loaded(), [Variant(TODAY, partners=frozenset({"ro", "tr"}))])
    assert arrays.sensor_on.tolist() == [[False, True, False]]
    assert arrays.satellite_on.tolist() == [[False]]
    assert track(arrays, "forward-radar", "shore-battery") == (np.inf, False)
    assert track(arrays, "shore-radar", "shore-battery") == (0.0, True)
    assert warning(arrays, "shore-radar", "us") == np.inf
    nobody = architecture(loaded(), [Variant(TODAY, partners=frozenset())])
    assert not nobody.sensor_on.any()
    assert not nobody.battery_on.any()


def test_variants_are_independent_of_their_neighbours():
    scenario = load_scenario_document("europe")
    days = [phase.date for phase in scenario.document.phases.values()]
    variants = [Variant(day, frozenset({asset.id})) for day in days for asset in scenario.assets[:12]]
    together = architecture(scenario, variants)
    for number in (0, 13, len(variants) - 1):
        alone = architecture(scenario, [variants[number]])
        for one, many in zip(alone[4:], together[4:], strict=True):
            np.testing.assert_array_equal(np.asarray(one)[0], np.asarray(many)[number])


def test_no_variant_gives_empty_arrays():
    arrays = architecture(loaded(), [])
    assert arrays.track_delay_s.shape == (0, 3, 1)
    assert arrays.warning_delay_s.shape == (0, 4, 3)


def test_unknown_names_in_a_variant_are_reported_together():
    variant = Variant(TODAY, frozenset({"forward-rader"}), frozenset({"uk"}))
    with pytest.raises(InputError, match=r"(?s)no asset 'forward-rader'\. Did you mean.*no partner 'uk'"):
        architecture(loaded(), [variant])
