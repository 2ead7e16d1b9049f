"""Flights of the catalogue seen by sensors of several nations: is the fused picture consistent and worth it?

The truth comes from the engine (powered flight, free flight, descent with the drag of the class), the errors
of the sensors from the seed. What is a one-sided statement is named so: covariance intersection must hold for
every correlation, so for sources that are in fact independent it states more error than there is.
"""

from functools import cache
from typing import NamedTuple

import numpy as np
import pytest
from scipy.stats import chi2

from synaspis.analyses.fly import fly_to
from synaspis.catalogue import load_catalogue
from synaspis.engine.earth import geodetic_to_ecef
from synaspis.engine.ephemeris import Ephemeris
from synaspis.engine.status import Status
from synaspis.fusion import FusedTrack, Picture, Report, update
from synaspis.fusion.scoring import TruePath, score

LAUNCH_US = 1_800_000_000_000_000
SECOND = 1_000_000
RUNS = 200
# Two-sided 95 % band of the mean of 200 chi-square variables of 6 degrees of freedom.
LOWER, UPPER = (float(chi2.ppf(q, 6 * RUNS)) / RUNS for q in (0.025, 0.975))


class Sensor(NamedTuple):
    """A notional radar: one standard deviation in range and in angle, over all of the sky above 3 degrees."""

    nation: str
    latitude_deg: float
    longitude_deg: float
    range_max_m: float
    range_sigma_m: float
    angle_sigma_rad: float
    every_s: float
    kind: str = "tracklet"
    covariance_hidden: bool = False

    def sees(self, position: np.ndarray) -> bool:
        place = self.place()
        line = position - place
        distance = float(np.linalg.norm(line))
        return distance < self.range_max_m and float(line @ place) > 0.05 * distance * float(
            np.linalg.norm(place)
        )

    def place(self) -> np.ndarray:
        return geodetic_to_ecef(np.radians(self.latitude_deg), np.radians(self.longitude_deg), 0.0)

    def covariance(self, position: np.ndarray) -> np.ndarray:
        """Errors along and across the line of sight; velocities as from a few seconds of tracking."""
        line = position - self.place()
        distance = float(np.linalg.norm(line))
        along = np.outer(line, line) / distance**2
        across = np.eye(3) - along
        cross_m = self.angle_sigma_rad * distance
        place = self.range_sigma_m**2 * along + cross_m**2 * across
        speed = (self.range_sigma_m / 5.0) ** 2 * along + (cross_m / 5.0) ** 2 * across
        return np.block([[place, np.zeros((3, 3))], [np.zeros((3, 3)), speed]])


@cache
def flight(name: str, launch: tuple[float, float], target: tuple[float, float]) -> Ephemeris:
    found = fly_to(load_catalogue().missiles[name], *np.radians(launch), *np.radians(target))
    assert found.status == Status.DONE
    return found.ephemeris


def state_at(path: Ephemeris, time_s: float) -> np.ndarray:
    return np.concatenate(path.at(time_s))


def nees(track: FusedTrack, truth: np.ndarray) -> float:
    error = np.array([*track.position_ecef_m, *track.velocity_ecef_m_s]) - truth
    return float(error @ np.linalg.solve(np.array(track.covariance), error))


WEST = Sensor("west", 38.0, 15.0, 3.0e6, 40.0, 1.0e-3, 1.0)
NORTH = Sensor("north", 46.0, 22.0, 3.0e6, 40.0, 1.0e-3, 1.0)
# The body of this class has the ballistic coefficient that the filter assumes.
PATH = ("mrbm-2000", (33.0, 35.0), (44.0, 17.0))


