"""Load of an exercise: `fifteen-sites` in real time, with all gateways and with people at their pages.

    python benchmarks/exercise/fifteen.py [--from MIN] [--seconds S] [--short]

serves the exercise as an operator does, starts a gateway of each kind beside copies of kits, and lets one
other process be fifteen sessions of browsers and the programs at the far end of the gateways. The white
session starts the exercise, jumps to minute MIN (0: does not), and then it runs at the speed of the clock.
With --speed N no browser and no gateway is there, and it is asked whether the server keeps up at that speed.

Printed is one object of JSON. What a session was given is held against the stores, event by event; the time
from the receipt of a report, its agreed delay over, to the instant at which what follows from it has come is
taken for every event, session and gateway, and so is the lag of what falls due behind the clock.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import serving
from account import Account, Stores

from synaspis.core.clock import to_rfc3339
from synaspis.exercise import load_exercise

EXERCISE = "fifteen-sites"
CELLS = ("us", "gb", "de", "nl", "fr", "it", "es", "ro")
SECOND = ("us", "de", "fr", "it", "ro")
"""Cells at which a second person sits: with eight cells, white cell and observer fifteen sessions."""

GATEWAYS = {"cot": "de", "dis": "us", "globe": "it"}
BROWSERS = Path(__file__).with_name("browsers.py")
PAUSE_S, DRAIN_S, ACT_S = 1.0, 1.0, 20.0


class Bench:
    """Everything that runs. folder: for what is written."""

    def __init__(self, folder: Path, options: argparse.Namespace) -> None:
        self._folder, self._options = folder, options
        self.loaded = load_exercise(EXERCISE)
        self._port = serving.free_ports()
        self.serving = serving.Serving(folder, EXERCISE, self._port)
        self.gateways: dict[str, serving.Process] = {}

    def close(self) -> None:
        """End everything, gateways first."""
        for process in (*self.gateways.values(), self.serving):
            process.end()

    def open_gateways(self) -> dict[str, Any]:
        """Start a gateway of each kind; returns where each is met."""
        name, folder = self.loaded.document.name, self._folder
        ports = serving.free_ports()
        for kind, more in (
            ("cot", ("--listen", f"127.0.0.1:{ports}")),
            ("dis", ("--number", "7", "--send", f"127.0.0.1:{ports + 1}", "--bind", "127.0.0.1:0")),
            ("globe", ("--listen", f"127.0.0.1:{ports + 2}")),
        ):
            kit = serving.kit(folder / "data", "data", GATEWAYS[kind], folder)
            given = ["gateway", kind, str(kit), "--exercise", name, "--since", "0", *more]
            self.gateways[kind] = serving.Process(folder, kind, given)
        self.gateways["cot"].wait_for("Listening", of_errors=True)
        self.gateways["dis"].wait_for("Bound", of_errors=True)
        said = self.gateways["globe"].wait_for("stream.czml")
        path = next(line for line in said.split() if line.endswith("stream.czml")).partition(f":{ports + 2}")[
            2
        ]
        return {"cot": ports, "dis": ports + 1, "globe": [ports + 2, path]}

    def sessions(self) -> list[dict[str, Any]]:
        """Who sits where: every cell, the white cell, an observer, and a second person at some."""
        links = self.serving.links
        acts_s = ACT_S if self._options.seconds > ACT_S else 1.0
        found = [{"name": name, "link": links[name], "acts": acts_s} for name in (*CELLS, "white")]
        found.append({"name": "observer", "link": links["observer"], "view": "de"})
        for name in SECOND:
            asked = {"cell": name, "role": "nation", "name": f"Second of {name}"}
            found.append({"name": f"{name}-2", "link": asked})
        return found

    def plan(self, met: Mapping[str, Any], sessions: list[dict[str, Any]]) -> dict[str, Any]:
        """What the browsers are told."""
        options = self._options
        actions: list[dict[str, Any]] = [{"action": "start"}]
        if options.begin:
            to_us = self.loaded.starts_us + round(60e6 * options.begin)
            actions.append({"action": "jump", "to": to_rfc3339(to_us)})
        if options.speed:
            actions.append({"action": "speed", "speed": options.speed})
        return {
            "port": self._port,
            "operator": self.serving.links["operator"],
            "sessions": sessions,
            "actions": actions,
            "pause_s": PAUSE_S,
            "seconds": options.seconds,
            "drain_s": DRAIN_S,
            "out": str(self._folder / "seen.json"),
            **met,
        }

    def measure(self, plan: Mapping[str, Any]) -> dict[str, Any]:
        """Let the browsers run; returns processor time of every process, in cores."""
        generator = subprocess.Popen(
            [sys.executable, str(BROWSERS)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert generator.stdin is not None
        assert generator.stdout is not None
        generator.stdin.write(json.dumps(plan) + "\n")
        generator.stdin.flush()
        marks: list[tuple[float, dict[str, float], dict[str, float]]] = []
        for line in generator.stdout:
            if line.strip() in ("begin", "end"):
                used = {name: each.cpu_s() for name, each in self._all().items()}
                marks.append((serving.busy_s(), used, self.serving.threads()))
        if generator.wait() or len(marks) != 2:
            raise RuntimeError(f"the browsers failed; the server said:\n{self.serving.errors()[-2_000:]}")
        (busy0, used0, threads0), (busy1, used1, threads1) = marks
        seconds = self._options.seconds
        cores = {name: round((spent - used0[name]) / seconds, 3) for name, spent in used1.items()}
        shares = {name: (spent - threads0.get(name, 0.0)) / seconds for name, spent in threads1.items()}
        return {
            "cores": cores,
            "threads": {name: round(share, 3) for name, share in sorted(shares.items()) if share > 0.003},
            "memory_mib": {name: round(each.memory_mib()) for name, each in self._all().items()},
            "busy": round((busy1 - busy0) / seconds, 3),
        }

    def _all(self) -> dict[str, serving.Process]:
        return {"serve": self.serving, **self.gateways}

    def ephemeris(self) -> int:
        """States in the ephemeris of track 1 of the kit that the CoT gateway used; 0 if it was shown none."""
        kit = self._folder / f"kit-data-{GATEWAYS['cot']}"
        name = self.loaded.document.name
        told = subprocess.run(
            [str(serving.PROGRAM), "gateway", "oem", str(kit), "--exercise", name, "--track", "1", "--json"],
            capture_output=True,
            text=True,
            check=False,
        )
        return int(json.loads(told.stdout)["states"]) if not told.returncode else 0


def real_time(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """The exercise at the speed of the clock, with everything on."""
    bench = Bench(folder, options)
    try:
        met = bench.open_gateways()
        sessions = bench.sessions()
        views = {each["name"]: str(each.get("view", each["name"])).partition("-")[0] for each in sessions}
        used = bench.measure(bench.plan(met, sessions))
    finally:
        bench.close()
    seen = json.loads((folder / "seen.json").read_text())
    account = Account(Stores.read(folder / "data", bench.loaded), seen, views)
    told = account.told()
    gateways = {kind: account.gateway(kind, cell) for kind, cell in GATEWAYS.items()}
    generator = round(seen["generator_cpu"], 3)
    others = used["busy"] - sum(used["cores"].values()) - generator
    return {
        "sessions": len(views),
        **told,
        "gateways": gateways | {"oem": {"states": bench.ephemeris()}},
        **used,
        "generator_cores": generator,
        "other_work": round(max(0.0, others), 3),
        "cut": {name: count for name, count in seen["cut"].items() if count},
        "failed": seen["failed"],
    }


def faster(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """The exercise at a speed, with nobody but the white cell looking on."""
    bench = Bench(folder, options)
    try:
        plan = bench.plan({}, [{"name": "white", "link": bench.serving.links["white"]}])
        used = bench.measure(plan)
    finally:
        bench.close()
    seen = json.loads((folder / "seen.json").read_text())
    account = Account(Stores.read(folder / "data", bench.loaded), seen, {"white": "white"})
    return {"speed": options.speed, **account.paced(), **used}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--from", dest="begin", type=float, default=13.5, help="minute to jump to first")
    parser.add_argument("--seconds", type=float, default=150.0, help="measured, at the speed of the clock")
    parser.add_argument("--speed", type=float, default=0.0, help="nobody looks on, and it runs so fast")
    parser.add_argument("--short", action="store_true", help="a few seconds: whether it still runs")
    parser.add_argument("--keep", type=Path, help="folder to be left with everything that was written")
    options = parser.parse_args()
    if options.short:
        options.begin, options.seconds = 13.5, 4.0
    run = faster if options.speed else real_time
    told = {"load_average": os.getloadavg()[0]}
    if options.keep is not None:
        options.keep.mkdir(parents=True)
        told |= run(options, options.keep)
    else:
        with tempfile.TemporaryDirectory(prefix="exercise-") as place:
            told |= run(options, Path(place))
    print(json.dumps(told, indent=1))


if __name__ == "__main__":
    main()
