"""Motion about a point mass: Kepler propagation of any orbit, and the arc between two points in a given time.

Vectors are in a frame that does not turn (eci), last axis of 3; leading axes broadcast.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from synaspis.core.constants import EARTH_MU_M3_S2
from synaspis.engine.parameters import Floats

_ROUNDS_MAX: Final = 60
_LAGUERRE_DEGREE: Final = 5.0


def propagate(
    position_eci_m: ArrayLike,
    velocity_eci_m_s: ArrayLike,
    time_s: ArrayLike,
    mu_m3_s2: float = EARTH_MU_M3_S2,
) -> tuple[Floats, Floats]:
    """State after a time of free flight on an ellipse, parabola or hyperbola.

    position_eci_m, velocity_eci_m_s: (..., 3), not both along one line through the centre. time_s: (...), may
    be negative.
    Returns position and velocity, (..., 3); NaN for a case that does not converge.

    Universal variable x with alpha = 2 / r0 - v0^2 / mu and Stumpff's C, S of alpha x^2:
    sqrt(mu) t = (r0.v0 / sqrt(mu)) x^2 C + (1 - alpha r0) x^3 S + r0 x, solved by Laguerre's method in the
    form of Conway (Celestial Mechanics 39 (1986) 199-211, doi:10.1007/BF01230852), then the Lagrange
    coefficients f and g of Bate, Mueller and White (1971), section 4.4.
    """
    position = np.asarray(position_eci_m, dtype=np.float64)
    velocity = np.asarray(velocity_eci_m_s, dtype=np.float64)
    time = np.asarray(time_s, dtype=np.float64)
    shape = np.broadcast_shapes(position.shape[:-1], velocity.shape[:-1], time.shape)
    position, velocity = np.broadcast_to(position, (*shape, 3)), np.broadcast_to(velocity, (*shape, 3))
    time = np.broadcast_to(time, shape)
    root_mu = np.sqrt(mu_m3_s2)
    radius = np.linalg.norm(position, axis=-1)
    radial = np.sum(position * velocity, axis=-1) / root_mu
    alpha = 2.0 / radius - np.sum(velocity**2, axis=-1) / mu_m3_s2
    # Whole revolutions change nothing on an ellipse, and taken away keep the digits.
    with np.errstate(invalid="ignore", divide="ignore"):
        period = np.where(alpha > 0.0, 2.0 * np.pi / (root_mu * np.abs(alpha) ** 1.5), np.inf)
    turned = np.where(np.isfinite(period), np.fmod(time, np.where(np.isfinite(period), period, 1.0)), time)
    x = _universal_anomaly(radius, radial, alpha, turned * root_mu)
    z = alpha * x * x
    c, s = _stumpff(z)
    f = 1.0 - x**2 * c / radius
    g = turned - x**3 * s / root_mu
    end = f[..., None] * position + g[..., None] * velocity
    end_radius = np.linalg.norm(end, axis=-1)
    f_rate = root_mu / (end_radius * radius) * x * (z * s - 1.0)
    g_rate = 1.0 - x**2 * c / end_radius
    return end, f_rate[..., None] * position + g_rate[..., None] * velocity


def _universal_anomaly(radius: Floats, radial: Floats, alpha: Floats, target: Floats) -> Floats:
    """Root x (sqrt m) of the universal Kepler equation; target is sqrt(mu) t."""
    x = np.asarray(target / np.maximum(radius, 0.1 / np.maximum(np.abs(alpha), 1e-30)), dtype=np.float64)
    # Far out on a hyperbola x grows only as the logarithm of time; the straight guess would overflow its
    # cosh.
    steep = np.sqrt(np.maximum(-alpha, 1e-30))
    farthest = (2.0 + np.log1p(2.0 * steep**3 * np.abs(target))) / steep
    x = np.where(alpha < 0.0, np.clip(x, -farthest, farthest), x)
    settled = np.zeros(x.shape, dtype=np.bool_)
    for _ in range(_ROUNDS_MAX):
        c, s = _stumpff(alpha * x * x)
        miss = radial * x**2 * c + (1.0 - alpha * radius) * x**3 * s + radius * x - target
        slope = radial * x * (1.0 - alpha * x**2 * s) + (1.0 - alpha * radius) * x**2 * c + radius
        bend = radial * (1.0 - alpha * x**2 * c) + (1.0 - alpha * radius) * x * (1.0 - alpha * x**2 * s)
        degree = _LAGUERRE_DEGREE
        root = np.sqrt(np.abs((degree - 1.0) ** 2 * slope**2 - degree * (degree - 1.0) * miss * bend))
        step = degree * miss / (slope + np.where(slope < 0.0, -root, root))
        x = np.where(settled, x, x - step)
        settled |= np.abs(step) <= 1e-15 * np.maximum(np.abs(x), 1.0) + 1e-9 * np.sqrt(np.finfo(float).eps)
        if bool(np.all(settled)):
            return x
    # Rounding can keep the last step alive; a residual of 1e-9 of the target is still an answer.
    c, s = _stumpff(alpha * x * x)
    miss = radial * x**2 * c + (1.0 - alpha * radius) * x**3 * s + radius * x - target
    return np.where(np.abs(miss) <= 1e-9 * np.abs(target) + 1e-6, x, np.nan)


def _stumpff(z: Floats) -> tuple[Floats, Floats]:
    """Stumpff's C = (1 - cos sqrt z) / z and S = (sqrt z - sin sqrt z) / sqrt z^3, for z of either sign."""
    series = np.abs(z) < 1.0
    small = np.where(series, z, 0.0)
    c_series, s_series = np.zeros_like(small), np.zeros_like(small)
    for order in range(9, -1, -1):  # the terms fall as 1 / (2 n)!; ten of them reach rounding for |z| < 1
        c_series = (1.0 - small * c_series) / ((2 * order + 1) * (2 * order + 2))
        s_series = (1.0 - small * s_series) / ((2 * order + 2) * (2 * order + 3))
    root = np.sqrt(np.where(series, 1.0, np.abs(z)))
    grown = np.minimum(root, 700.0)
    ellipse = z > 0.0
    c = np.where(ellipse, 1.0 - np.cos(root), np.cosh(grown) - 1.0) / root**2
    s = np.where(ellipse, root - np.sin(root), np.sinh(grown) - root) / root**3
    return np.where(series, c_series, c), np.where(series, s_series, s)


