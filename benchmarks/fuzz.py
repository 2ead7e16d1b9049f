"""Fuzz every reader for long, and print what came of it as a table.

    python benchmarks/fuzz.py --seconds 600
    python benchmarks/fuzz.py --seconds 60 --only message --keep FOLDER

Each target of `tests/fuzz/test_*_readers.py` gets so many seconds. Inputs that end a reader, and the corpus,
are kept in the folder: a second run with the same one begins where the first ended. Exit status 1 if anything
was found. For the addresses of a server, set SYNASPIS_FUZZ_EXAMPLES=2000 and run
`pytest tests/unit/server/test_interface_fuzz.py`.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1] / "tests" / "fuzz"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60.0, help="for each target")
    parser.add_argument("--only", default="", help="one target")
    parser.add_argument(
        "--seed", type=int, default=None, help="of the fuzzer; by default another one each time"
    )
    parser.add_argument("--keep", type=Path, default=None, help="folder of corpus and findings")
    given = parser.parse_args()
    folder = (given.keep or Path(tempfile.mkdtemp(prefix="synaspis-fuzz-"))).resolve()
    seed = int.from_bytes(os.urandom(3)) if given.seed is None else given.seed
    environment = {**os.environ, "SYNASPIS_FUZZ_SEED": str(seed + 1)}
    found = runs = 0
    print(f"findings and corpus: {folder}, seed {seed}\n")
    print(f"{'target':<24}{'inputs':>10}{'a second':>10}{'accepted':>10}{'slowest':>10}")
    for file in sorted(TESTS.glob("test_*_readers.py")):
        words = [sys.executable, str(TESTS / "conftest.py"), str(file), "--seconds", str(given.seconds)]
        words += ["--folder", str(folder), "--only", given.only]
        with subprocess.Popen(
            words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
        ) as process:
            assert process.stdout is not None
            for line in process.stdout:
                ran = json.loads(line)
                runs += ran["runs"]
                print(
                    f"{ran['target']:<24}{ran['runs']:>10,}{ran['runs'] / ran['seconds']:>10,.0f}"
                    f"{ran['read']:>10,}{ran['slowest_ms']:>7,.0f} ms",
                    flush=True,
                )
                if ran["failure"]:
                    found += 1
                    print(ran["failure"], flush=True)
        if process.returncode:
            found += 1
            print(f"{file.name} ended with status {process.returncode}")
    print(f"\n{runs:,} inputs, {found} findings")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