def runs(
    sensors: list[Sensor], *, shared: float = 0.0, seed: int = 20261122, seconds=range(150, 180, 3)
) -> float:
    """Mean NEES of the fused track after 200 runs. shared: part of each error that all sensors share."""
    path = flight(*PATH)
    total = 0.0
    for generator in [np.random.default_rng(each) for each in np.random.SeedSequence(seed).spawn(RUNS)]:
        picture = Picture()
        for second in seconds:
            truth, common = state_at(path, second), generator.normal(size=6)
            reports = []
            for sensor in sensors:
                covariance = sensor.covariance(truth[:3])
                drawn = np.sqrt(shared) * common + np.sqrt(1.0 - shared) * generator.normal(size=6)
                state = truth + np.linalg.cholesky(covariance) @ drawn
                reports.append(
                    Report(
                        sensor.nation,
                        "t",
                        LAUNCH_US + second * SECOND,
                        state[:3],
                        state[3:],
                        covariance,
                        sensor.kind,
                        f"{sensor.nation}{second}",
                    )
                )
            ((track,),) = update([(picture, reports)], LAUNCH_US + second * SECOND)
        assert len(track.sources) == len(sensors)
        total += nees(track, state_at(path, seconds[-1]))
    return total / RUNS


def test_the_filter_of_one_source_is_consistent_over_two_hundred_runs():
    assert LOWER < runs([WEST]) < UPPER


def test_two_nations_that_report_one_sensor_are_as_consistent_as_that_sensor():
    """Errors wholly shared, geometry the same: the intersection neither gains nor loses (both sides)."""
    assert LOWER < runs([WEST, WEST._replace(nation="relay")], shared=1.0) < UPPER


def test_of_independent_sources_the_intersection_states_more_error_than_there_is():
    """One-sided: below the upper edge of the band; and below the lower edge too, as it has to be."""
    assert runs([WEST, NORTH]) < LOWER


@pytest.mark.parametrize("shared", [0.3, 0.7, 1.0])
def test_the_intersection_never_states_less_error_than_there_is_whatever_is_shared(shared):
    """One-sided: correlated sources of different geometry stay below the upper edge."""
    assert runs([WEST, NORTH], shared=shared) < UPPER


def test_through_the_descent_the_filter_stays_on_the_safe_side():
    """One-sided: the noise for drag covers twice too light a body; here drag is as assumed."""
    path = flight(*PATH)
    end = int(path.events["impact"])
    assert runs([WEST], seconds=range(end - 45, end - 2, 2)) < UPPER


class Case(NamedTuple):
    """A case: flights with the second of their launch, and the sensors of the nations."""

    flights: tuple[tuple[str, tuple[float, float], tuple[float, float], float], ...]
    sensors: tuple[Sensor, ...]
    relays: tuple[tuple[str, str], ...] = ()


CASES = {
    # A radar near the launch that loses the flight, one near the target that sees it late, one to the side.
    "one flight, three nations": Case(
        (("mrbm-2000", (33.0, 35.0), (44.0, 17.0), 0.0),),
        (
            Sensor("east", 37.0, 37.0, 9.0e5, 60.0, 1.5e-3, 1.0),
            Sensor("south", 36.0, 22.0, 2.0e6, 40.0, 1.0e-3, 1.0),
            Sensor("west", 45.0, 13.0, 1.2e6, 30.0, 0.8e-3, 2.0, "track"),
        ),
    ),
    # Five launches within twenty seconds; nobody sees them all the time; one partner hides its accuracy.
    "raid of five": Case(
        tuple(("srbm-700", (34.0, 36.0 + 0.03 * n), (37.5, 31.0 + 0.5 * n), 5.0 * n) for n in range(5)),
        (
            Sensor("north", 39.0, 34.0, 6.0e5, 50.0, 1.0e-3, 1.0),
            Sensor("south", 34.5, 33.0, 6.0e5, 50.0, 1.0e-3, 1.0),
            Sensor("sea", 36.0, 30.0, 5.0e5, 50.0, 1.0e-3, 2.0, "tracklet", covariance_hidden=True),
        ),
    ),
    # A nation without a sensor sends on what another measured, as its own; a long flight, sensors far apart.
    "relayed reports": Case(
        (("irbm-3500", (33.0, 50.0), (51.0, 15.0), 0.0), ("irbm-3500", (33.5, 50.0), (49.0, 18.0), 30.0)),
        (
            Sensor("east", 39.0, 40.0, 2.5e6, 100.0, 1.5e-3, 1.0),
            Sensor("north", 54.0, 20.0, 2.5e6, 60.0, 0.7e-3, 2.0),
        ),
        (("relay", "east"),),
    ),
}