def lambert(
    start_eci_m: ArrayLike,
    end_eci_m: ArrayLike,
    time_s: ArrayLike,
    prograde: bool = True,
    mu_m3_s2: float = EARTH_MU_M3_S2,
) -> tuple[Floats, Floats]:
    """Velocities at both ends of the arc from one point to another in a given time, less than one revolution.

    start_eci_m, end_eci_m: (..., 3), not on one line through the centre. time_s: (...), above 0.
    prograde: whether the motion is eastward (angular momentum towards +z); this decides between the short and
    the long way.
    Returns the velocities (m/s) at start and end, (..., 3); NaN for points on one line or a time of 0 or
    less.

    Izzo's form: x from the time equation T(x) by Householder's iteration; chord c, semiperimeter s, lambda^2
    = 1 - c / s, T = sqrt(2 mu / s^3) t. Source: D. Izzo, Celestial Mechanics and Dynamical Astronomy 121
    (2015) 1-15, doi:10.1007/s10569-014-9587-y, algorithms 1 and 2.
    """
    start = np.asarray(start_eci_m, dtype=np.float64)
    end = np.asarray(end_eci_m, dtype=np.float64)
    time = np.asarray(time_s, dtype=np.float64)
    shape = np.broadcast_shapes(start.shape[:-1], end.shape[:-1], time.shape)
    start, end, time = (
        np.broadcast_to(start, (*shape, 3)),
        np.broadcast_to(end, (*shape, 3)),
        np.broadcast_to(time, shape),
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        r1, r2 = np.linalg.norm(start, axis=-1), np.linalg.norm(end, axis=-1)
        chord = np.linalg.norm(end - start, axis=-1)
        semi = 0.5 * (r1 + r2 + chord)
        out1, out2 = start / r1[..., None], end / r2[..., None]
        normal = np.cross(out1, out2)
        normal = normal / np.linalg.norm(normal, axis=-1)[..., None]
        # The short way, unless that would run against the wanted sense of motion.
        way = np.where((normal[..., 2] >= 0.0) == prograde, 1.0, -1.0)
        lam = way * np.sqrt(np.maximum(1.0 - chord / semi, 0.0))
        ahead1 = np.cross(normal, out1) * way[..., None]
        ahead2 = np.cross(normal, out2) * way[..., None]
        scaled = np.where(time > 0.0, np.sqrt(2.0 * mu_m3_s2 / semi**3) * time, np.nan)
        x = _izzo_root(lam, scaled)
        y = np.sqrt(1.0 - lam**2 * (1.0 - x**2))
        scale = np.sqrt(0.5 * mu_m3_s2 * semi)
        skew = (r1 - r2) / chord
        straight, leaning = lam * y - x, lam * y + x
        tangent = scale * np.sqrt(np.maximum(1.0 - skew**2, 0.0)) * (y + lam * x)
        radial1 = scale * (straight - skew * leaning) / r1
        radial2 = -scale * (straight + skew * leaning) / r2
    first = radial1[..., None] * out1 + (tangent / r1)[..., None] * ahead1
    return first, radial2[..., None] * out2 + (tangent / r2)[..., None] * ahead2


def _izzo_root(lam: Floats, wanted: Floats) -> Floats:
    """Root x > -1 of T(x) = wanted; the start is Izzo's equation 30."""
    at_zero = np.arccos(lam) + lam * np.sqrt(1.0 - lam**2)
    at_one = 2.0 / 3.0 * (1.0 - lam**3)
    x = np.where(
        wanted >= at_zero,
        (at_zero / wanted) ** (2.0 / 3.0) - 1.0,
        np.where(
            wanted < at_one,
            2.5 * at_one / wanted * (at_one - wanted) / (1.0 - lam**5) + 1.0,
            (wanted / at_zero) ** (np.log(2.0) / np.log(at_one / at_zero)) - 1.0,
        ),
    )
    for _ in range(8):
        y = np.sqrt(1.0 - lam**2 * (1.0 - x**2))
        now = _izzo_time(x, y, lam)
        inner = 1.0 - x**2
        first = (3.0 * now * x - 2.0 + 2.0 * lam**3 * x / y) / inner
        second = (3.0 * now + 5.0 * x * first + 2.0 * (1.0 - lam**2) * lam**3 / y**3) / inner
        third = (7.0 * x * second + 8.0 * first - 6.0 * (1.0 - lam**2) * lam**5 * x / y**5) / inner
        miss = now - wanted
        step = (
            miss
            * (first**2 - miss * second / 2.0)
            / (first * (first**2 - miss * second) + third * miss**2 / 6.0)
        )
        # At x = 1 the derivatives are 0 / 0 and the time is the parabola's: there the start is the root
        # already.
        x = np.where(np.isfinite(step), x - step, x)
    return x


def _izzo_time(x: Floats, y: Floats, lam: Floats) -> Floats:
    """Scaled time of flight: Lagrange's equation, and near the parabola Battin's series."""
    inner = 1.0 - x**2
    turn = np.where(
        inner >= 0.0,
        np.arccos(np.clip(x * y + lam * inner, -1.0, 1.0)),
        np.arccosh(np.maximum(x * y + lam * inner, 1.0)),
    )
    direct = (turn / np.sqrt(np.abs(inner)) - x + lam * y) / inner
    eta = y - lam * x
    argument = 0.5 * (1.0 - lam - x * eta)
    term, total = np.ones_like(argument), np.ones_like(argument)
    for order in range(40):  # hypergeometric 2F1(3, 1; 5/2; argument), |argument| well below 1 here
        term = term * argument * (3.0 + order) * (1.0 + order) / ((2.5 + order) * (1.0 + order))
        total = total + term
    battin = 0.5 * (4.0 / 3.0 * eta**3 * total + 4.0 * lam * eta)
    return np.where(np.abs(x - 1.0) < 0.05, battin, direct)
