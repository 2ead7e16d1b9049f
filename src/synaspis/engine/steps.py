"""One classical Runge-Kutta step for each phase of flight, as scalar functions for vector lanes.

Coefficients: Kutta (1901), the rule with weights 1/6, 1/3, 1/3, 1/6. Its measured order is tested.
"""

from __future__ import annotations

from math import pi
from typing import Final

from synaspis.engine._jit import lane
from synaspis.engine.forces import drag_acceleration, free_acceleration

_HALF_PI: Final = 0.5 * pi


@lane
def free_step(x, y, z, u, v, w, h):  # type: ignore[no-untyped-def]
    """Advance a state (m, m/s, ECEF) by h seconds under gravity with J2 in the rotating frame."""
    k = 0.5 * h
    a1, b1, c1 = free_acceleration(x, y, z, u, v, w)
    u2, v2, w2 = u + k * a1, v + k * b1, w + k * c1
    a2, b2, c2 = free_acceleration(x + k * u, y + k * v, z + k * w, u2, v2, w2)
    u3, v3, w3 = u + k * a2, v + k * b2, w + k * c2
    a3, b3, c3 = free_acceleration(x + k * u2, y + k * v2, z + k * w2, u3, v3, w3)
    u4, v4, w4 = u + h * a3, v + h * b3, w + h * c3
    a4, b4, c4 = free_acceleration(x + h * u3, y + h * v3, z + h * w3, u4, v4, w4)
    s = h * (1.0 / 6.0)
    return (
        x + s * (u + 2.0 * (u2 + u3) + u4),
        y + s * (v + 2.0 * (v2 + v3) + v4),
        z + s * (w + 2.0 * (w2 + w3) + w4),
        u + s * (a1 + 2.0 * (a2 + a3) + a4),
        v + s * (b1 + 2.0 * (b2 + b3) + b4),
        w + s * (c1 + 2.0 * (c2 + c3) + c4),
    )


@lane
def drag_step(x, y, z, u, v, w, h, drag_area_per_mass):  # type: ignore[no-untyped-def]
    """Advance a state by h seconds under gravity and drag; drag_area_per_mass in m2/kg."""
    k = 0.5 * h
    d = drag_area_per_mass
    a1, b1, c1 = drag_acceleration(x, y, z, u, v, w, d)
    u2, v2, w2 = u + k * a1, v + k * b1, w + k * c1
    a2, b2, c2 = drag_acceleration(x + k * u, y + k * v, z + k * w, u2, v2, w2, d)
    u3, v3, w3 = u + k * a2, v + k * b2, w + k * c2
    a3, b3, c3 = drag_acceleration(x + k * u2, y + k * v2, z + k * w2, u3, v3, w3, d)
    u4, v4, w4 = u + h * a3, v + h * b3, w + h * c3
    a4, b4, c4 = drag_acceleration(x + h * u3, y + h * v3, z + h * w3, u4, v4, w4, d)
    s = h * (1.0 / 6.0)
    return (
        x + s * (u + 2.0 * (u2 + u3) + u4),
        y + s * (v + 2.0 * (v2 + v3) + v4),
        z + s * (w + 2.0 * (w2 + w3) + w4),
        u + s * (a1 + 2.0 * (a2 + a3) + a4),
        v + s * (b1 + 2.0 * (b2 + b3) + b4),
        w + s * (c1 + 2.0 * (c2 + c3) + c4),
    )


