"""What must hold between the fields of a body: shapes, orders of times, covariances on the ground."""

import json

import pytest

from synaspis.core.clock import from_rfc3339
from synaspis.messages import (
    BODIES,
    AmbiguityQuery,
    Area,
    LaunchReport,
    Point,
    PostLaunchNotification,
    PreLaunchNotification,
    Refused,
    SensorStatus,
    example_message,
    read_message,
)

POINT = {"latitude_deg": 69.0, "longitude_deg": 16.0}
CORNERS = [
    POINT,
    {"latitude_deg": 70.0, "longitude_deg": 16.0},
    {"latitude_deg": 70.0, "longitude_deg": 17.0},
]


def put(document, path, value):
    *parents, last = path.split(".")
    for part in parents:
        document = document[int(part) if part.isdigit() else part]
    document[last] = value


def faults(examples, kind, path, value) -> list[str]:
    document = examples[kind]
    put(document["body"], path, value)
    with pytest.raises(Refused) as caught:
        read_message(json.dumps(document).encode())
    assert caught.value.code == "bad-message"
    return [str(fault) for fault in caught.value.faults]


SHAPE = "an area needs one shape, whole. Give `boundary` alone, or `centre` and `radius_m`."


@pytest.mark.parametrize(
    ("area", "says"),
    [
        ({}, f"body.launch_area.radius_m: {SHAPE}"),
        ({"name": "Andoya"}, f"body.launch_area.radius_m: {SHAPE}"),
        ({"centre": POINT}, f"body.launch_area.radius_m: {SHAPE}"),
        ({"radius_m": 5.0}, f"body.launch_area.radius_m: {SHAPE}"),
        ({"boundary": CORNERS, "centre": POINT}, f"body.launch_area.radius_m: {SHAPE}"),
        ({"boundary": CORNERS, "radius_m": 5.0}, f"body.launch_area.radius_m: {SHAPE}"),
        ({"boundary": CORNERS, "centre": POINT, "radius_m": 5.0}, f"body.launch_area.radius_m: {SHAPE}"),
        ({"boundary": CORNERS[:2]}, "body.launch_area.boundary: a list of 2: tuple should have at least 3"),
        ({"boundary": CORNERS * 22}, "body.launch_area.boundary: a list of 66: tuple should have at most 64"),
        (
            {"boundary": [*CORNERS[:2], {"latitude_deg": 91.0, "longitude_deg": 0.0}]},
            "body.launch_area.boundary[2].latitude_deg: 91.0: input should be less than or equal to 90",
        ),
        (
            {"centre": {"latitude_deg": 0.0, "longitude_deg": -180.1}, "radius_m": 1.0},
            "body.launch_area.centre.longitude_deg: -180.1: input should be greater than or equal to -180",
        ),
        (
            {"centre": POINT, "radius_m": 0.0},
            "body.launch_area.radius_m: 0.0: input should be greater than 0",
        ),
        ({"centre": POINT, "radius_m": 1.1e7}, "body.launch_area.radius_m: 11000000.0: input should be less"),
        ({"centre": [69.0, 16.0], "radius_m": 1.0}, "body.launch_area.centre: "),
    ],
)
def test_an_area_has_one_shape(examples, area, says):
    (fault,) = faults(examples, "pre-launch-notification", "launch_area", area)
    assert fault.startswith(says)


def test_the_corners_of_an_area_are_its_points():
    points = tuple(Point(**point) for point in CORNERS)
    assert Area(boundary=points).corners == points
    assert Area(centre=points[0], radius_m=1.0).corners == points[:1]


def test_a_window_ends_after_it_begins(examples):
    window = {"earliest": "2026-11-25T05:00:00Z", "latest": "2026-11-25T04:59:59.999999Z"}
    assert faults(examples, "pre-launch-notification", "window", window) == [
        "body.window.latest: 2026-11-25T04:59:59.999999Z lies before `earliest`, 2026-11-25T05:00:00Z"
    ]
    body = read_message(example_message("pre-launch-notification")).body
    assert isinstance(body, PreLaunchNotification)
    assert body.window.earliest_us == from_rfc3339("2026-11-25T05:00:00Z")
    assert body.window.latest_us == from_rfc3339("2026-11-25T11:00:00Z")


def test_nothing_comes_down_before_it_was_launched(examples):
    early = "2026-11-25T06:24:07.999999Z"
    assert faults(examples, "post-launch-notification", "impact_time", early) == [
        f"body.impact_time: {early} lies before `launch_time`, 2026-11-25T06:24:08.000000Z"
    ]
    assert faults(examples, "launch-report", "impact_time.time", "2026-11-25T06:24:09Z") == [
        "body.impact_time.time: 2026-11-25T06:24:09Z lies before `launch_time.time`, "
        "2026-11-25T06:24:09.500000Z"
    ]


def test_a_status_ends_after_it_begins(examples):
    assert faults(examples, "sensor-status", "until", "2026-11-24T17:00:00Z") == [
        "body.until: 2026-11-24T17:00:00Z lies before `since`, 2026-11-24T18:00:00.000000Z"
    ]