class Played(NamedTuple):
    truth: list[TruePath]
    times_us: list[int]
    batches: list[tuple[int, list[Report]]]


@cache
def play(name: str, seed: int) -> Played:
    """Reports of a case, in batches of half a second; each nation names its tracks in an order of its own."""
    case = CASES[name]
    rng = np.random.default_rng(seed)
    truth = [
        TruePath(LAUNCH_US + round(delay * SECOND), flight(missile, launch, target))
        for missile, launch, target, delay in case.flights
    ]
    begin = max(path.events["burnout"] + 1e-6 * (at - LAUNCH_US) for at, path in truth)
    end = min(path.events["impact"] + 1e-6 * (at - LAUNCH_US) for at, path in truth) - 1.0
    names = {sensor.nation: rng.permutation(len(truth)).tolist() for sensor in case.sensors}
    own = {sensor.nation: Picture() for sensor in case.sensors}
    batches = []
    for tick in np.arange(begin, end, 0.5):
        at_us, reports = LAUNCH_US + round(tick * SECOND), []
        for sensor in case.sensors:
            # Every nation looks at instants of its own.
            phase = 0.37 * case.sensors.index(sensor) % sensor.every_s
            first = phase + sensor.every_s * np.ceil((tick - 0.5 - phase) / sensor.every_s)
            if first < tick:
                reports += look(sensor, first, truth, names[sensor.nation], own[sensor.nation], rng)
        batches.append((at_us, reports + relayed(case, reports)))
    times_us = [LAUNCH_US + round(tick * SECOND) for tick in np.arange(begin + 5.0, end, 5.0)]
    return Played(truth, times_us, batches)


def look(sensor, time_s, truth, names, own, rng) -> list[Report]:
    """Reports of one look: measurements as tracklets, or the nation's own filtered tracks."""
    time_us, reports = LAUNCH_US + round(time_s * SECOND), []
    for number in np.argsort(names).tolist():
        at_us, path = truth[number]
        state = state_at(path, 1e-6 * (time_us - at_us))
        if not np.isfinite(state).all() or not sensor.sees(state[:3]):
            continue
        covariance = sensor.covariance(state[:3])
        state = rng.multivariate_normal(state, covariance)
        track = f"{sensor.nation}-{names[number]}"
        told = None if sensor.covariance_hidden else covariance
        digest = f"{track} {time_us}"
        reports.append(Report(sensor.nation, track, time_us, state[:3], state[3:], told, "tracklet", digest))
    if sensor.kind == "tracklet":
        return reports
    return [
        Report(sensor.nation, f"{sensor.nation}-{track.number}", track.time_us, track.position_ecef_m,
               track.velocity_ecef_m_s, track.covariance, "track", f"{track.number} {track.time_us}")
        for track in update([(own, reports)], time_us)[0] if track.status != "ended"
    ]  # fmt: skip


def relayed(case: Case, reports: list[Report]) -> list[Report]:
    return [
        Report(relay, report.track, report.time_us, report.position_ecef_m, report.velocity_ecef_m_s,
               report.covariance, report.estimate, f"sent on {report.digest}")
        for relay, nation in case.relays for report in reports if report.source == nation
    ]  # fmt: skip


def watched(played: Played, nations: set[str]) -> list[tuple[int, list[FusedTrack]]]:
    picture = Picture()
    return [
        (at_us, update([(picture, [r for r in reports if r.source in nations])], at_us)[0])
        for at_us, reports in played.batches
    ]


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("name", CASES)
def test_the_fused_picture_is_no_worse_than_the_best_single_source(name, seed):
    played = play(name, seed)
    nations = {report.source for _, reports in played.batches for report in reports}
    single = {
        nation: float(score(played.truth, watched(played, {nation}), played.times_us).gospa_m.mean())
        for nation in sorted(nations)
    }
    fused = score(played.truth, watched(played, nations), played.times_us)
    assert fused.gospa_m.mean() <= min(single.values()), single
    assert fused.missed.mean() < 0.05 * len(played.truth)
    assert fused.false.mean() < 0.05 * len(played.truth)


