"""The table of what each format carries of each thing, made by trial as `synaspis gateway carries` does."""

from synaspis.gateways.carriage import FORMATS, Row, items_of, rows_of

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


def lost_of(rows: tuple[Row, ...]) -> str:
    """What is not carried, or in part, by reason."""
    whys: dict[str, list[str]] = {}
    for row in rows:
        if row.carried != "yes":
            marked = " (in part)" if row.carried == "in part" else ""
            whys.setdefault(row.why, []).append(f"`{row.part}`{marked}")
    if len(whys) == 1 and len(rows) == len(next(iter(whys.values()))):
        return f"all of it: {next(iter(whys))}"
    return "; ".join(f"{', '.join(parts)}: {why}" for why, parts in whys.items()) or "nothing"


def of_format(name: str) -> str:
    """What a format does not carry of each thing; things that lose the same stand together."""
    together: dict[str, list[str]] = {}
    for item in items_of(name):
        rows = rows_of(name, item)
        carried = sum(row.carried == "yes" for row in rows)
        together.setdefault(lost_of(rows), []).append(f"{item} ({carried} of {len(rows)})")
    lines = [f"| {', '.join(items)} | {lost} |" for lost, items in together.items()]
    head = [f"## {TITLES[name]}", "", "| Thing (parts carried) | Not carried, or in part |", "|---|---|"]
    return "\n".join([*head, *lines]) + "\n"


def pages() -> dict[str, str]:
    """Name and text of each page."""
    return {"carried-by-formats": "\n".join([HEAD, *map(of_format, FORMATS)])}