@pytest.mark.parametrize(
    ("covariance", "says"),
    [
        ([0.0, 0.0, 1.0], "the variances 0 and 1 m2 do not both lie in 1e-4 to 1e14 m2. Give sigmas of 1 cm"),
        ([1.0, 0.0, 1e15], "the variances 1 and 1e+15 m2 do not both lie"),
        (
            [4.0, 6.0, 9.0],
            "the cross term 6 m2 is not smaller than the product of the sigmas. Give east-east",
        ),
        ([4.0, -6.1, 9.0], "the cross term -6.1 m2 is not smaller"),
        ([4.0, 1.0], "a list of 2: tuple should have at least 3 items after validation, not 2"),
    ],
)
def test_what_is_no_covariance_on_the_ground_is_refused(examples, covariance, says):
    found = faults(examples, "launch-report", "launch.covariance_m2", covariance)
    assert any(says in fault for fault in found)
    assert all(fault.startswith("body.launch.covariance_m2") for fault in found)


@pytest.mark.parametrize(
    ("kind", "path", "value", "says"),
    [
        ("pre-launch-notification", "number", "many", "'many' is not allowed. Allowed: multiple, single."),
        ("pre-launch-notification", "azimuth_deg", 360.0, "360.0: input should be less than 360"),
        ("pre-launch-notification", "range_m", -1.0, "-1.0: input should be greater than 0"),
        (
            "pre-launch-notification",
            "impact_areas",
            [{"centre": POINT, "radius_m": 1.0}] * 9,
            "a list of 9: ",
        ),
        ("pre-launch-notification", "under", [""], "'': string should have at least 1 character"),
        ("launch-report", "sources", [], "a list of 0: tuple should have at least 1 item"),
        ("launch-report", "sources", ["visual"], "'visual' is not allowed. "),
        ("launch-report", "azimuth.sigma_deg", 0.0, "0.0: input should be greater than 0"),
        (
            "launch-report",
            "launch_time.sigma_s",
            86_401.0,
            "86401.0: input should be less than or equal to 86400",
        ),
        (
            "launch-report",
            "apogee.value_m",
            5.1e7,
            "51000000.0: input should be less than or equal to 50000000",
        ),
        ("launch-report", "range.unit", "km", "unknown key 'unit'"),
        ("warning", "level", "red", "'red' is not allowed. Allowed: all-clear, take-shelter, watch."),
        ("ambiguity-query", "about", [], "a list of 0: tuple should have at least 1 item"),
        ("ambiguity-query", "findings.0.margin", "3 km", "'3 km' is text; a number is needed"),
        ("ambiguity-answer", "position", "yes", "'yes' is not allowed. "),
        ("cancellation", "refers_to.id", "1", "'1': string should match pattern"),
    ],
)
def test_a_field_out_of_its_bounds_is_refused(examples, kind, path, value, says):
    (fault,) = faults(examples, kind, path, value)
    assert says in fault
    assert fault.startswith(f"body.{path.split('.')[0]}")


def test_times_are_instants_too():
    launch = read_message(example_message("launch-report")).body
    assert isinstance(launch, LaunchReport)
    assert launch.launch_time.time_us == from_rfc3339("2026-11-25T06:24:09.5Z")
    after = read_message(example_message("post-launch-notification")).body
    assert isinstance(after, PostLaunchNotification)
    assert after.launch_time_us == from_rfc3339("2026-11-25T06:24:08Z")
    status = read_message(example_message("sensor-status")).body
    assert isinstance(status, SensorStatus)
    assert status.since_us == from_rfc3339("2026-11-24T18:00:00Z")
    query = read_message(example_message("ambiguity-query")).body
    assert isinstance(query, AmbiguityQuery)
    assert query.answer_by_us == from_rfc3339("2026-11-25T06:34:00Z")
    assert AmbiguityQuery(about=("0" * 32,), question="Why?").answer_by_us is None


@pytest.mark.parametrize("kind", BODIES)
def test_every_field_is_described_with_its_unit(kind):
    """A field whose name ends in a unit says it in words, so that nobody has to guess."""
    words = {"_m": "metres", "_deg": "degrees", "_s": "second", "_m2": "square metres"}
    waiting, seen = [BODIES[kind]], set()
    while waiting:
        model = waiting.pop()
        for name, field in model.model_fields.items():
            assert field.description, f"{model.__name__}.{name}"
            for ending, word in words.items():
                if name.endswith(ending) and not name.endswith("_m_s"):
                    assert word in field.description, f"{model.__name__}.{name}"
            for inner in _models(field.annotation):
                if inner not in seen:
                    seen.add(inner)
                    waiting.append(inner)


def _models(annotation):
    if isinstance(annotation, type) and hasattr(annotation, "model_fields"):
        yield annotation
    for part in getattr(annotation, "__args__", ()):
        yield from _models(part)
