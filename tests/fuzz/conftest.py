"""Fuzzing of readers: atheris in a process of its own, bounded in time, memory and time for one input.

A test file here has a table `TARGETS`: name to (function that takes bytes, inputs to begin with, exceptions
that it may raise). Whatever else it raises is a defect, as is an input that takes more than `INPUT_S` of the
processor. Run as a program, this file fuzzes the targets of one test file:

    python tests/fuzz/conftest.py tests/fuzz/test_message_readers.py --seconds 60

`benchmarks/fuzz.py` does so for all of them. Only synaspis is instrumented, without its
compiled kernels. The modules are imported once; each target then runs in a fork, because the fuzzer ends its
process.
"""

import argparse
import importlib.util
import json
import mmap
import os
import random
import resource
import shutil
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "synaspis"

SECONDS = float(os.environ.get("SYNASPIS_FUZZ_SECONDS", "0"))
"""For each target; without it, so many inputs or a second, whichever comes first, as in CI."""

CI_INPUTS = 250
INPUT_S = float(os.environ.get("SYNASPIS_FUZZ_INPUT_S", "2.0"))
"""Processor time that one input may take; instrumented code is several times slower than plain code."""

MEMORY_MB = 900
INPUT_MB = 200
"""By how much one input may raise the peak of memory."""

ADDRESSES_MB = 6_000
HANGING_S = 60
ROUND_S = 20.0
INPUT_BYTES = 80_000
COUNTS = struct.Struct("<qqqq")

HOSTILE = (
    None, True, False, 0, -1, 1, 2**31, 2**53, 2**64, 10**30, -0.0, 0.5, 1e308, -1e308, 5e-324, 360.0, 181.0,
    "", "a", "\x00", "\n", "\u2028", "\ud7ff", "\ufeff", "'", '"', "%s{0}", "../../etc", "1e999", "NaN", "-",
    "~", "2026-11-25T06:30:20Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:60Z", "a" * 300, "A" * 5_000,
    "centre", [], {}, [[]], [{}], {"": {}}, {"a": 1}, [0] * 300, {str(key): key for key in range(70)},
)  # fmt: skip


@dataclass
class Ran:
    """What became of one target. runs: inputs; read: of them accepted; slowest_ms: of the processor."""

    target: str
    runs: int
    read: int
    slowest_ms: float
    seconds: float
    failure: str


def changed(value: Any, chance: random.Random) -> Any:
    """A JSON value with a few parts replaced, removed, doubled, moved or renamed; or some numbers changed."""
    if chance.random() < 0.3:
        numbers = [(holder, key) for holder, key in _places(value) if isinstance(holder[key], int | float)]
        for holder, key in chance.sample(numbers, min(len(numbers), chance.randrange(1, 4))):
            holder[key] = _near(holder[key], chance)
        return value
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        places = list(_places(value))
        if not places:
            return chance.choice(HOSTILE)
        holder, key = chance.choice(places)
        match chance.randrange(8):
            case 0 | 1 | 2:
                holder[key] = chance.choice(HOSTILE)
            case 3:
                del holder[key]
            case 4:
                other, at = chance.choice(places)
                if at in other if isinstance(other, dict) else at < len(other):
                    holder[key] = json.loads(json.dumps(other[at]))
            case 5 if isinstance(holder, list):
                holder.insert(key, holder[key])
            case 6 if isinstance(holder, dict):
                holder[str(chance.choice(HOSTILE))[:80]] = holder.pop(key)
            case _:
                holder[key] = _near(holder[key], chance)
    return value


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in list(inside):
        yield value, key
        yield from _places(part)


def _near(value: Any, chance: random.Random) -> Any:
    if isinstance(value, bool) or value is None:
        return not value
    if isinstance(value, int | float):
        return chance.choice((-value, value + 1, value * 1000, value / 1000, value + 0.5, float(value)))
    if isinstance(value, str) and value:
        at = chance.randrange(len(value))
        return value[:at] + chance.choice(("", "0", "9", "\u00e9", ".", "-", value)) + value[at + 1 :]
    return [value]


def _mutator(mutate: Callable[[bytes, int], bytes]) -> Callable[[bytes, int, int], bytes]:
    """Half of the inputs that are JSON keep being JSON: deep inside a reader nothing else arrives."""

    def one(data: bytes, most: int, seed: int) -> bytes:
        chance = random.Random(seed)
        if chance.random() < 0.7:
            try:
                return json.dumps(changed(json.loads(data), chance)).encode()[:most]
            except (ValueError, RecursionError):
                pass
        return mutate(data, most)

    return one


def fuzz(file: Path, seconds: float, folder: Path, only: str = "") -> Iterator[Ran]:
    """Fuzz the targets of one test file, one after the other."""
    import atheris

    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    scratch = folder / "scratch"
    scratch.mkdir(parents=True, exist_ok=True)
    tempfile.tempdir = str(scratch)
    # numba cannot compile what atheris has put its counters into.
    kernels = [f"synaspis.engine.{path.stem}" for path in (SOURCE / "engine").glob("*.py")]
    with atheris.instrument_imports(include=["synaspis"], exclude=kernels):
        spec = importlib.util.spec_from_file_location(file.stem, file)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    for name, (run, seeds, allowed) in module.TARGETS.items():
        if not only or name == only:
            place = folder / name
            (place / "corpus").mkdir(parents=True, exist_ok=True)
            for number, seed in enumerate(seeds()):
                (place / "corpus" / f"seed-{number}").write_bytes(seed)
            yield _rounds(seconds, partial(_fork, atheris, name, run, allowed, place))
    shutil.rmtree(scratch, ignore_errors=True)


