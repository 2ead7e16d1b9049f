"""How many of a raid get through: ten warheads by formula, and the raid that comes with Europe by runs."""

import synaspis
from synaspis.analyses.raid import KillProbability, simple_raid

tests = KillProbability.from_tests(22, 27)
alone = simple_raid(10, tests, 2, track_probability=0.95)
print(f"Ten warheads, two shots each: none gets through with {alone.to_dict()['p_no_leaker']['value']:.0%}")

result = synaspis.load_scenario("europe").raid(runs=2_000)
mean = result.leakage.leakers_mean
print(f"{result.raid}: {mean.value:.1f} of {result.missiles} get through ({mean.low:.1f} to {mean.high:.1f})")

found = result.to_dict()
assert abs(sum(found["leakage_pmf"]) - 1.0) < 1e-9
assert mean.low <= mean.value <= mean.high
