"""Whole flights, launch to impact, against heyoka: an adaptive Taylor integrator at machine precision.

The reference shares no code with the engine but the atmosphere itself: gravity is differentiated from the
potential, density is a polynomial of its logarithm in each layer of a kilometre (to 1,000 km), the ellipsoid
has its exact radius.
"""

from math import cos, sin

import heyoka
import numpy as np
import pytest

from synaspis.catalogue import load_catalogue
from synaspis.engine.atmosphere import density
from synaspis.engine.booster import launch_rows, programme
from synaspis.engine.earth import geodetic_to_ecef, local_axes_ecef
from synaspis.engine.flight import APOGEE, BURNOUT, IMPACT, LANDED
from synaspis.scenario import missile_parameters

MU, A, OMEGA = 3.986004418e14, 6_378_137.0, 7.292115e-5
J2 = np.sqrt(5.0) * 484.16685e-6
FLATTENING = 1.0 / 298.257223563
SECOND = FLATTENING * (2.0 - FLATTENING) / (1.0 - FLATTENING) ** 2
# Layers overlap, so that a body that enters one by a little does not leave it again within a step.
OVERLAP_M, STEP_MAX_S = 20.0, 2.0

# Edges beside the whole kilometres, so that the ground is inside a layer and not on its edge.
EDGES = np.concatenate([np.arange(-1_500.0, 150_000.0, 1_000.0), np.arange(151e3, 1e6, 25e3), [1e6]])
BOTTOMS, TOPS = EDGES[:-1] - OVERLAP_M, np.minimum(EDGES[1:] + OVERLAP_M, 1e6)


def layers():
    """Cubic of the logarithm of density over -1..1 in each layer, by Chebyshev points."""
    points = np.cos(np.pi * (np.arange(25) + 0.5) / 25)
    rows = []
    for low, high in zip(BOTTOMS, TOPS, strict=True):
        height = low + 0.5 * (high - low) * (points + 1.0)
        rows.append(np.polynomial.Polynomial.fit(points, np.log(density(height)), 3, domain=[-1, 1]).coef)
    return np.array(rows)


LAYERS = layers()
LOW, HIGH, AIR, DRAG, FLOW, EXHAUST, MASS, SINCE, RATE, PITCH = range(4, 14)
UP, ALONG = (14, 15, 16), (17, 18, 19)
PARAMETERS = 20


