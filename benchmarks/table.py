"""Turn the JSON of a benchmark run into tables.

    python benchmarks/table.py [out/benchmark.json]

writes them between the two marks in docs/methods/speed.md.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "methods" / "speed.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
Row = dict[str, Any]


def short(value: float) -> str:
    """Three digits, thousands apart."""
    if value >= 100.0:
        digits = max(0, len(str(int(value))) - 3)
        return f"{round(value / 10**digits) * 10**digits:,.0f}"
    return f"{value:.3g}"


def markdown(head: list[str], rows: list[list[str]]) -> str:
    """A table whose columns after the first are numbers."""
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def chosen(rows: list[Row], kind: str) -> list[Row]:
    return [row for row in rows if row["extra_info"].get("kind") == kind]


def ceiling_gflop_s(rows: list[Row]) -> float:
    """The best matrix product of a run; 0 if none was measured."""
    return max((row["extra_info"].get("matrix_product_gflop_s", 0.0) for row in rows), default=0.0)


def disturbance(row: Row) -> str:
    """Share of the cores that other work took."""
    share = row["extra_info"].get("other_work")
    return "" if share is None else f"{share:.0%}"


def kernels(rows: list[Row]) -> str:
    lines, ceiling = [], ceiling_gflop_s(rows)
    for row in rows:
        info, work = row["extra_info"], sum(row["extra_info"]["operations"].values())
        rate, best = (info["count"] / row["stats"][which] for which in ("median", "min"))
        gflop_s = work * rate / 1e9
        share = gflop_s / ceiling
        slow = info["operations"]["slow"] / work
        lines.append(
            [
                *(
                    info["what"],
                    short(rate),
                    short(best),
                    short(info["target"]),
                    f"{rate / info['target']:.2f}",
                ),
                *(short(work), f"{slow:.1%}", f"{gflop_s:.1f}", f"{share:.0%}", disturbance(row)),
            ]
        )
    head = [
        *("", "a second, median", "a second, best", "target", "median / target"),
        *("operations each", "divisions and roots", "GFLOP/s", "share of a matrix product", "other work"),
    ]
    return markdown(head, lines)


def whole_runs(rows: list[Row]) -> str:
    lines = []
    for row in rows:
        info, stats = row["extra_info"], row["stats"]
        lines.append(
            [
                *(info["what"], f"{stats['median']:.1f} s", f"{stats['min']:.1f} s"),
                *(f"{info['target_s']:.0f} s", disturbance(row)),
            ]
        )
        if info["kind"] == "study":
            first, target = f"{info['first_s']:.1f} s", f"{info['first_target_s']:.0f} s"
            lines.append(["the same, first run, with compilation", first, "", target, ""])
            compiling = f"{info['first_s'] - stats['median']:.1f} s"
            lines.append(["the same, compilation alone (first run less second)", compiling, "", "60 s", ""])
            memory, limit = f"{info['memory_mib']:.0f} MiB", f"{info['memory_target_mib']:.0f} MiB"
            lines.append(["the same, largest memory", memory, "", limit, ""])
    return markdown(["", "median", "best", "target", "other work"], lines)


def programs(rows: list[Row]) -> str:
    parts = []
    for level in sorted({row["extra_info"]["level_m"] for row in rows}, reverse=True):
        here = [row for row in rows if row["extra_info"]["level_m"] == level]
        rate = {id(row): row["extra_info"]["count"] / row["stats"]["median"] for row in here}
        ours = next(rate[id(row)] for row in here if row["extra_info"]["program"] == "Synaspis")
        lines = []
        for row in sorted(here, key=lambda row: -rate[id(row)]):
            info, median = row["extra_info"], rate[id(row)]
            best = info["count"] / row["stats"]["min"]
            lines.append(
                [
                    *(f"{info['program']}: {info['arrangement']}", info["setting"]),
                    *(f"{info['worst_error_m']:.1e} m", str(info["cores"])),
                    *(short(median), short(best), short(ours / median), disturbance(row)),
                ]
            )
        head = [
            *("", "setting", "worst error", "cores", "arcs/s, median", "arcs/s, best"),
            *("Synaspis over this", "other work"),
        ]
        parts.append(f"Ends off by about {level:g} m:\n\n{markdown(head, lines)}")
    return "\n\n".join(parts)


def text(rows: list[Row]) -> str:
    """All tables that the rows give."""
    found = (
        (kernels, chosen(rows, "kernel")),
        (whole_runs, chosen(rows, "coverage") + chosen(rows, "study")),
        (programs, chosen(rows, "program")),
    )
    return "\n\n".join(part(of_kind) for part, of_kind in found if of_kind)


def measured_on(run: Row) -> str:
    """Machine, versions and day of a run."""
    machine = run["machine_info"]
    ceiling = ceiling_gflop_s(run["benchmarks"])
    peak = f", {ceiling:.0f} GFLOP/s in a matrix product" if ceiling else ""
    return (
        f"Measured on {run['datetime'][:10]}: {machine['cpu']['brand_raw']}, {machine['cores']} cores{peak}; "
        f"{machine['system']}, Python {machine['python_version']}."
    )


def main(path: Path) -> None:
    run = json.loads(path.read_text("utf-8"))
    page = PAGE.read_text("utf-8")
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(
        f"{before}{BEGIN}\n\n{measured_on(run)}\n\n{text(run['benchmarks'])}\n\n{END}{after}", "utf-8"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "out" / "benchmark.json")
