"""The notebook of an exercise: lines stand whole or not at all, whatever cut them short."""

import errno
import json
import os
from pathlib import Path
from typing import Any

import pytest

from synaspis.server.cells.notebook import Notebook


def test_lines_come_back_in_their_order(tmp_path: Path) -> None:
    notebook = Notebook(tmp_path / "lines")
    assert notebook.lines() == []
    for number in range(3):
        notebook.write({"number": number})
    notebook.force()
    notebook.close()
    assert [line["number"] for line in Notebook(tmp_path / "lines").lines()] == [0, 1, 2]


@pytest.mark.parametrize("torn", [b'{"number":1', b"\xff", b'{"number":1}'])
def test_a_line_that_a_crash_cut_short_says_nothing_and_spoils_nothing(tmp_path: Path, torn: bytes) -> None:
    path = tmp_path / "lines"
    path.write_bytes(b'{"number":0}\n' + torn)
    notebook = Notebook(path)
    assert notebook.lines() == [{"number": 0}]
    notebook.write({"number": 2})
    assert notebook.lines() == [{"number": 0}, {"number": 2}]


def test_a_full_disk_leaves_no_part_of_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    notebook = Notebook(tmp_path / "lines")
    notebook.write({"number": 0})
    room = [5]
    write = os.write

    def narrow(file: int, data: bytes) -> int:
        if not room[0]:
            raise OSError(errno.ENOSPC, "No space left on device")
        done = write(file, data[: room[0]])
        room[0] -= done
        return done

    monkeypatch.setattr(os, "write", narrow)
    with pytest.raises(OSError, match="No space left"):
        notebook.write({"number": 1})
    monkeypatch.undo()
    notebook.write({"number": 2})
    found: list[Any] = [json.loads(line) for line in (tmp_path / "lines").read_text().splitlines()]
    assert found == [{"number": 0}, {"number": 2}]