@pytest.mark.parametrize("name", CASES)
def test_numbers_stay_with_their_objects_through_a_whole_case(name):
    played = play(name, 1)
    nations = {report.source for _, reports in played.batches for report in reports}
    owner: dict[int, int] = {}
    for _, tracks in watched(played, nations):
        for track in tracks:
            away = [
                np.linalg.norm(np.array(track.position_ecef_m) - path.at(1e-6 * (track.time_us - at_us))[0])
                for at_us, path in played.truth
            ]
            assert owner.setdefault(track.number, int(np.nanargmin(away))) == int(np.nanargmin(away))
    assert len(owner) <= len(played.truth) + 1


def test_launch_and_impact_of_a_fused_flight_are_where_it_began_and_ended():
    """99.9 % of the chi-square distribution with 2 degrees of freedom, at every estimate of the case."""
    played = play("one flight, three nations", 1)
    launch, target = CASES["one flight, three nations"].flights[0][1:3]
    nations = {report.source for _, reports in played.batches for report in reports}
    seen = 0
    for _, tracks in watched(played, nations):
        for track in tracks:
            for estimate, place in ((track.launch, launch), (track.impact, target)):
                if estimate is None:
                    continue
                seen += 1
                north = 6.37e6 * (np.radians(place[0]) - estimate.latitude_rad)
                east = 6.37e6 * np.cos(np.radians(place[0])) * (np.radians(place[1]) - estimate.longitude_rad)
                away = np.array([east, north])
                # The flight itself ends within 100 m of its target.
                covariance = np.array(estimate.covariance_m2) + 100.0**2 * np.eye(2)
                assert away @ np.linalg.solve(covariance, away) < chi2.ppf(0.999, 2)
    assert seen > 200


@pytest.mark.parametrize("every_s", [1, 2, 5])
def test_under_thrust_the_number_stays_and_hardly_anything_is_foretold(every_s):
    """Two radars follow a flight from 20 s after launch to 90 s after burnout at 94 s.

    One reports filtered tracks of poor velocity (200 m/s): thrust shows in them after 25 s and is assumed as
    long again, so that launch and impact come up to a minute after burnout.
    """
    path, rng, picture = flight(*PATH), np.random.default_rng(20261122), Picture()
    told: list[tuple[float, FusedTrack]] = []
    for second in range(20, 185):
        reports = []
        for sensor, lag_s in ((WEST, 0.0), (NORTH._replace(kind="track"), 0.4)):
            if (second + round(lag_s)) % every_s == 0:
                state = state_at(path, second + lag_s)
                covariance = sensor.covariance(state[:3])
                drawn, time_us = rng.multivariate_normal(state, covariance), round((second + lag_s) * SECOND)
                reports.append(
                    Report(
                        sensor.nation, "t", LAUNCH_US + time_us, drawn[:3], drawn[3:], covariance,
                        sensor.kind, f"{sensor.nation}{second}",
                    )
                )  # fmt: skip
        (tracks,) = update([(picture, reports)], LAUNCH_US + (second + 1) * SECOND)
        told += [(1e-6 * (track.time_us - LAUNCH_US), track) for track in tracks]
    assert {track.number for _, track in told} == {1}
    burnout_s = path.events["burnout"]
    thrusting = [track.impact is None for time_s, track in told if 40.0 < time_s < burnout_s]
    assert np.mean(thrusting) > 0.7
    assert all(track.impact is not None for time_s, track in told if time_s > burnout_s + 62.0)
    time_s, last = told[-1]
    assert nees(last, state_at(path, time_s)) < chi2.ppf(0.999, 6)
