"""The ten lines of README.md: what the shield of 2018 defends, and which asset it would miss most."""

import synaspis

europe = synaspis.load_scenario("europe")
shield = europe.coverage(phase="2018", threat="mrbm-2000", step_deg=1.0)
share = float(shield.defended_area / shield.threatened_area)
print(f"{share:.0%} of the threatened territory is defended in 2018")
losses = shield.contribution_population.to_series().sort_values(ascending=False)
print("Most would be lost without", losses.index[0])
shield.plot().savefig("shield.png")
assert 0.0 < share <= 1.0 < losses.max()