class Reference:
    """heyoka with the air of one layer at a time; an event at each edge changes the layer."""

    def __init__(self):
        par, clock = heyoka.par, heyoka.time
        names = heyoka.make_vars("x", "y", "z", "u", "v", "w")
        x, y, z, u, v, w = names
        squared = x**2 + y**2 + z**2
        radius = heyoka.sqrt(squared)
        height = radius - A / heyoka.sqrt(1.0 + SECOND * z**2 / squared)
        part = 2.0 * (height - par[LOW]) / (par[HIGH] - par[LOW]) - 1.0
        air = par[AIR] * heyoka.exp(par[0] + part * (par[1] + part * (par[2] + part * par[3])))
        mass = par[MASS] - par[FLOW] * (clock - par[SINCE])
        # One millimetre a second keeps the derivative of the speed finite at the launch.
        brake = -0.5 * air * par[DRAG] / mass * heyoka.sqrt(u**2 + v**2 + w**2 + 1e-6)
        tilt = par[RATE] * (clock - par[PITCH])
        thrust = par[FLOW] * par[EXHAUST] / mass
        potential = MU / radius * (1.0 - 0.5 * J2 * (A / radius) ** 2 * (3.0 * z**2 / squared - 1.0))
        potential += 0.5 * OMEGA**2 * (x**2 + y**2)
        turning = (2.0 * OMEGA * v, -2.0 * OMEGA * u, 0.0)
        push = [
            heyoka.diff(potential, names[k])
            + turning[k]
            + brake * names[k + 3]
            + thrust * (heyoka.cos(tilt) * par[UP[k]] + heyoka.sin(tilt) * par[ALONG[k]])
            for k in range(3)
        ]
        falling, rising = heyoka.event_direction.negative, heyoka.event_direction.positive
        self.body = heyoka.taylor_adaptive(
            list(zip(names, [u, v, w, *push], strict=True)),
            [A, 0.0, 0.0, 0.0, 0.0, 0.0],
            pars=[0.0] * PARAMETERS,
            t_events=[
                heyoka.t_event(height - par[LOW], direction=falling),
                heyoka.t_event(height - par[HIGH], direction=rising),
                heyoka.t_event(height, direction=falling),
            ],
        )
        self.layer = 0

    def start(self, time, state):
        self.body.time, self.body.state[:] = time, state
        radius = np.linalg.norm(state[:3])
        height = radius - A / np.sqrt(1.0 + SECOND * (state[2] / radius) ** 2)
        self.enter(int(np.searchsorted(EDGES, height, side="right")) - 1)
        self.body.reset_cooldowns()

    def enter(self, layer):
        self.layer = layer
        if layer < len(LAYERS):
            self.body.pars[: AIR + 1] = [*LAYERS[layer], BOTTOMS[layer], TOPS[layer], 1.0]
        else:
            self.body.pars[: AIR + 1] = [0.0, 0.0, 0.0, 0.0, EDGES[-1] - OVERLAP_M, 1e9, 0.0]

    def advance(self, until):
        """Fly to a time or to the ground; True at the ground."""
        while True:
            outcome = self.body.propagate_until(until, max_delta_t=STEP_MAX_S)[0]
            if outcome == heyoka.taylor_outcome.time_limit:
                return False
            event = -int(outcome.value) - 1
            if event == 2:
                return True
            self.enter(self.layer + (1, -1)[event == 0])

    def boost(self, booster, place, up, along, cutoff, tilt):
        """From rest to cut-off, with the programme of the engine: vertical, then turning evenly."""
        self.start(0.0, [*place, 0.0, 0.0, 0.0])
        vertical_s = booster.segments[0, 1]
        rate = tilt / (cutoff - vertical_s)
        for number, (begin, end, mass, flow, exhaust) in enumerate(booster.segments):
            if begin < cutoff:
                turning = rate if number else 0.0
                engine = [booster.drag_area_m2, flow, exhaust, mass, begin, turning, vertical_s]
                self.body.pars[DRAG:PARAMETERS] = [*engine, *up, *along]
                assert not self.advance(min(end, cutoff))
        return self.body.time, self.body.state.copy()

    def fall(self, time, state, drag_area_per_mass):
        """From a state in free flight to the ground."""
        self.body.pars[DRAG:PARAMETERS] = [drag_area_per_mass, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, *[0.0] * 6]
        self.start(time, state)
        assert self.advance(time + 20_000.0)
        return self.body.time, self.body.state.copy()


@pytest.fixture(scope="module")
def reference():
    return Reference()


CLASSES = ["srbm-300", "srbm-700", "mrbm-1300", "mrbm-2000", "irbm-3500", "icbm-10000"]
LAUNCHES = [(0.6, 0.4, 1.0), (2.3, -0.9, 0.8), (4.4, 1.4, 0.6)]  # azimuth and latitude, rad; control


def engine_flight(missile_id, azimuth, latitude, control):
    missile = missile_parameters(load_catalogue().missiles[missile_id])
    steering = programme(missile)
    place = geodetic_to_ecef(latitude, 0.7, 0.0)
    east, north, up = local_axes_ecef(latitude, 0.7)
    along = sin(azimuth) * east + cos(azimuth) * north
    cutoff, tilt = float(steering.cutoff_s(control)), float(steering.tilt_rad(control))
    rows = launch_rows(place, up, along, np.array([cutoff]), np.array([tilt]))
    summary, _ = steering.booster.fly(rows, with_nodes=False)
    assert summary[0, LANDED] == 1.0
    return steering.booster, (place, up, along, cutoff, tilt), summary[0]


