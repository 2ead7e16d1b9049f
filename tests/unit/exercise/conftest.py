"""One short exercise, played once for all tests: two nations, a flight, a lost link, a dead centre."""

from pathlib import Path

import pytest

from synaspis.exercise import load_exercise, run_exercise

SHORT = """schema: synaspis.exercise/1
id: short
name: SHORT EXERCISE
summary: A flight toward Warsaw, for tests.
scenario: europe
phase: "2018"
agreements: {data: first-exercise, coordination: first-exercise}
starts: 2026-11-30T09:00:00Z
lasts: 13 min
objectives:
  warn: {text: Warn in time.}
nations:
  us:
    cell: scripted
    doctrine: {reaction: 15 s, warns: false, claims_within: 1500 km}
    sensors:
      redzikowo-radar: {range_sigma: 30 m, angle_sigma: 0.05 deg, interval: 5 s, delay: 1 s}
  pl:
    cell: scripted
    doctrine: {reaction: 30 s, acknowledges: [launch-report]}
  de:
    cell: scripted
    doctrine: {reaction: 20 s, acknowledges: [engagement-claim]}
flights:
  one:
    missile: srbm-700
    launch: {latitude: 57.5 deg, longitude: 19.5 deg}
    aim: {latitude: 52.2 deg, longitude: 21.0 deg}
events:
  only:
    name: A flight
    objectives: [warn]
    incidents:
      one:
        name: The flight and what fails
        injects:
          fly:
            at: 1 min
            sender: white
            channel: track-feed
            payload: {flight: one}
            expected:
              - {by: [pl], action: warning, within: 5 min}
              - {by: [de], action: warning, within: 5 min}
              - {by: [us], action: engagement-claim, within: 5 s}
          cut:
            at: 90 s
            sender: white
            channel: fault
            payload: {fault: lost-link, nation: de, centre: data, lasts: 4 min}
          dead:
            at: 2 min
            sender: white
            channel: fault
            payload: {fault: dead-centre, centre: coordination, lasts: 2 min}
          hello:
            at: 3 min
            sender: pl
            to: [us]
            channel: free-text
            payload: {text: For the United States alone.}
"""


@pytest.fixture(scope="session")
def short_file(tmp_path_factory) -> Path:
    """File of the short exercise."""
    path = tmp_path_factory.mktemp("exercise") / "short.yaml"
    path.write_text(SHORT, encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def played(short_file, tmp_path_factory) -> Path:
    """Folder of the short exercise, played."""
    folder = tmp_path_factory.mktemp("played") / "run"
    run_exercise(load_exercise(short_file), folder, seed=7)
    return folder
