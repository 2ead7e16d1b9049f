"""A partner gives a trajectory without its model: a flight, written as a CCSDS ephemeris and read back."""

from datetime import UTC, datetime
from math import radians

import numpy as np

import synaspis
from synaspis.gateways import Oem, OemSegment, read_oem, write_oem

missile = synaspis.load_catalogue().missiles["mrbm-1300"]
launch = radians(35.0), radians(46.0)
aim_point = radians(39.0), radians(35.0)
flight = synaspis.fly_to(missile, *launch, *aim_point)
assert flight.ephemeris is not None, flight.status.sentence
print(
    f"{flight.range_m / 1e3:.0f} km in {flight.time_of_flight_s:.0f} s, apogee {flight.apogee_m / 1e3:.0f} km"
)

epoch = datetime(2026, 11, 22, 12, tzinfo=UTC)
message = Oem(epoch, "EXAMPLE", epoch, (OemSegment("NOTIONAL", "2026-000A", flight.ephemeris),))
text = write_oem(message)
print("\n".join(text.splitlines()[:14]))

# What the partner reads is the same path, to the micrometre that the format carries.
again = read_oem(text).segments[0].ephemeris
assert np.abs(again.position_ecef_m - flight.ephemeris.position_ecef_m).max() < 1e-5
assert abs(again.events["impact"] - flight.ephemeris.events["impact"]) < 1e-6
