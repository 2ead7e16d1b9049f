"""`synaspis centre mirror`, and `serve --wait` where there is nothing to wait for."""

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from synaspis.cli import main
from synaspis.cli.centre_mirror import listening


def call(*words: object):
    result = CliRunner().invoke(main, [str(word) for word in ("centre", *words)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture
def data(tmp_path):
    assert call("init", tmp_path / "data", "--partners", "alpha,bravo").exit_code == 0
    return tmp_path / "data"


def test_mirror_on_the_folder_of_the_centre_is_refused_with_all_faults(data):
    result = call("mirror", data, "--json")
    assert result.exit_code == 2
    lacking, foreign = json.loads(result.stdout)["error"]["faults"]
    assert lacking["what"] == "this is not the folder of a mirror: it lacks keys/public.json"
    assert foreign["what"].startswith("private keys of the centre lie here: centre.key, log-ed25519.key")
    assert foreign["remedy"] == "A mirror needs none of them: take them away, or name a folder of its own."


@pytest.mark.parametrize("whole", [False, True])
def test_status_of_the_folder_of_a_mirror_is_refused_in_words(data, whole):
    settings = data / "server.yaml"
    lines = [line for line in settings.read_text().splitlines() if not line.startswith("writer")]
    settings.write_text("\n".join([*lines, "writer: https://writer.example:8443", ""]))
    (data / "keys" / "centre.key").unlink()
    if not whole:
        (data / "centre.yaml").unlink()
    result = call("status", data, "--json")
    assert result.exit_code == 2
    (fault,) = json.loads(result.stdout)["error"]["faults"]
    assert fault["what"].startswith("this is the folder of a mirror of https://writer.example:8443")
    assert fault["remedy"].startswith("Name the folder of the node that writes")


def test_serve_that_may_wait_serves_at_once_where_nobody_else_writes(data):
    program = "import sys; from synaspis.cli import main; sys.exit(main())"
    words = ("centre", "serve", str(data), "--port", "0", "--wait", "--json")
    with subprocess.Popen(
        [sys.executable, "-c", program, *words], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        try:
            assert process.stdout is not None
            first = json.loads(process.stdout.readline())
            process.terminate()
            assert process.wait(60) == 0
        finally:
            process.kill()
    assert first["listening"] == f"https://127.0.0.1:{first['port']}"
    assert json.loads((data / "keys" / "public.json").read_text())["log"] == [
        line for line in (data / "log" / "log.vkeys").read_text().splitlines() if line
    ]


@pytest.mark.parametrize(("host", "place"), [("127.0.0.1", "127.0.0.1"), ("::1", "[::1]")])
def test_where_a_node_listens_is_an_address_that_a_browser_takes(capsys, host: str, place: str):
    listening(False)(host, 8443)
    assert capsys.readouterr().out == f"Listening on https://{place}:8443\n"
