"""What the numbers of a study do not say, in plain words."""

from __future__ import annotations

import numpy as np
import xarray as xr

from synaspis.scenario import Scenario

_ALWAYS = (
    "Defended means that there is time and reach for at least the shots required against one missile from "
    "every launch point assumed. It is no promise of a hit: no probability of kill, no failure, no raid "
    "of several missiles and no number of interceptors left enters the numbers of coverage.",
    "Countermeasures, decoys, jamming and the load on sensors are left out on purpose; all of them make a "
    "real defence weaker than these maps.",
    "Threats are notional classes by range, with rounded values. They are no missile of any country, and "
    "the launch points are places that the user chose, not statements about bases.",
    "Interceptors are envelopes: a public burnout speed with limits of altitude, time and range. How one "
    "is guided or what its seeker sees is not modelled.",
    "Radar ranges scale from one published or estimated range for one target size; a real target looks "
    "larger or smaller as it turns, and a burning missile larger than what re-enters, whose size is used "
    "for the whole flight. Terrain does not mask anything; the horizon does, with refraction.",
    "What an asset adds is what would be lost without it alone. Where several cover the same ground each "
    "adds little, although none of them is useless.",
    "Delays of command and communication are assumed, for none was published. Who decides, and whether he "
    "would, is taken as settled.",
    "Warning time ends at the impact. What remains for people to take shelter is shorter by the time that "
    "a public alarm takes.",
    "Population counts inhabitants of cities of 15,000 and more, at one point each; people in smaller "
    "places are not counted.",
    "Debris and failed intercepts, and where they come down, are left out of the numbers of coverage.",
)


def limits_of(scenario: Scenario, dataset: xr.Dataset) -> tuple[str, ...]:
    """Return the limits of a study, those of its grid and its scenario included."""
    latitude = dataset["latitude"].values
    step_deg = float(abs(np.diff(latitude).mean())) if latitude.size > 1 else 0.0
    grid = (
        f"The map has cells of {step_deg:g}° ({111.2 * step_deg:.0f} km from south to north); "
        "a cell counts whole or not at all, by what holds at its centre.",
    )
    lost = int(dataset.attrs.get("flights_not_found", 0))
    missing = (
        (f"{lost} flights within the range of their class were not found and are left out.",) if lost else ()
    )
    notices = (f"{notice[:1].upper()}{notice[1:]}." for notice in scenario.notices())
    return (*_ALWAYS, *grid, *missing, *notices)
