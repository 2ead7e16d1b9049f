"""What simulated sensors report: honest covariances, biases told nowhere, outages, one stream each."""

from math import radians

import numpy as np
import pytest
from scipy.stats import chi2

from synaspis.core.clock import from_rfc3339
from synaspis.engine.earth import geodetic_to_ecef
from synaspis.exercise import Exercise, load_exercise
from synaspis.exercise.nations import Bias, Sensor
from synaspis.exercise.sensors import radar_reports
from synaspis.exercise.truth import true_flights

LAUNCH_US = 1_796_029_200_000_000


@pytest.fixture(scope="module")
def loaded():
    return load_exercise("first-exercise")


@pytest.fixture(scope="module")
def flight(loaded):
    return true_flights(loaded)["first-flight"]


def reports(loaded, flight, seed, **changes):
    asset = next(asset for asset in loaded.scenario.radars if asset.id == "kurecik-radar")
    sensor = loaded.document.nations["us"].sensors["kurecik-radar"].model_copy(update=changes)
    (view,) = flight.views([asset])
    chance = np.random.default_rng(np.random.SeedSequence(seed))
    return asset, list(radar_reports(flight, view, sensor, LAUNCH_US, "kurecik-radar-1", chance))


def test_errors_are_as_large_as_their_covariances_say(loaded, flight):
    """The normalised square of a Gaussian error of six components is chi-square with six degrees of freedom;
    its sum over n reports with 6n.
    """
    total, count = 0.0, 0
    for seed in range(20):
        for planned in reports(loaded, flight, seed)[1]:
            body = planned.body
            truth = np.concatenate(flight.path.at((from_rfc3339(body.time) - LAUNCH_US) / 1e6))
            error = np.array([*body.position_ecef_m, *body.velocity_ecef_m_s]) - truth
            total += error @ np.linalg.solve(body.covariance_matrix, error)
            count += 1
    assert count > 400
    low, high = chi2.ppf([1e-4, 1 - 1e-4], 6 * count)
    assert low < total < high


def test_a_bias_in_azimuth_turns_the_track_about_the_radar_by_that_angle(loaded, flight):
    turn = radians(0.5)
    bias = Bias.model_validate({"azimuth": {"value": 0.5, "unit": "deg"}})
    asset, straight = reports(loaded, flight, 1)
    _, turned = reports(loaded, flight, 1, bias=bias)
    site = geodetic_to_ecef(asset.latitude_rad, asset.longitude_rad, asset.height_m)
    up = site / np.linalg.norm(site)
    for one, other in zip(straight, turned, strict=True):
        away, moved = (np.array(each.body.position_ecef_m) - site for each in (one, other))
        flat = np.linalg.norm(away - up * (away @ up))
        # The vertical of the ellipsoid and the geocentric one differ by 0.2 deg at most.
        assert np.linalg.norm(moved - away) == pytest.approx(turn * flat, rel=0.02)
        assert other.body.covariance == one.body.covariance


def test_a_bias_in_range_lengthens_every_range_by_so_much(loaded, flight):
    bias = Bias.model_validate({"range": {"value": 2.0, "unit": "km"}})
    _, plain = reports(loaded, flight, 1)
    _, long = reports(loaded, flight, 1, bias=bias)
    for one, other in zip(plain, long, strict=True):
        difference = np.subtract(other.body.position_ecef_m, one.body.position_ecef_m)
        assert np.linalg.norm(difference) == pytest.approx(2_000.0, abs=0.1)


def test_a_delay_moves_the_sending_and_not_the_measurement(loaded, flight):
    delay = Sensor.model_fields["delay"].default.model_copy(update={"value": 7.0})
    for planned in reports(loaded, flight, 1, delay=delay)[1]:
        assert planned.send_us - planned.measured_us == 7_000_000
        assert from_rfc3339(planned.body.time) == planned.measured_us


def test_reports_begin_after_burnout_and_with_a_firm_track(loaded, flight):
    asset, found = reports(loaded, flight, 1)
    (view,) = flight.views([asset])
    first_s = (found[0].measured_us - LAUNCH_US) / 1e6
    assert first_s > max(view.firm_s, flight.path.events["burnout"])


def said(loaded, seed=1):
    exercise = Exercise(loaded, seed, people=loaded.document.nations)
    return [
        each
        for now_us in range(loaded.starts_us, loaded.ends_us + 1, 1_000_000)
        for each in exercise.step(now_us)
    ]


def tracks_of(messages, sensor):
    return [
        each.body
        for each in messages
        if each.body.kind == "track-report" and each.body.track.startswith(sensor)
    ]


def test_an_outage_of_one_sensor_changes_no_other_and_nothing_after_it(tmp_path):
    text = load_exercise("first-exercise").path.read_text(encoding="utf-8")
    old = "kurecik-radar: {range_sigma: 30 m, "
    outage = "outages: [{from: 12 min, until: 14 min}], "
    path = tmp_path / "blind.yaml"
    path.write_text(text.replace(old, old + outage), encoding="utf-8")
    whole, blind = said(load_exercise("first-exercise")), said(load_exercise(path))
    begins, until = (from_rfc3339(f"2026-11-30T09:{minute}:00Z") for minute in (12, 14))
    kept = [body for body in tracks_of(whole, "kurecik") if not begins <= from_rfc3339(body.time) < until]
    assert len(kept) < len(tracks_of(whole, "kurecik"))
    assert tracks_of(blind, "kurecik") == kept
    assert tracks_of(blind, "redzikowo") == tracks_of(whole, "redzikowo")
    states = [each.body for each in blind if each.body.kind == "sensor-status"]
    assert [(each.sensor, each.state) for each in states] == [("kurecik-radar", "off")]


def test_another_seed_gives_other_noise_at_the_same_instants(loaded):
    one, other = (tracks_of(said(loaded, seed), "kurecik") for seed in (1, 2))
    assert [body.time for body in one] == [body.time for body in other]
    assert all(a.position_ecef_m != b.position_ecef_m for a, b in zip(one, other, strict=True))


def test_nothing_is_said_in_the_name_of_people_but_what_their_sensors_measure(loaded):
    kinds = {(each.sender, each.body.kind) for each in said(loaded)}
    assert kinds == {
        ("us", "track-report"),
        ("us", "launch-report"),
        ("pl", "pre-launch-notification"),
        ("pl", "post-launch-notification"),
        ("white", "exercise-control"),
        ("white", "text"),
    }