def _rounds(seconds: float, one: Callable[[float], Ran]) -> Ran:
    """A target again and again in a new process each time: atheris keeps memory for what it has seen."""
    ran = one(min(seconds, ROUND_S))
    while not ran.failure and ran.seconds < seconds - 1:
        more = one(min(seconds - ran.seconds, ROUND_S))
        ran = Ran(
            ran.target, ran.runs + more.runs, ran.read + more.read, max(ran.slowest_ms, more.slowest_ms),
            ran.seconds + more.seconds, more.failure,
        )  # fmt: skip
    return ran


def _fork(atheris: Any, name: str, run: Any, allowed: Any, place: Path, seconds: float) -> Ran:
    shared = mmap.mmap(-1, COUNTS.size)
    began = time.monotonic()
    child = os.fork()
    if child == 0:
        try:
            _fuzz_one(atheris, run, allowed, place, seconds, shared)
        finally:
            os._exit(99)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    runs, read, slowest_us, _ = COUNTS.unpack(shared[:])
    failure = "" if status == 0 else _failure(status, place)
    return Ran(name, runs, read, slowest_us / 1000, time.monotonic() - began, failure)


def _fuzz_one(atheris: Any, run: Any, allowed: Any, place: Path, seconds: float, shared: mmap.mmap) -> None:
    with (place / "said").open("wb") as said:
        os.dup2(said.fileno(), 1)
        os.dup2(said.fileno(), 2)
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESSES_MB << 20, ADDRESSES_MB << 20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.chdir(place)
    counts = [0, 0, 0, 0]

    def one(data: bytes) -> None:
        began, peak_kib = time.process_time_ns(), _peak_kib()
        counts[0] += 1
        try:
            run(data)
            counts[1] += 1
        except allowed:
            pass
        grew_mb = (_peak_kib() - peak_kib) / 1024
        took_us = (time.process_time_ns() - began) // 1000
        counts[2] = max(counts[2], took_us)
        shared[:] = COUNTS.pack(*counts)
        if grew_mb > INPUT_MB:
            raise AssertionError(f"one input of {len(data)} bytes took {grew_mb:.0f} MB more than any before")
        if took_us > INPUT_S * 1e6:
            raise AssertionError(
                f"one input of {len(data)} bytes took {took_us / 1e6:.2f} s of the processor"
            )

    options = [
        f"-max_total_time={max(1, round(seconds))}", f"-runs={-1 if seconds else CI_INPUTS}",
        f"-max_len={INPUT_BYTES}", f"-rss_limit_mb={MEMORY_MB}",
        f"-timeout={HANGING_S}", f"-artifact_prefix={place}/", "-len_control=0", "-verbosity=0",
        "-seed=" + os.environ.get("SYNASPIS_FUZZ_SEED", "1"), str(place / "corpus"),
    ]  # fmt: skip
    atheris.Setup(
        ["fuzz", *options], one, custom_mutator=_mutator(lambda data, most: atheris.Mutate(data, most))
    )
    atheris.Fuzz()


def _peak_kib() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _failure(status: int, place: Path) -> str:
    said = (place / "said").read_text(errors="replace")
    inputs = [
        path for path in place.iterdir() if path.name.startswith(("crash-", "timeout-", "oom-", "slow-"))
    ]
    shown = "\n".join(f"{path.name}: {path.read_bytes()[:1500]!r}" for path in inputs)
    return f"status {status}\n{said[-4000:]}\n{shown}"


def fuzz_apart(file: Path, seconds: float = SECONDS, only: str = "", input_s: float = INPUT_S) -> list[Ran]:
    """Fuzz the targets of a test file in another process; skips where there is no atheris."""
    pytest.importorskip("atheris", reason="atheris is there for Linux and CPython alone")
    with tempfile.TemporaryDirectory() as folder:
        words = [sys.executable, __file__, str(file), "--seconds", str(seconds), "--folder", folder]
        environment = {**os.environ, "SYNASPIS_FUZZ_INPUT_S": str(input_s)}
        done = subprocess.run(
            [*words, "--only", only], capture_output=True, text=True, check=False, env=environment
        )
        assert done.returncode == 0, done.stderr[-4000:]
    return [Ran(**json.loads(line)) for line in done.stdout.splitlines()]


def assert_sound(file: str) -> None:
    """Fuzz the targets of a test file: each has run, read something, and nothing was found."""
    ran = fuzz_apart(Path(file))
    assert ran
    found = [f"{each.target}: {each.failure}" for each in ran if each.failure]
    assert not found, "\n\n".join(found)
    idle = [each.target for each in ran if not each.runs or not each.read]
    assert not idle, f"nothing was read by {idle}: the inputs to begin with are no longer valid"


@pytest.fixture(scope="session")
def sound() -> Callable[[str], None]:
    return assert_sound


@pytest.fixture(scope="session")
def fuzzed() -> Callable[..., list[Ran]]:
    return fuzz_apart


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--folder", type=Path, default=None)
    parser.add_argument("--only", default="")
    given = parser.parse_args()
    folder = given.folder or Path(tempfile.mkdtemp(prefix="synaspis-fuzz-"))
    for ran in fuzz(given.file.resolve(), given.seconds, folder, given.only):
        sys.stdout.write(json.dumps(asdict(ran)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
