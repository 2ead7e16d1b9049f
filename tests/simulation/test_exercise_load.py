"""The benchmark of a served exercise runs and accounts for every event; how fast is no matter of a test."""

import json
import subprocess
import sys
from pathlib import Path

LOAD = Path(__file__).parents[2] / "benchmarks" / "exercise" / "fifteen.py"


def test_every_session_and_gateway_of_a_short_load_gets_all_that_is_stored_for_it():
    run = subprocess.run(
        [sys.executable, str(LOAD), "--short"], capture_output=True, text=True, check=False, timeout=150
    )
    assert run.returncode == 0, run.stderr[-4_000:]
    seen = json.loads(run.stdout)
    # Eight cells, five second persons, the white cell and an observer.
    assert seen["sessions"] == 15
    assert (seen["not_as_stored"], seen["failed"], seen["cut"]) == ({}, [], {})
    for name in ("cot", "dis", "globe"):
        assert seen["gateways"][name]["missing"] == 0
    assert seen["gateways"]["oem"]["states"] > 0
    assert seen["receipt_to_browser_ms"]["n"] > 0
