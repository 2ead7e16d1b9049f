"""What each partner adds to the shield of 2018, and what it would be without any one of them."""

import synaspis

europe = synaspis.load_scenario("europe")
result = europe.cooperation(phase="2018", threats=["mrbm-2000"], by=["partner"], step_deg=1.0)
found = result.to_dict()["by"]["partner"]
for player in found["players"]:
    warning = player["threats"]["mrbm-2000"]["mean_warning_time_s"]
    if warning["shapley"]["value"] > 1.0:
        print(f"{player['name']:>15}: {warning['shapley']['value']:4.0f} s of warning by its Shapley value")

# Shapley values share out exactly what all have together beyond what nobody has.
shares = [p["threats"]["mrbm-2000"]["mean_warning_time_s"]["shapley"]["value"] for p in found["players"]]
whole, none = (found[of]["mrbm-2000"]["mean_warning_time_s"] for of in ("all", "none"))
assert abs(sum(shares) - (whole - none)) < 1e-6 * whole
