"""Load of a centre: partners on feeds, senders of track reports, everything on.

    python benchmarks/exchange/load.py [--short]

founds a centre in a temporary folder, serves it as an operator does, and puts it under load from one other
process. With --steps it raises the rate until the centre no longer keeps up.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import centre
from workload import Crowd

GENERATOR = Path(__file__).with_name("generator.py")
Seen = dict[str, Any]

SLOW_MS, STEP = 500.0, 1.25


def measure(
    *,
    partners: int,
    senders: int,
    flights: int,
    rate: float,
    seconds: float,
    warm: float,
    bundle_ms: float = 0.0,
    seed: int = 1,
) -> Seen:
    """One run on a new centre."""
    with tempfile.TemporaryDirectory(prefix="exchange-") as place:
        folder = Path(place) / "data"
        port = centre.found(folder, Crowd.of(partners, senders))
        serving = centre.Process(folder, port)
        try:
            given = {"partners": partners, "senders": senders, "flights": flights, "rate": rate}
            given |= {"seconds": seconds, "warm": warm, "bundle_ms": bundle_ms, "seed": seed}
            options = [f"--{name}={value}" for name, value in given.items()]
            seen = _generate([str(folder / "issued"), str(port), *options], serving)
            seen["memory_mib"] = serving.memory_mib()
        finally:
            status = serving.stop()
        seen["exit_status"] = status
        return given | seen


def _generate(arguments: list[str], serving: centre.Process) -> Seen:
    process = subprocess.Popen(
        [sys.executable, str(GENERATOR), *arguments], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    used: list[dict[str, float]] = []
    busy: list[float] = []
    seen: Seen = {}
    for line in process.stdout:
        if line.strip() in ("begin", "end"):
            used.append(serving.threads())
            busy.append(centre.busy_s())
        else:
            seen = json.loads(line)
    if process.wait() or not seen:
        raise RuntimeError(f"the generator failed; the centre said:\n{serving.said()[-2_000:]}")
    seconds = float(next(each for each in arguments if each.startswith("--seconds")).partition("=")[2])
    shares = {name: (spent - used[0].get(name, 0.0)) / seconds for name, spent in used[1].items()}
    others = (busy[1] - busy[0]) / seconds - sum(shares.values()) - seen["generator_cpu"]
    seen["other_work"] = round(max(0.0, others) / (os.cpu_count() or 1), 3)
    seen["threads"] = {name: round(share, 3) for name, share in shares.items() if share > 0.005}
    return seen


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--short", action="store_true", help="10 partners, 3 seconds: whether it still runs")
    parser.add_argument("--partners", type=int, default=200)
    parser.add_argument("--senders", type=int, default=20)
    parser.add_argument("--flights", type=int, default=25)
    parser.add_argument(
        "--rate", type=float, default=1.0, help="reports a second of each sender on each flight"
    )
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--warm", type=float, default=5.0)
    parser.add_argument(
        "--bundle-ms", type=float, default=0.0, help="reports of a sender go in one body for so long"
    )
    parser.add_argument("--steps", action="store_true", help="raise the rate until the centre cannot keep up")
    options = vars(parser.parse_args())
    steps, short = options.pop("steps"), options.pop("short")
    if short:
        options |= {"partners": 10, "senders": 4, "flights": 5, "seconds": 3.0, "warm": 1.0}
    if not steps:
        print(json.dumps({"load_average": os.getloadavg()[0], **measure(**options)}, indent=1))
        return
    for seen in raised(options):
        told = ("rate_per_s", "lost", "gaps", "deliver_ms", "events_per_s", "threads", "other_work")
        print(json.dumps({name: seen[name] for name in told}), flush=True)


def raised(options: dict[str, Any]) -> Iterator[Seen]:
    """Runs at rising rates, until reports are lost or one in a hundred takes longer than `SLOW_MS`."""
    options = options | {"rate": 0.4 * options["rate"]}
    while True:
        seen = measure(**options)
        rate = options["senders"] * options["flights"] * options["rate"]
        yield {"rate_per_s": round(rate), **seen}
        if seen["lost"] or seen["gaps"] or seen["deliver_ms"].get("99", SLOW_MS + 1) > SLOW_MS:
            return
        options |= {"rate": STEP * options["rate"]}


if __name__ == "__main__":
    main()
