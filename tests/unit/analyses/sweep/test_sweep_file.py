"""What a sweep file may say: everything wrong is found before anything is computed, and all at once."""

import re

import numpy as np
import pytest

from synaspis.analyses.sweep import Axis, load_sweep, sweep_ids
from synaspis.analyses.sweep._levels import Level, at_share, listed
from synaspis.analyses.sweep._points import design_of
from synaspis.core.errors import InputError

HEAD = "schema: sweep/1\nid: mine\nname: Mine\nsummary: A test.\n"
GOOD = f"""{HEAD}\
scenario: europe
analysis: coverage
settings: {{phases: ["2018"], threats: [mrbm-2000], step_deg: 3}}
vary:
  radar_range: {{override: an-tpy-2-forward.reference_range, values: [870 km, 1500 km]}}
  shots: {{field: engagement.shots_required, values: [1, 2]}}
  sharing: {{setting: sharing, values: [none, all]}}
outputs: [defended_area]
"""


@pytest.fixture
def sweep(tmp_path):
    def load(text: str):
        path = tmp_path / "mine.yaml"
        path.write_text(text, "utf-8")
        return load_sweep(path)

    return load


def faults_of(sweep, text: str) -> list[str]:
    with pytest.raises(InputError, match="in the input") as caught:
        sweep(text)
    return [re.sub(r"^.*mine\.yaml:", "", str(fault)) for fault in caught.value.faults]


def test_every_sweep_that_comes_with_the_package_is_sound():
    assert sweep_ids()
    for name in sweep_ids():
        assert load_sweep(name).document.id == name


def test_a_grid_has_every_combination_with_the_last_axis_fastest(sweep):
    design = design_of(sweep(GOOD).document)
    assert design.shape == {"radar_range": 2, "shots": 2, "sharing": 2}
    written = [tuple(level.written for level in point) for point in design.points]
    assert written[:3] == [("870.0 km", 1, "none"), ("870.0 km", 1, "all"), ("870.0 km", 2, "none")]
    assert len(set(written)) == 8


def test_all_faults_of_a_file_come_together(sweep):
    text = f"""{HEAD}\
scenario: europe
analysis: coverage
settings: {{phases: ["2019"], threats: [mrbm-2000], step_deg: 4, colour: red}}
vary:
  a: {{override: an-tpy-2-forward.reference_rage, values: [870 km]}}
  b: {{override: sm-3-iia.burnout_speed, values: [4 km, -1 km/s, 4500 m/s, 5, Somebody]}}
  c: {{field: engagement.shots, values: [1]}}
  d: {{setting: shading, values: [none]}}
  e: {{setting: sharing, field: engagement.shots_required, values: [none]}}
  f: {{override: sm-3-ib.burnout_speed, low: 3 km/s}}
  g: {{override: sm-3-ib.burnout_speed, low: 3 km/s, high: 2 km/s, count: 1}}
outputs: [defended_aria, defended_area, defended_area]
seed: 1
"""
    found = "\n".join(faults_of(sweep, text))
    for expected in (
        r"settings\.colour: unknown key 'colour'",
        r"vary\.e: field and setting are given; exactly one of override, field, setting is needed",
        r"vary\.f: high is missing\. Give `values`, or a range",
        r"vary\.g\.count: 1: input should be greater than or equal to 2",
        r"outputs\[0\]: the analysis has no result 'defended_aria'\. Did you mean 'defended_area'",
        r"outputs\[2\]: 'defended_area' is asked for twice",
        r"seed: a grid has no seed\. Leave it out",
    ):
        assert re.search(expected, found), expected


