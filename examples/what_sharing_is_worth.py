"""What agreements on sharing are worth: one shield with them, without any, and with everything shared."""

import synaspis

europe = synaspis.load_scenario("europe")
people = {}
for sharing in ("none", "agreements", "all"):
    case = europe.coverage("2018", "mrbm-2000", sharing=sharing, step_deg=1.0, contributions=False)
    people[sharing] = int(case.defended_population)
    print(f"{sharing:>10}: {people[sharing] / 1e6:6.1f} million city inhabitants defended")

# Sharing never hurts: what one partner can do with its own sensors it can do with more.
assert people["none"] <= people["agreements"] <= people["all"]
assert people["none"] < people["all"]
