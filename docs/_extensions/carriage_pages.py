"""The table of what each format carries of each thing, made by trial as `synaspis gateway carries` does."""

from synaspis.gateways.carriage import FORMATS, items_of, rows_of

HEAD = """# What each format carries

Made by the program: each value of an example is changed in turn, and what is written has to change with it.
A value that leaves no trace and is not listed would fail the tests. `synaspis gateway carries FORMAT THING`
prints the same with every part; what a running gateway leaves out it says on standard error.
"""

TITLES = {
    "cot": "Cursor on Target",
    "dis": "DIS 7",
    "kml": "KML",
    "czml": "CZML",
    "oem": "CCSDS OEM",
    "geojson": "GeoJSON",
    "cap": "CAP 1.2",
}


def of_format(name: str) -> str:
    """What a format does not carry, and where what it carries stands."""
    items = items_of(name)
    lines = [
        f"## {TITLES[name]}",
        "",
        "| Thing | Parts | Carried | Not carried, or in part |",
        "|---|---:|---:|---|",
    ]
    for item in items:
        rows = rows_of(name, item)
        whys: dict[str, list[str]] = {}
        for row in rows:
            if row.carried != "yes":
                marked = " (in part)" if row.carried == "in part" else ""
                whys.setdefault(row.why, []).append(f"`{row.part}`{marked}")
        if len(rows) == sum(map(len, whys.values())) and len(whys) == 1:
            lost = f"all of it: {next(iter(whys))}"
        else:
            lost = "; ".join(f"{', '.join(parts)}: {why}" for why, parts in whys.items())
        lines.append(
            f"| {item} | {len(rows)} | {sum(row.carried == 'yes' for row in rows)} | {lost or 'nothing'} |"
        )
    return "\n".join(lines) + "\n"


def pages() -> dict[str, str]:
    """Name and text of each page."""
    return {"carried-by-formats": "\n".join([HEAD, *map(of_format, FORMATS)])}
