"""How many of a raid get through, what is fired at it, and how sure that is."""

from synaspis.analyses.raid.closed_form import (
    leakage_of_mixed,
    leakage_pmf,
    random_allocation_pmf,
    required_shots,
    required_track_probability,
    required_warhead_kill_probability,
    salvo_kill_probability,
    volley_shots_mean,
)
from synaspis.analyses.raid.document import RaidDocument, check_raid, load_raid
from synaspis.analyses.raid.evidence import Interval, KillProbability, clopper_pearson, wilson
from synaspis.analyses.raid.leakage import Estimate, Leakage
from synaspis.analyses.raid.raid import SEED, raid
from synaspis.analyses.raid.result import BatteryOutcome, GroupOutcome, RaidResult
from synaspis.analyses.raid.simple import SimpleRaid, simple_raid

__all__ = [
    "SEED",
    "BatteryOutcome",
    "Estimate",
    "GroupOutcome",
    "Interval",
    "KillProbability",
    "Leakage",
    "RaidDocument",
    "RaidResult",
    "SimpleRaid",
    "check_raid",
    "clopper_pearson",
    "leakage_of_mixed",
    "leakage_pmf",
    "load_raid",
    "raid",
    "random_allocation_pmf",
    "required_shots",
    "required_track_probability",
    "required_warhead_kill_probability",
    "salvo_kill_probability",
    "simple_raid",
    "volley_shots_mean",
    "wilson",
]
