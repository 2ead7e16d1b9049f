"""The load benchmark still runs and still accounts for every report; how fast is no matter of a test."""

import json
import subprocess
import sys
from pathlib import Path

LOAD = Path(__file__).parents[2] / "benchmarks" / "exchange" / "load.py"


def test_every_report_of_a_short_load_reaches_everybody_entitled_to_it():
    run = subprocess.run(
        [sys.executable, str(LOAD), "--short"], capture_output=True, text=True, check=True, timeout=600
    )
    seen = json.loads(run.stdout)
    # Four senders on five flights, once a second for four seconds.
    assert (seen["sent"], seen["accepted"], seen["unanswered"]) == (80, 80, 0)
    # Of ten partners eight are in alliances and see all; each report is seen by one of the two outsiders.
    assert seen["pairs"] == 80 * 9
    assert (seen["lost"], seen["gaps"], seen["states_unknown"], seen["exit_status"]) == (0, 0, 0, 0)