def test_every_value_is_put_in_place_before_the_sweep_starts(sweep):
    text = GOOD.replace("values: [870 km, 1500 km]", "values: [870 s, -1 km, 9 km/h, 5, Somebody]")
    text = text.replace("engagement.shots_required, values: [1, 2]", "engagement.shots, values: [1]")
    text = text.replace("setting: sharing, values: [none, all]", "setting: shading, values: [none]")
    found = "\n".join(faults_of(sweep, text))
    for expected in (
        r"vary\.radar_range: 870\.0 s: 870 s is a time; a length is needed",
        r"vary\.radar_range: -1\.0 km: -1 km is out of bounds",
        r"vary\.radar_range: 9\.0 km/h: ",
        r"vary\.radar_range: 5: it has no unit\. Write the unit after it, such as `5 km`",
        r"vary\.radar_range: Somebody: nobody named 'Somebody' holds another value",
        r"vary\.shots: 1: .*unknown key 'shots'\. Allowed: assessment",
        r"vary\.sharing\.setting: the analysis has no setting 'shading'\. Did you mean 'sharing'",
    ):
        assert re.search(expected, found), (expected, found)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("scenario: europe", "scenario: europa", r"there is no scenario 'europa'.*Did you mean 'europe'"),
        ("analysis: coverage", "analysis: covrage", r"'covrage' cannot be swept\. Did you mean 'coverage'"),
        ('["2018"]', '["2019"]', r"settings: the scenario has no phase '2019'"),
        ("step_deg: 3", "step_deg: 4", r"settings: east: 75 deg is 18\.750 steps of 4 deg"),
        ("[none, all]", "[none, some]", r"vary\.sharing: some: input should be 'agreements', 'none'"),
        ("[1, 2]", "[1, 1]", r"vary\.shots\.values: a value is given twice"),
        ("[870 km, 1500 km]", "[870 km, 1500000 m]", r"values: units differ: km, m\. Use one unit"),
        ("values: [1, 2]", "values: [1], low: 1", r"both `values` and `low` are given"),
        ("values: [1, 2]", "low: one, high: 2", r"one to 2 is no range: two numbers in the same unit"),
        ("values: [1, 2]", "low: 2, high: 2", r"vary\.shots\.high: 2 is not above 2"),
        ("values: [1, 2]", "low: 0, high: 2, spacing: logarithmic", r"0 cannot begin a logarithmic range"),
        ("values: [1, 2]", "low: 1, high: 11", r"vary\.shots: 11: .*shots_required"),
        ("setting: sharing, values: [none, all]", "setting: phases, values: [a]", r"are a dimension already"),
        (
            "setting: sharing, values: [none, all]",
            "field: engagement.shots_required, values: [3]",
            r"engagement\.shots_required is varied by 'shots' already",
        ),
        ("[defended_area]", "[defended]\ndesign: latin-hypercube", r"a latin hypercube needs samples"),
        (
            "setting: sharing, values: [none, all]}\noutputs: [defended_area]",
            "setting: step_deg, values: [3, 1]}\noutputs: [defended]",
            r"'defended' is a map, and sharing changes its cells from point to point",
        ),
        (
            "[1, 2]}",
            "[1, 2]}\n  x: {override: sm-3-iia.burnout_speed, low: 4 km/s, high: 5 km/s, count: 9999}"
            "\n  y: {override: sm-3-ib.burnout_speed, low: 3 km/s, high: 4 km/s, count: 9999}",
            r"points; at most 100,000 are allowed\. Vary fewer values",
        ),
    ],
)  # fmt: skip
def test_a_fault_is_said_with_its_place(sweep, old, new, fault):
    assert old in GOOD
    assert re.search(fault, "\n".join(faults_of(sweep, GOOD.replace(old, new))))


def test_an_unknown_sweep_gets_the_nearest_name():
    with pytest.raises(
        InputError, match=r"there is no sweep 'europe-radar'\. Did you mean 'europe-radar-and"
    ):
        load_sweep("europe-radar")


def test_a_range_has_both_ends_and_equal_steps():
    axis = Axis(override="a.b", low="1 km", high="2 km", count=5)
    assert [level.value for level in listed(axis)] == [1.0, 1.25, 1.5, 1.75, 2.0]
    axis = Axis(override="a.b", low="1 km", high="16 km", count=5, spacing="logarithmic")
    np.testing.assert_allclose(
        [level.value for level in listed(axis)], [1.0, 2.0, 4.0, 8.0, 16.0], rtol=1e-15
    )


def test_a_range_of_whole_numbers_has_whole_numbers():
    axis = Axis(field="a.b", low=1, high=3, count=9)
    assert listed(axis) == [Level("field", "a.b", number) for number in (1, 2, 3)]
    assert [at_share(axis, share).value for share in (0.0, 0.33, 0.34, 0.66, 0.67, 0.999)] == [
        1,
        1,
        2,
        2,
        3,
        3,
    ]


def test_a_latin_hypercube_meets_each_part_of_each_axis_once_and_is_the_same_for_the_same_seed(sweep):
    text = GOOD.replace("values: [870 km, 1500 km]", "low: 870 km, high: 1500 km") + (
        "design: latin-hypercube\nsamples: 16\nseed: 7\n"
    )
    first, second = (design_of(sweep(text).document) for _ in range(2))
    assert first == second
    ranges = np.array([level.value for level in first.levels["radar_range"]])
    # McKay, Beckman and Conover 1979: one sample in each of the equal parts of an axis.
    np.testing.assert_array_equal(np.sort(np.floor((ranges - 870.0) / 630.0 * 16)), np.arange(16))
    shots = [level.value for level in first.levels["shots"]]
    assert (shots.count(1), shots.count(2)) == (8, 8)
    other = design_of(sweep(text.replace("seed: 7", "seed: 8")).document)
    assert other.points != first.points


@pytest.mark.parametrize(
    "target",
    [
        "threats.mrbm-2000.launch_area",
        "threats.mrbm-2000.missile",
        "launch_areas",
        "launch_areas.iran-west.points.0.latitude",
    ],
)
@pytest.mark.parametrize("analysis", ["coverage", "raid"])
def test_no_sweep_looks_for_places_to_attack_from(sweep, analysis, target):
    """The scope of the program: launch points are stated by the user, nothing searches among them."""
    text = f"""{HEAD}\
scenario: europe
analysis: {analysis}
vary:
  place: {{field: {target}, values: [a, b]}}
outputs: [{"defended_area" if analysis == "coverage" else "leakers_mean"}]
"""
    key = target.partition(".")[0]
    (fault,) = faults_of(sweep, text)
    assert (
        f"{target} cannot be varied: what is flown, and from where, is stated and never searched for" in fault
    )
    assert f"Write a scenario of its own if you mean other `{key}`." in fault
