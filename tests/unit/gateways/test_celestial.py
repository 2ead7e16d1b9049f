"""Celestial frames against ERFA (the library of the IAU's standards, through pyerfa)."""

from datetime import date

import erfa
import numpy as np
import pytest

from synaspis.core.constants import EARTH_ROTATION_RAD_S
from synaspis.gateways import Oem, OemSegment, read_oem, write_oem
from synaspis.gateways.celestial import NANOSECONDS_PER_DAY, celestial_to_ecef

METRE = 1.0
JULIAN_DAY_1970 = 2_440_587.5


def erfa_matrix(day: int, fraction: float, ut1_minus_utc_s: float = 0.0) -> np.ndarray:
    """IAU 2006/2000A from celestial to terrestrial, no polar motion; TT - UTC = 69.184 s."""
    julian = JULIAN_DAY_1970 + day
    return erfa.c2t06a(
        julian, fraction + 69.184 / 86400, julian, fraction + ut1_minus_utc_s / 86400, 0.0, 0.0
    )


@pytest.mark.parametrize("year", [2000, 2011, 2018, 2026, 2035])
@pytest.mark.parametrize("fraction", [0.0, 0.3, 0.77])
def test_positions_agree_with_erfa_to_five_metres(year, fraction):
    days = np.array([(date(year, 1, 1) - date(1970, 1, 1)).days + k for k in range(0, 365, 13)])
    position = np.tile([4.0e6, -3.0e6, 5.0e6], (days.size, 1))
    utc_ns = days * NANOSECONDS_PER_DAY + round(fraction * NANOSECONDS_PER_DAY)
    found, _ = celestial_to_ecef(position, np.zeros_like(position), utc_ns)
    expected = np.array([erfa_matrix(int(day), fraction) @ position[0] for day in days])
    assert np.linalg.norm(found - expected, axis=1).max() < 5.0 * METRE


def test_ut1_is_used():
    """0.5 s of UT1 turn the Earth by 0.5 x 7.292115e-5 rad."""
    utc_ns = np.array([17_676 * NANOSECONDS_PER_DAY])
    position = np.array([[7.0e6, 0.0, 0.0]])
    early, _ = celestial_to_ecef(position, position * 0.0, utc_ns)
    late, _ = celestial_to_ecef(position, position * 0.0, utc_ns, 0.5)
    assert np.linalg.norm(late - early) == pytest.approx(7.0e6 * 0.5 * EARTH_ROTATION_RAD_S, rel=1e-4)
    assert late[0] == pytest.approx(erfa_matrix(17_676, 0.0, 0.5) @ position[0], abs=5.0 * METRE)


@pytest.mark.parametrize("frame", ["EME2000", "ICRF", "GCRF"])
def test_a_celestial_message_is_turned_to_the_earth(flight, epoch, frame):
    """A flight turned to the celestial frame by ERFA (velocity by the change in 1 s) and read back."""
    day = (epoch.date() - date(1970, 1, 1)).days
    seconds = flight.time_s + (epoch.hour * 3600 + 0.25)
    position, velocity = np.empty((31, 3)), np.empty((31, 3))
    for node, second in enumerate(seconds):
        before, now, after = (erfa_matrix(day, (second + d) / 86400).T for d in (-0.5, 0.0, 0.5))
        position[node] = now @ flight.position_ecef_m[node]
        velocity[node] = (
            now @ flight.velocity_ecef_m_s[node] + (after - before) @ flight.position_ecef_m[node]
        )
    celestial = type(flight)(flight.time_s, position, velocity)
    text = write_oem(Oem(epoch, "PARTNER", epoch, (OemSegment("ONE", "1", celestial),)))
    found = read_oem(text.replace("ITRF2000", frame), epoch=epoch)
    path = found.segments[0].ephemeris
    assert np.linalg.norm(path.position_ecef_m - flight.position_ecef_m, axis=1).max() < 5.0 * METRE
    assert np.linalg.norm(path.velocity_ecef_m_s - flight.velocity_ecef_m_s, axis=1).max() < 0.01
    assert found.notes == (
        f"ONE: turned from {frame} into the frame of the Earth with UT1 taken as UTC (up to 420 m), "
        "good to 25 m otherwise",
    )


def test_a_turning_velocity_in_a_celestial_message_is_noted(flight, epoch):
    """Positions celestial, velocities as seen from the Earth: 6 % off, read with a question."""
    text = write_oem(Oem(epoch, "PARTNER", epoch, (OemSegment("ONE", "1", flight),)))
    shifted = flight.velocity_ecef_m_s + np.cross([0.0, 0.0, EARTH_ROTATION_RAD_S], flight.position_ecef_m)
    wrong = type(flight)(flight.time_s, flight.position_ecef_m, shifted)
    assert read_oem(text).notes == ()
    (note,) = read_oem(write_oem(Oem(epoch, "PARTNER", epoch, (OemSegment("ONE", "1", wrong),)))).notes
    assert "from how the positions move; are they seen from the frame ITRF2000?" in note
