"""The command line as a whole: manual, exit statuses, one JSON document, broken pipes, interrupts."""

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from synaspis.analyses import outputs
from synaspis.cli import main

FULL = Path("/dev/full")
QUICK = ("--no-launch-area", "--no-contributions", "--questions", "coverage")
RUN = [sys.executable, "-c", "from synaspis.cli import main; main()"]


def run(*words, **options):
    """Run the command line in a process of its own."""
    return subprocess.run([*RUN, *words], capture_output=True, text=True, timeout=120, check=False, **options)


def test_help_is_a_manual(call):
    manual = call("--help").out
    for heading in ("Ask about a shared defence:", "Ask about one flight:", "Examples:", "Exit status:"):
        assert heading in manual
    for name, command in main.commands.items():
        assert f"  {name} " in manual
        for child in getattr(command, "commands", {}):
            assert f"    {child} " in manual


def test_without_a_command_the_manual_is_shown(call):
    assert call().out == call("--help").out


FILES_OF_EXAMPLES = (
    "request.yaml", "alpha-checkpoint", "note.json", "report.json", "label.json",
    "tak.pem", "tak.key", "ca.pem", "us.pem", "us.key",
)  # fmt: skip
"""Some options ask for files that are there."""


def answers(command, path=()):
    if isinstance(command, click.Group):
        for name, child in command.commands.items():
            yield from answers(child, (*path, name))
    else:
        yield path, command


@pytest.mark.parametrize(("path", "command"), list(answers(main)), ids=lambda value: str(value)[:40])
def test_every_command_shows_examples_that_it_would_take(call, path, command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in FILES_OF_EXAMPLES:
        (tmp_path / name).touch()
    assert command.examples
    assert "Exit status" in call(*path, "--help").out
    for example in command.examples:
        for part in example.split("&&"):
            words = part.split(" > ")[0].split()
            assert words[0] == "synaspis"
            found, rest = main, words[1:]
            while isinstance(found, click.Group):
                found, rest = found.commands[rest[0]], rest[1:]
            found.make_context(found.name, list(rest), resilient_parsing=False)


def test_the_manual_comes_quickly_and_without_the_engine():
    # What takes the time is what is loaded; seconds are no test on a busy machine.
    code = (
        "import sys; from synaspis.cli import main\n"
        "HEAVY = ('numba', 'numpy', 'scipy', 'xarray', 'pydantic', 'shapely')\n"
        "try: main(['--help'])\n"
        "finally: print([m for m in HEAVY if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0
    assert done.stderr.strip().splitlines()[-1] == "[]"


def test_check_does_not_load_the_compiler():
    code = (
        "import sys; from synaspis.cli import main\n"
        "try: main(['check', '--apogee-km', '4475', '--range-km', '950', '--time-s', '3180'])\n"
        "finally: print('numba' in sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stderr.strip().splitlines()[-1] == "False"


def test_the_version_is_that_of_the_package(call):
    from importlib.metadata import version

    assert call("--version").out == f"synaspis {version('synaspis')}\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["stduy"], "No such command 'stduy'"),
        (["check", "--apogee"], "No such option"),
        (["coverage", "europe"], "Missing option '--phase'"),
        (["export", "x", "--format", "pdf", "--output", "y"], "'pdf' is not one of"),
    ],
)
def test_a_wrong_call_is_a_fault_with_status_2(call, words, said):
    done = call(*words, "--json")
    assert done.status == 2
    assert said in done.document["error"]["faults"][0]["what"]
    assert said in done.err


def test_faults_come_together_on_standard_error_and_as_json(call):
    done = call("check", "--apogee-km", "-1", "--from", "91,0", "--time-s", "nan", "--json")
    assert done.status == 2
    faults = done.document["error"]["faults"]
    assert [fault["source"] for fault in faults] == ["--from", "--apogee-km", "--time-s"]
    assert done.err.startswith("3 faults:\n")
    assert "latitude 91 deg is out of bounds" in done.err


def test_without_json_nothing_of_a_fault_goes_to_standard_output(call):
    done = call("check", "--apogee-km", "-1")
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith("1 fault:\n")


def test_a_reader_that_goes_away_ends_the_command_without_noise():
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [*RUN, "catalogue", "list"],
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
        check=False,
    )
    os.close(writing)
    assert done.returncode == 141
    assert done.stderr == ""