@lane
def sine_cosine(angle_rad):  # type: ignore[no-untyped-def]
    """Sine and cosine by Taylor series for |angle| <= 2.2 rad: error 1e-8 there, 1e-11 at a right angle."""
    q = angle_rad * angle_rad
    sine = 1.0 - q * (1.0 / 210.0) * (1.0 - q * (1.0 / 272.0))
    sine = 1.0 - q * (1.0 / 110.0) * (1.0 - q * (1.0 / 156.0) * sine)
    sine = 1.0 - q * (1.0 / 42.0) * (1.0 - q * (1.0 / 72.0) * sine)
    sine = angle_rad * (1.0 - q * (1.0 / 6.0) * (1.0 - q * (1.0 / 20.0) * sine))
    cosine = 1.0 - q * (1.0 / 182.0) * (1.0 - q * (1.0 / 240.0))
    cosine = 1.0 - q * (1.0 / 90.0) * (1.0 - q * (1.0 / 132.0) * cosine)
    cosine = 1.0 - q * (1.0 / 30.0) * (1.0 - q * (1.0 / 56.0) * cosine)
    cosine = 1.0 - q * 0.5 * (1.0 - q * (1.0 / 12.0) * cosine)
    return sine, cosine


@lane
def boost_acceleration(  # type: ignore[no-untyped-def]
    x, y, z, u, v, w, tilt, flow, exhaust, mass, drag_area, up, along
):
    """Thrust, drag and gravity terms of powered flight, m/s2.

    tilt: angle of the thrust from the vertical of the launch point, rad. flow: propellant flow, kg/s.
    exhaust: m/s. mass: kg.
    drag_area: Cd A, m2. up, along: unit vectors (ECEF) of the launch vertical and of the horizontal launch
    direction.
    """
    ax, ay, az = drag_acceleration(x, y, z, u, v, w, drag_area / mass)
    sine, cosine = sine_cosine(tilt)
    thrust = flow * exhaust / mass
    return (
        ax + thrust * (cosine * up[0] + sine * along[0]),
        ay + thrust * (cosine * up[1] + sine * along[1]),
        az + thrust * (cosine * up[2] + sine * along[2]),
    )


@lane
def boost_step(  # type: ignore[no-untyped-def]
    x, y, z, u, v, w, h, tilt, tilt_rate, flow, exhaust, mass, drag_area, up, along
):
    """Advance a state by h seconds of powered flight.

    tilt (rad) and mass (kg) are those at the start; tilt_rate in rad/s. The others: see `boost_acceleration`.
    """
    k = 0.5 * h
    tilt_half, tilt_end = tilt + k * tilt_rate, tilt + h * tilt_rate
    mass_half, mass_end = mass - k * flow, mass - h * flow
    a1, b1, c1 = boost_acceleration(x, y, z, u, v, w, tilt, flow, exhaust, mass, drag_area, up, along)
    u2, v2, w2 = u + k * a1, v + k * b1, w + k * c1
    a2, b2, c2 = boost_acceleration(
        x + k * u, y + k * v, z + k * w, u2, v2, w2, tilt_half, flow, exhaust, mass_half, drag_area, up, along
    )
    u3, v3, w3 = u + k * a2, v + k * b2, w + k * c2
    a3, b3, c3 = boost_acceleration(
        x + k * u2,
        y + k * v2,
        z + k * w2,
        u3,
        v3,
        w3,
        tilt_half,
        flow,
        exhaust,
        mass_half,
        drag_area,
        up,
        along,
    )
    u4, v4, w4 = u + h * a3, v + h * b3, w + h * c3
    a4, b4, c4 = boost_acceleration(
        x + h * u3,
        y + h * v3,
        z + h * w3,
        u4,
        v4,
        w4,
        tilt_end,
        flow,
        exhaust,
        mass_end,
        drag_area,
        up,
        along,
    )
    s = h * (1.0 / 6.0)
    return (
        x + s * (u + 2.0 * (u2 + u3) + u4),
        y + s * (v + 2.0 * (v2 + v3) + v4),
        z + s * (w + 2.0 * (w2 + w3) + w4),
        u + s * (a1 + 2.0 * (a2 + a3) + a4),
        v + s * (b1 + 2.0 * (b2 + b3) + b4),
        w + s * (c1 + 2.0 * (c2 + c3) + c4),
    )
