"""Filter and covariance intersection against Stone Soup on the same inputs.

Authority: Stone Soup (Dstl, MIT licence), release 1.9.1: ExtendedKalmanPredictor, ExtendedKalmanUpdater,
ChernoffUpdater. It has no ballistic motion, so its transition model is subclassed with ours, flown by scipy;
its Jacobian is that of scipy's flights, by differences.
"""

from datetime import datetime, timedelta

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from stonesoup.base import Property
from stonesoup.models.measurement.linear import LinearGaussian
from stonesoup.models.transition.base import TransitionModel
from stonesoup.predictor.kalman import ExtendedKalmanPredictor
from stonesoup.types.array import CovarianceMatrix, StateVector, StateVectors
from stonesoup.types.detection import Detection, GaussianDetection
from stonesoup.types.hypothesis import SingleHypothesis
from stonesoup.types.prediction import GaussianStatePrediction
from stonesoup.types.state import GaussianState
from stonesoup.updater.chernoff import ChernoffUpdater
from stonesoup.updater.kalman import ExtendedKalmanUpdater

from synaspis.engine.atmosphere import density
from synaspis.engine.ballistic import DRAG_NOISE_S, FREE_NOISE_M2_S3
from synaspis.engine.earth import ecef_to_geodetic, geodetic_to_ecef
from synaspis.engine.forces import free_acceleration
from synaspis.engine.tracking import BALLISTIC_COEFFICIENT_KG_M2
from synaspis.fusion import Picture, Report, covariance_intersection, update

START = datetime(2026, 11, 22)  # noqa: DTZ001  Stone Soup's own examples use times without a zone
START_US = 1_795_305_600_000_000
R = np.diag([250.0**2, 120.0**2, 300.0**2, 6.0**2, 4.0**2, 9.0**2])


def motion(_: float, state: np.ndarray) -> np.ndarray:
    """Gravity with J2 in the turning frame, drag by the standard atmosphere itself instead of its table."""
    height = float(ecef_to_geodetic(state[:3])[2])
    drag = 0.5 * float(density(height)) / BALLISTIC_COEFFICIENT_KG_M2 * np.linalg.norm(state[3:]) * state[3:]
    return np.concatenate([state[3:], np.array(free_acceleration(*state)) - drag])


class Ballistic(TransitionModel):
    """Our motion and our process noise as a transition model of Stone Soup."""

    ndim_state: int = Property(default=6)
    noise_density: float = Property()

    def function(self, state, noise=False, time_interval=None, **_):
        columns = np.asarray(state.state_vector, dtype=float).reshape(6, -1)
        span = (0.0, time_interval.total_seconds())
        ends = [solve_ivp(motion, span, c, "DOP853", rtol=1e-11, atol=1e-8).y[:, -1] for c in columns.T]
        return type(state.state_vector)(np.stack(ends, axis=1))

    def jacobian(self, state, **kwargs):
        """By central differences; the steps of Stone Soup, 5e-5 m/s, are too small for flights by scipy."""
        columns = np.asarray(state.state_vector, dtype=float).reshape(6, 1)
        steps = np.diag([100.0] * 3 + [1.0] * 3)
        ends = [
            np.asarray(self.function(GaussianState(StateVectors(columns + sign * steps), R), **kwargs))
            for sign in (1.0, -1.0)
        ]
        return (ends[0] - ends[1]) / (2.0 * np.diag(steps))

    def covar(self, time_interval=None, **_):
        h = time_interval.total_seconds()
        block = self.noise_density * np.array([[h**3 / 3.0, h**2 / 2.0], [h**2 / 2.0, h]])
        return CovarianceMatrix(np.kron(block, np.eye(3)))

    def rvs(self, *_, **__):
        raise TypeError("the filter asks for no draws and no densities")

    def pdf(self, *_, **__):
        raise TypeError("the filter asks for no draws and no densities")


def stone_soup_filter(measured: np.ndarray, step_s: float) -> list[GaussianState]:
    """Start with the first measurement, then predict and update with each of the others."""
    updater = ExtendedKalmanUpdater(LinearGaussian(ndim_state=6, mapping=range(6), noise_covar=R))
    state = GaussianState(StateVector(measured[0]), CovarianceMatrix(R), timestamp=START)
    states = [state]
    for n, measurement in enumerate(measured[1:], start=1):
        time = START + timedelta(seconds=step_s * n)
        at = np.asarray(state.mean, dtype=float).ravel()
        brake = motion(0.0, at)[3:] - np.array(free_acceleration(*at))
        model = Ballistic(noise_density=FREE_NOISE_M2_S3 + DRAG_NOISE_S * float(brake @ brake))
        prediction = ExtendedKalmanPredictor(model).predict(state, timestamp=time)
        detection = Detection(StateVector(measurement), timestamp=time)
        state = updater.update(SingleHypothesis(prediction, detection))
        states.append(state)
    return states