def test_an_interrupt_ends_with_130_and_leaves_nothing(call, tmp_path, scenario_file, monkeypatch):
    written = outputs.write_zarr

    def interrupted(dataset, path):
        written(dataset, path)
        raise KeyboardInterrupt

    monkeypatch.setattr(outputs, "write_zarr", interrupted)
    done = call("study", scenario_file, "--out", tmp_path / "out" / "small", *QUICK)
    assert done.status == 130
    assert done.err.splitlines()[-1] == "Stopped. Nothing half-written was left behind."
    assert list((tmp_path / "out").iterdir()) == []


def test_an_interrupt_by_signal_ends_the_process_in_the_same_way():
    code = (
        "import os, signal, synaspis.catalogue as catalogue\n"
        "from synaspis.cli import main\n"
        "catalogue.load_catalogue = lambda *a: os.kill(os.getpid(), signal.SIGINT)\n"
        "main(['catalogue', 'list'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 130
    assert "Traceback" not in done.stderr


def test_standard_output_holds_one_document_and_nothing_else():
    done = run("catalogue", "list", "radars", "--json")
    assert done.returncode == 0
    assert {row["kind"] for row in json.loads(done.stdout)} == {"radars"}
    assert done.stderr == ""


def test_a_defect_is_one_document_too(call, monkeypatch):
    import synaspis.catalogue

    def broken(*_folders):
        raise RuntimeError("a wheel came off")

    monkeypatch.setattr(synaspis.catalogue, "load_catalogue", broken)
    done = call("catalogue", "list", "--json")
    assert done.status == 1
    assert done.document["error"]["faults"][0]["what"] == "RuntimeError: a wheel came off"
    assert "Traceback" in done.err
    assert "This is a defect of the program" in done.err


@pytest.mark.skipif(not FULL.exists(), reason="needs a device that is full")
@pytest.mark.parametrize("words", [["catalogue", "list"], ["catalogue", "list", "--json"]])
def test_output_that_cannot_be_written_is_a_failed_run(words):
    with FULL.open("w") as full:
        done = subprocess.run(
            [*RUN, *words], stdout=full, stderr=subprocess.PIPE, text=True, timeout=60, check=False
        )
    assert done.returncode == 1
    assert "No space left on device" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_closed_output_is_no_failure():
    code = "import os, sys\nos.close(1)\nos.execv(sys.executable, [sys.executable, *sys.argv[1:]])"
    done = subprocess.run(
        [sys.executable, "-c", code, *RUN[1:], "catalogue", "list"],
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_name_too_long_for_a_file_is_no_scenario(call):
    done = call("scenario", "validate", "a" * 5000, "--json")
    assert done.status == 2
    assert "there is no scenario 'aaa" in done.document["error"]["faults"][0]["what"]


def test_a_full_disk_leaves_nothing(call, tmp_path, scenario_file, monkeypatch):
    def full(*_arguments):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "coverage.zarr")

    monkeypatch.setattr(outputs, "write_zarr", full)
    done = call("study", scenario_file, "--out", tmp_path / "out" / "small", *QUICK, "--json")
    assert done.status == 1
    assert done.document["error"]["faults"][0]["what"].endswith(
        "small: No space left on device; nothing was left behind"
    )
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize("below", ["", "below/this"])
def test_a_file_in_the_way_is_said_before_anything_is_computed(call, tmp_path, scenario_file, below):
    (tmp_path / "letter").write_text("mine", "utf-8")
    done = call("study", scenario_file, "--out", tmp_path / "letter" / below)
    assert done.status == 2
    assert f"{tmp_path / 'letter'} is a file. Name a folder that does not exist" in done.err
    assert "Coverage" not in done.err
