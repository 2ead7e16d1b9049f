"""What to add to the shield of 2015 for half a billion and for one and a half billion dollars."""

import synaspis

europe = synaspis.load_scenario("europe")
defended = []
for budget_usd in (0.5e9, 1.5e9):
    best = europe.plan(budget_usd=budget_usd, step_deg=1.0, points=0).to_dict()["best"]
    names = ", ".join(asset["name"] for asset in best["assets"])
    print(f"{budget_usd / 1e9:.1f} bn: {best['people_defended'] / 1e6:.0f} million people; {names}")
    assert best["spent_usd"]["value"] <= budget_usd
    assert best["gap"] == 0.0
    defended.append(best["people_defended"])

# More money never does worse where the best plan is proved.
assert defended[0] <= defended[1]