CASES = [
    # Free flight in steps of ours (10 s at most); in air in one step of ours, so that the noise is the same.
    pytest.param(np.r_[geodetic_to_ecef(0.7, 0.3, 400e3), 1000.0, -3000.0, 2000.0], 8.0, id="free flight"),
    pytest.param(np.r_[geodetic_to_ecef(-0.3, 2.0, 150e3), 2000.0, -3000.0, 3000.0], 1.0, id="after burnout"),
    pytest.param(np.r_[geodetic_to_ecef(0.7, 0.3, 45e3), 500.0, -2000.0, -1500.0], 0.5, id="in the air"),
]


@pytest.mark.parametrize(("start", "step_s"), CASES)
def test_the_filter_of_one_source_is_the_extended_kalman_filter_of_stone_soup(start, step_s):
    rng = np.random.default_rng(20261122)
    count = 12
    span = (0.0, step_s * (count - 1))
    flown = solve_ivp(motion, span, start, "DOP853", np.linspace(*span, count), rtol=1e-11, atol=1e-8).y.T
    measured = flown + rng.multivariate_normal(np.zeros(6), R, size=count)
    picture = Picture()
    for n, (theirs, measurement) in enumerate(
        zip(stone_soup_filter(measured, step_s), measured, strict=True)
    ):
        time_us = START_US + round(1e6 * step_s * n)
        report = Report("s", "t", time_us, measurement[:3], measurement[3:], R, "tracklet", f"d{n}")
        ((track,),) = update([(picture, [report])], time_us)
        mean, covariance = np.asarray(theirs.mean, dtype=float).ravel(), np.asarray(theirs.covar, dtype=float)
        sigma = np.sqrt(np.diag(covariance))
        ours = np.r_[track.position_ecef_m, track.velocity_ecef_m_s]
        # One step of 8 s is off by centimetres; the Jacobian by differences, the table of densities and the
        # floor of 0.1 m under covariances count for more.
        assert np.all(np.abs(ours - mean) < 2e-4 * sigma)
        np.testing.assert_allclose(np.array(track.covariance) / np.outer(sigma, sigma),
                                   covariance / np.outer(sigma, sigma), atol=1e-4)  # fmt: skip


@pytest.mark.parametrize("seed", range(6))
def test_covariance_intersection_is_the_chernoff_update_of_stone_soup_at_its_best_weight(seed):
    rng = np.random.default_rng(seed)
    means, covariances = [], []
    for _ in range(2):
        root = rng.normal(size=(6, 6))
        scale = np.diag(10.0 ** rng.uniform(0.0, 3.0, 6))
        covariances.append(scale @ (root @ root.T + 0.05 * np.eye(6)) @ scale)
        means.append(scale @ rng.normal(size=6))
    mean, covariance, weight = covariance_intersection(means[0], covariances[0], means[1], covariances[1])

    def theirs(first_weight: float):
        # Its omega weighs the measurement.
        model = LinearGaussian(ndim_state=6, mapping=range(6), noise_covar=covariances[1])
        prediction = GaussianStatePrediction(StateVector(means[0]), covariances[0], timestamp=START)
        detection = GaussianDetection(
            StateVector(means[1]), CovarianceMatrix(covariances[1]), timestamp=START, measurement_model=model
        )
        return ChernoffUpdater(model, omega=1.0 - first_weight).update(
            SingleHypothesis(prediction, detection)
        )

    update_there = theirs(weight)
    found, scale = np.asarray(update_there.covar, dtype=float), np.sqrt(np.diag(covariance))
    np.testing.assert_allclose(covariance / np.outer(scale, scale), found / np.outer(scale, scale), atol=1e-7)
    np.testing.assert_allclose(
        mean / scale, np.asarray(update_there.mean, dtype=float).ravel() / scale, atol=1e-7
    )
    volume = np.linalg.slogdet(found)[1]
    for other in (weight - 0.01, weight + 0.01):
        assert volume < np.linalg.slogdet(np.asarray(theirs(other).covar, dtype=float))[1]
