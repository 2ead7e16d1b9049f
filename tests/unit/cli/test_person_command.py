"""`synaspis person`: issue, list and take back, with what is wrong in words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from synaspis.cli import main
from synaspis.core.clock import SystemClock
from synaspis.server.cells import open_grounds


def call(*words: object, password: str | None = "correct horse"):
    env = {} if password is None else {"SYNASPIS_PERSON_PASSWORD": password}
    return CliRunner().invoke(main, ["person", *map(str, words)], env=env)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("person") / "data"
    open_grounds(made, SystemClock(), exercise="first-exercise")
    return made


def test_a_certificate_is_issued_listed_and_taken_back(folder, tmp_path):
    file = tmp_path / "anna.p12"
    made = call("issue", folder, "de", "--name", "Anna Berg", "--days", 3, "--out", file)
    assert made.exit_code == 0, made.output
    assert "of Anna Berg for de, good until 20" in made.output
    assert file.stat().st_mode & 0o777 == 0o600
    (one,) = json.loads(call("list", folder, "--json").stdout)["persons"]
    assert (one["name"], one["cell"], one["role"], one["revoked"]) == ("Anna Berg", "de", "nation", None)
    assert "good" in call("list", folder).output
    gone = call("revoke", folder, one["certificate"])
    assert gone.output == f"Certificate {one['certificate']} of Anna Berg was taken back.\n"
    assert "taken back" in call("list", folder).output
    again = call("revoke", folder, one["certificate"])
    assert again.exit_code == 2
    assert "that could be taken back" in again.output


def test_what_is_wrong_is_said_and_nothing_is_written(folder, tmp_path):
    file = tmp_path / "x.p12"
    result = call("issue", folder, "dde", "--name", "A", "--days", 0, "--out", file, password="short")
    assert result.exit_code == 2
    for said in ("'dde' is neither a cell", "0 days; allowed are 1 to 397", "a password of 5 characters"):
        assert said in result.output
    assert not file.exists()


def test_a_password_is_asked_for_twice_where_none_is_given(folder, tmp_path):
    file = tmp_path / "o.p12"
    words = ["person", "issue", str(folder), "observer", "--name", "Olga", "--out", str(file)]
    result = CliRunner().invoke(main, words, input="correct horse\ncorrect horse\n")
    assert result.exit_code == 0, result.output
    assert file.exists()


def test_another_folder_is_refused(tmp_path):
    result = call("list", tmp_path)
    assert result.exit_code == 2
    assert (
        "this is no folder of `synaspis serve`. Name the folder that `synaspis serve` made." in result.output
    )
