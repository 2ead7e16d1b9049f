"""What a phase adds: the cells that one phase defends and the one before did not."""

import synaspis

europe = synaspis.load_scenario("europe")
shield = europe.coverage(["2011", "2018"], "mrbm-2000", step_deg=1.0, contributions=False)
gained = shield.defended.sel(phase="2018").astype(int) - shield.defended.sel(phase="2011").astype(int)
gained_area = (gained * shield.cell_area).where(shield.territory == 1).sum() / 1e12
print(f"2018 defends {float(gained_area):.2f} million km2 more than 2011")

assert shield.defended_area.attrs["units"] == "m2"
assert float(gained_area) > 0.0
