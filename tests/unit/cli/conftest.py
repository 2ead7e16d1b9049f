"""A small scenario of its own: two radars, one battery, one launch point, coarse cells; a second or two to
run.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner

from synaspis.cli import main

SCENARIO = """\
schema: scenario/1
id: small
name: A small shield
summary: One radar, one ship, one launch point.
region:
  south: 36 deg
  north: 48 deg
  west: 20 deg
  east: 44 deg
  step: 2 deg
  countries: [RO, BG, TR]
partners:
  tr: {name: Türkiye, country: TR}
  us: {name: United States, country: US}
agreements:
  tracks:
    name: Tracks for all
    parties: [tr, us]
    valid_from: 2010-01-01
    clauses:
      tracks: {product: track, from: tr, to: us, use: launch-on-remote, delay: 5 s}
      warning: {product: warning, from: us, to: tr, delay: 5 s}
    basis: assumed
    note: An example.
assets:
  watch:
    item: geostationary-dsp-sbirs
    owner: us
    longitude: 40 deg
    in_service: 2010-01-01
    basis: assumed
    note: x
  east-radar:
    item: an-tpy-2-forward
    owner: tr
    site: kurecik
    boresight: 105 deg
    in_service: 2010-01-01
    basis: assumed
    note: x
  shore-radar: {item: spy-1d-v, owner: us, site: deveselu, in_service: 2015-01-01, basis: assumed, note: x}
  shore-battery:
    item: sm-3-ib
    owner: us
    site: deveselu
    interceptors: 24
    fire_control: [shore-radar]
    in_service: 2015-01-01
    basis: assumed
    note: x
phases:
  2012: {name: Before, date: 2012-01-01, status: fielded, basis: assumed, note: x}
  2016: {name: After, date: 2016-01-01, status: fielded, basis: assumed, note: x}
launch_areas:
  one:
    name: One town
    basis: assumed
    note: x
    points:
      - {name: Tabriz, latitude: 38.080 deg, longitude: 46.292 deg}
threats:
  mrbm-2000: {missile: mrbm-2000, launch_area: one}
"""


class Outcome(NamedTuple):
    """What a call printed and how it ended."""

    status: int
    out: str
    err: str

    @property
    def document(self):
        """Standard output as the one JSON document that it must be."""
        return json.loads(self.out)


def _call(*words: object) -> Outcome:
    """Run the command line in this process."""
    result = CliRunner().invoke(main, [str(word) for word in words])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Outcome(result.exit_code, result.stdout, result.stderr)


@pytest.fixture(scope="session")
def call():
    return _call


@pytest.fixture(scope="session")
def scenario_file(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("scenario") / "small.yaml"
    path.write_text(SCENARIO, "utf-8")
    return path


@pytest.fixture(scope="session")
def study(scenario_file, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("results") / "small"
    result = _call("study", scenario_file, "--questions", "coverage", "--out", folder)
    assert result.status == 0, result.err
    return folder