@pytest.mark.parametrize(("azimuth", "latitude", "control"), LAUNCHES)
@pytest.mark.parametrize("missile_id", CLASSES)
def test_impact_of_the_whole_flight(reference, missile_id, azimuth, latitude, control):
    """Within 10 m and 10 ms, boost included; measured: 5 m at most, after burnout in dense air."""
    booster, launch, summary = engine_flight(missile_id, azimuth, latitude, control)
    time, state = reference.boost(booster, *launch)
    assert time == pytest.approx(summary[BURNOUT], abs=1e-9)
    assert np.linalg.norm(state[:3] - summary[BURNOUT + 1 : BURNOUT + 4]) < 0.5
    assert np.linalg.norm(state[3:] - summary[BURNOUT + 4 : BURNOUT + 7]) < 0.01
    time, state = reference.fall(time, state, booster.drag_area_per_mass_m2_kg)
    assert np.linalg.norm(state[:3] - summary[IMPACT + 1 : IMPACT + 4]) < 10.0
    assert time == pytest.approx(summary[IMPACT], abs=0.01)


@pytest.mark.parametrize("missile_id", CLASSES)
def test_impact_from_burnout_at_the_range_of_the_class(reference, missile_id):
    """Free flight and re-entry alone."""
    booster, _, summary = engine_flight(missile_id, 5.5, 0.66, 1.0)
    burnout = summary[BURNOUT], summary[BURNOUT + 1 : BURNOUT + 7]
    time, state = reference.fall(*burnout, booster.drag_area_per_mass_m2_kg)
    assert np.linalg.norm(state[:3] - summary[IMPACT + 1 : IMPACT + 4]) < 5.0
    assert time == pytest.approx(summary[IMPACT], abs=0.01)


@pytest.mark.parametrize("drag_area_per_mass", [1.0 / 300.0, 1.0 / 1_000.0, 1.0 / 20_000.0])
def test_light_and_heavy_bodies_fall_alike(reference, drag_area_per_mass):
    """From one state; 300 kg/m2 is as light as an empty stage."""
    missile = missile_parameters(load_catalogue().missiles["mrbm-1300"])
    changed = missile._replace(ballistic_coefficient_kg_m2=1.0 / drag_area_per_mass)
    steering = programme(changed)
    place = geodetic_to_ecef(0.5, 0.1, 0.0)
    _, north, up = local_axes_ecef(0.5, 0.1)
    control = np.array([1.0])
    rows = launch_rows(place, up, north, steering.cutoff_s(control), steering.tilt_rad(control))
    summary = steering.booster.fly(rows, with_nodes=False)[0][0]
    burnout = summary[BURNOUT], summary[BURNOUT + 1 : BURNOUT + 7]
    _, state = reference.fall(*burnout, drag_area_per_mass)
    assert np.linalg.norm(state[:3] - summary[IMPACT + 1 : IMPACT + 4]) < 10.0


@pytest.mark.parametrize("missile_id", CLASSES)
def test_apogee(reference, missile_id):
    """Found between nodes of 10 to 30 s; the height within 5 m, the climb there below 0.1 m/s."""
    missile = missile_parameters(load_catalogue().missiles[missile_id])
    steering = programme(missile)
    place = geodetic_to_ecef(0.5, 0.1, 0.0)
    _, north, up = local_axes_ecef(0.5, 0.1)
    control = np.array([0.9])
    rows = launch_rows(place, up, north, steering.cutoff_s(control), steering.tilt_rad(control))
    summary = steering.booster.fly(rows)[0][0]
    booster = steering.booster
    reference.body.pars[DRAG:PARAMETERS] = [booster.drag_area_per_mass_m2_kg, 0.0, 0.0, 1.0, *[0.0] * 9]
    reference.start(summary[BURNOUT], summary[BURNOUT + 1 : BURNOUT + 7])
    assert not reference.advance(summary[APOGEE])
    position, velocity = reference.body.state[:3], reference.body.state[3:]
    radius = np.linalg.norm(position)
    height = radius - A / np.sqrt(1.0 + SECOND * (position[2] / radius) ** 2)
    assert summary[APOGEE + 1] == pytest.approx(height, abs=5.0)
    assert position @ velocity / radius == pytest.approx(0.0, abs=0.1)
