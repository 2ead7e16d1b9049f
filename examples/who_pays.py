"""What the European shield costs over twenty years, and who pays under three rules."""

import synaspis

found = synaspis.load_scenario("europe").cost().to_dict()
total = found["total_usd"]
print(f"{total['value'] / 1e9:.1f} bn dollars of {found['base_year']}")
print(f"  5 to 95 percent: {total['low'] / 1e9:.1f} to {total['high'] / 1e9:.1f} bn")
for rule in ("where-they-fall", "common-funding", "equal"):
    paid = found["by_rule"][rule]["by_nation"]
    most = max(paid.values(), key=lambda nation: nation["total_usd"])
    print(f"{rule:>16}: {most['name']} pays most, {most['share']:.0%}")
    assert abs(sum(nation["share"] for nation in paid.values()) - 1.0) < 1e-9
print(f"{len(found['not_counted'])} costs are not public or lie outside these years")
