"""US Standard Atmosphere 1976, from -5 to 1000 km, from its definition.

Up to 86 km: seven layers of linear molecular-scale temperature in geopotential altitude, in hydrostatic
balance. Above: the kinetic-temperature profile of the standard and the number densities of N2, O, O2, Ar, He
and H from its diffusion equations, integrated once on a fine grid and interpolated in the logarithm. Source
of every number: NOAA/NASA/USAF, U.S. Standard Atmosphere, 1976, NASA-TM-X-74335, tables 1-8 and equations
1-50; the numbers of equations below are of that report.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.integrate import cumulative_simpson

from synaspis.core.constants import STANDARD_GRAVITY_M_S2
from synaspis.engine.parameters import Floats

GAS_CONSTANT_J_KMOL_K: Final = 8314.32
"""Value of the standard itself, not the present CODATA one."""
MOLAR_MASS_KG_KMOL: Final = 28.9644
HEAT_CAPACITY_RATIO: Final = 1.4
ALTITUDE_MIN_M: Final = -5_000.0
LAYERS_TOP_M: Final = 86_000.0
ALTITUDE_MAX_M: Final = 1_000_000.0

_RADIUS_M: Final = 6_356_766.0  # r0: turns geometric into geopotential altitude
_AVOGADRO_KMOL: Final = 6.022169e26
_BOLTZMANN_J_K: Final = 1.380622e-23

_LAYER_BASE_M: Final = np.array([0.0, 11e3, 20e3, 32e3, 47e3, 51e3, 71e3])  # geopotential
_LAPSE_K_M: Final = np.array([-6.5e-3, 0.0, 1.0e-3, 2.8e-3, 0.0, -2.8e-3, -2.0e-3])

# Table 8: mean molar mass over its sea-level value, between 80 and 86 km, where oxygen begins to dissociate.
_MASS_RATIO_ALTITUDE_M: Final = np.linspace(80e3, 86e3, 13)
_MASS_RATIO: Final = 1.0 - 1e-6 * np.array([0, 4, 11, 29, 59, 91, 130, 171, 214, 259, 306, 359, 421])


class Air(NamedTuple):
    """State of the standard air, arrays of one shape.

    temperature_k: kinetic. pressure_pa, density_kg_m3: 0 above 1000 km.
    speed_of_sound_m_s: NaN above 86 km, where the standard defines none.
    """

    temperature_k: Floats
    pressure_pa: Floats
    density_kg_m3: Floats
    speed_of_sound_m_s: Floats


class _Species(NamedTuple):
    """Table 6 and 7 of the standard: one gas that diffuses upward from 86 km."""

    molar_mass: float  # kg/kmol
    density_86_km: float  # 1/m3
    thermal: float  # alpha, thermal diffusion factor
    diffusion_a: float  # 1/(m s)
    diffusion_b: float
    flow_q: float  # Q, 1/km3: vertical transport
    flow_u_km: float
    flow_w: float  # W, 1/km3


_NITROGEN_MASS: Final = 28.0134
_NITROGEN_86_KM: Final = 1.129794e20
_OXYGEN_ATOM: Final = _Species(15.9994, 8.6e16, 0.0, 6.986e20, 0.750, -5.809644e-4, 56.90311, 2.706240e-5)
_OXYGEN: Final = _Species(31.9988, 3.030898e19, 0.0, 4.863e20, 0.750, 1.366212e-4, 86.0, 8.333333e-5)
_ARGON: Final = _Species(39.948, 1.351400e18, 0.0, 4.487e20, 0.870, 9.434079e-5, 86.0, 8.333333e-5)
_HELIUM: Final = _Species(4.0026, 7.5817e14, -0.40, 1.700e21, 0.691, -2.457369e-4, 86.0, 6.666667e-4)
_HYDROGEN_MASS: Final = 1.00797
_HYDROGEN_500_KM: Final = 8.0e10  # 1/m3
_HYDROGEN_FLUX: Final = 7.2e11  # 1/(m2 s)
_HYDROGEN_THERMAL: Final = -0.25
_HYDROGEN_DIFFUSION: Final = (3.305e21, 0.500)


def air(altitude_m: ArrayLike) -> Air:
    """Temperature, pressure, density and speed of sound of the standard.

    altitude_m: geometric, any shape. Below -5 km the values of -5 km are given; above 1000 km pressure and
    density are 0.
    Against the printed tables: 1e-4 up to 86 km, 1 % above (see `tests/authority/test_us1976.py`).
    """
    altitude = np.maximum(np.asarray(altitude_m, dtype=np.float64), ALTITUDE_MIN_M)
    low = _layers(np.minimum(altitude, LAYERS_TOP_M))
    if not np.any(altitude > LAYERS_TOP_M):
        return low
    above = altitude > LAYERS_TOP_M
    vacuum = altitude > ALTITUDE_MAX_M
    high = np.clip(altitude, LAYERS_TOP_M, ALTITUDE_MAX_M)
    grid_m, log_pressure, log_density = _upper_table()
    pressure = np.where(vacuum, 0.0, np.exp(np.interp(high, grid_m, log_pressure)))
    density = np.where(vacuum, 0.0, np.exp(np.interp(high, grid_m, log_density)))
    return Air(
        np.where(above, _kinetic_temperature(high)[0], low.temperature_k),
        np.where(above, pressure, low.pressure_pa),
        np.where(above, density, low.density_kg_m3),
        np.where(above, np.nan, low.speed_of_sound_m_s),
    )


def density(altitude_m: ArrayLike) -> Floats:
    """Density of the standard air (kg/m3) at geometric altitudes; see `air`."""
    return air(altitude_m).density_kg_m3


def _layers(altitude: Floats) -> Air:
    """Up to 86 km: equations 23, 33a, 33b, 42 and 50 in geopotential altitude H = r0 Z / (r0 + Z)."""
    base_temperature, base_pressure = _layer_bases()
    geopotential = _RADIUS_M * altitude / (_RADIUS_M + altitude)
    layer = np.clip(np.searchsorted(_LAYER_BASE_M, geopotential, side="right") - 1, 0, _LAYER_BASE_M.size - 1)
    rise = geopotential - _LAYER_BASE_M[layer]
    molecular = base_temperature[layer] + _LAPSE_K_M[layer] * rise
    pressure = base_pressure[layer] * _pressure_ratio(base_temperature[layer], _LAPSE_K_M[layer], rise)
    gas = GAS_CONSTANT_J_KMOL_K / MOLAR_MASS_KG_KMOL
    kinetic = molecular * np.interp(altitude, _MASS_RATIO_ALTITUDE_M, _MASS_RATIO)
    sound = np.sqrt(HEAT_CAPACITY_RATIO * gas * molecular)
    return Air(kinetic, pressure, pressure / (gas * molecular), sound)


def _pressure_ratio(base_temperature: Floats, lapse: Floats, rise: Floats) -> Floats:
    exponent = STANDARD_GRAVITY_M_S2 * MOLAR_MASS_KG_KMOL / GAS_CONSTANT_J_KMOL_K
    level = lapse == 0.0
    slope = np.where(level, 1.0, lapse)
    tapering = (base_temperature / (base_temperature + slope * rise)) ** (exponent / slope)
    return np.where(level, np.exp(-exponent * rise / base_temperature), np.where(level, 1.0, tapering))


@lru_cache(maxsize=1)
def _layer_bases() -> tuple[Floats, Floats]:
    """Temperature (K) and pressure (Pa) at the foot of each layer, built up from sea level."""
    temperature, pressure = [288.15], [101_325.0]
    for lapse, thickness in zip(_LAPSE_K_M, np.diff(_LAYER_BASE_M), strict=False):
        ratio = _pressure_ratio(np.array(temperature[-1]), np.array(lapse), np.array(thickness))
        pressure.append(pressure[-1] * float(ratio))
        temperature.append(temperature[-1] + lapse * thickness)
    return np.array(temperature), np.array(pressure)


def _kinetic_temperature(altitude: Floats) -> tuple[Floats, Floats]:
    """Kinetic temperature (K) from 86 to 1000 km and its slope (K/m): equations 25, 27, 29 and 31."""
    z = altitude / 1e3
    bow = np.clip((z - 91.0) / -19.9429, -1.0 + 1e-12, 1.0)
    root = np.sqrt(1.0 - bow**2)
    ellipse = 263.1905 - 76.3232 * root
    ellipse_slope = -76.3232 * bow / (root * 19.9429)
    reach = (z - 120.0) * (_RADIUS_M / 1e3 + 120.0) / (_RADIUS_M / 1e3 + z)
    fading = 640.0 * np.exp(-0.01875 * np.maximum(reach, 0.0))
    reach_slope = ((_RADIUS_M / 1e3 + 120.0) / (_RADIUS_M / 1e3 + z)) ** 2
    where = [z <= 91.0, z <= 110.0, z <= 120.0]
    temperature = np.select(
        where, [np.full_like(z, 186.8673), ellipse, 240.0 + 12.0 * (z - 110.0)], 1000.0 - fading
    )
    slope = np.select(
        where, [np.zeros_like(z), ellipse_slope, np.full_like(z, 12.0)], 0.01875 * fading * reach_slope
    )
    return temperature, slope / 1e3


@lru_cache(maxsize=1)
def _upper_table() -> tuple[Floats, Floats, Floats]:
    """Grid (m) with the logarithms of pressure (Pa) and density (kg/m3), 86 to 1000 km in steps of 100 m."""
    grid = np.linspace(LAYERS_TOP_M, ALTITUDE_MAX_M, 9141)
    temperature, slope = _kinetic_temperature(grid)
    gravity = STANDARD_GRAVITY_M_S2 * (_RADIUS_M / (_RADIUS_M + grid)) ** 2
    column = gravity / (GAS_CONSTANT_J_KMOL_K * temperature)
    # Well mixed to 100 km, nitrogen by its own weight above: the standard's choice, equation 32 and section
    # 1.3.1.
    mean_mass = np.where(grid <= 100e3, MOLAR_MASS_KG_KMOL, _NITROGEN_MASS)
    cooling = temperature[0] / temperature
    nitrogen = _NITROGEN_86_KM * cooling * np.exp(-_integral(column * mean_mass, grid))

    def diffused(gas: _Species, background: Floats) -> Floats:
        """Equations 36 to 39 for one gas in a background of that many particles a cubic metre."""
        molecular = gas.diffusion_a / background * (temperature / 273.15) ** gas.diffusion_b
        share = molecular / (molecular + eddy)
        weight = column * share * (gas.molar_mass + mean_mass * eddy / molecular)
        thermal = share * gas.thermal * slope / temperature
        drop = _integral(weight + thermal + _transport(gas, grid), grid)
        return np.asarray(gas.density_86_km * cooling * np.exp(-drop), dtype=np.float64)

    eddy = _eddy_diffusion(grid)
    atoms, molecules = diffused(_OXYGEN_ATOM, nitrogen), diffused(_OXYGEN, nitrogen)
    argon = diffused(_ARGON, nitrogen + atoms + molecules)
    helium = diffused(_HELIUM, nitrogen + atoms + molecules)
    others = nitrogen + atoms + molecules + argon + helium
    hydrogen = _hydrogen(grid, temperature, column, others)
    mass = nitrogen * _NITROGEN_MASS + hydrogen * _HYDROGEN_MASS + argon * _ARGON.molar_mass
    mass += atoms * _OXYGEN_ATOM.molar_mass + molecules * _OXYGEN.molar_mass + helium * _HELIUM.molar_mass
    pressure = (others + hydrogen) * _BOLTZMANN_J_K * temperature
    return grid, np.log(pressure), np.log(mass / _AVOGADRO_KMOL)


def _integral(integrand: Floats, grid: Floats) -> Floats:
    return np.asarray(cumulative_simpson(integrand, x=grid, initial=0.0), dtype=np.float64)


def _eddy_diffusion(grid: Floats) -> Floats:
    """Eddy diffusion coefficient (m2/s), equation 7."""
    beyond = np.clip((grid / 1e3 - 95.0) ** 2, 0.0, 399.999)
    return np.where(
        grid < 95e3, 120.0, np.where(grid < 115e3, 120.0 * np.exp(1.0 - 400.0 / (400.0 - beyond)), 0.0)
    )


def _transport(gas: _Species, grid: Floats) -> Floats:
    """Flow velocity over the diffusion coefficients (1/m), equation 37; atomic oxygen has two parts."""
    rise = grid / 1e3 - gas.flow_u_km
    flow = gas.flow_q * rise**2 * np.exp(-gas.flow_w * rise**3)
    if gas is _OXYGEN_ATOM:
        below = np.maximum(97.0 - grid / 1e3, 0.0)
        flow = flow - 3.416248e-3 * below**2 * np.exp(-5.008765e-4 * below**3)
    return flow / 1e3


def _hydrogen(grid: Floats, temperature: Floats, column: Floats, background: Floats) -> Floats:
    """Atomic hydrogen above 150 km (1/m3), equation 39, tied to its density at 500 km; none below."""
    start = int(np.searchsorted(grid, 500e3))
    a, b = _HYDROGEN_DIFFUSION
    diffusion = a / background * (temperature / 273.15) ** b
    depth = _integral(column * _HYDROGEN_MASS, grid)
    depth = depth - depth[start]
    ratio = (temperature / temperature[start]) ** (1.0 + _HYDROGEN_THERMAL)
    supply = _integral(_HYDROGEN_FLUX / diffusion * ratio * np.exp(np.minimum(depth, 50.0)), grid)
    amount = (_HYDROGEN_500_KM - (supply - supply[start])) / ratio * np.exp(-depth)
    return np.where(grid >= 150e3, amount, 0.0)
