"""Over which countries intercepts of a 1,300 km missile happen, and on which fragments may come down."""

import synaspis

europe = synaspis.load_scenario("europe")
result = europe.consequences("2018", "mrbm-1300", step_deg=1.0)
print(f"{result.engaged} of {result.flown} flights can be engaged")
for row in result.countries():
    most = max(row["missile_fragments_share_most"], row["interceptor_fragments_share_most"])
    print(f"{row['country']} ({row['standing']}): up to {most:.0%} of the fall area of one battery")
    assert 0.0 <= most <= 1.0 + 1e-9

assert result.engaged <= result.flown
assert float(result.layer.fall_share.max()) <= 1.0
