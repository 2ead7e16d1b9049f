"""Writing whole or not at all."""

import os
import stat
from contextlib import suppress
from pathlib import Path

import pytest

from synaspis.core import files
from synaspis.core.errors import InputError
from synaspis.core.files import remove_left_over, replace_directory, write_atomically


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_written_and_folders_are_made(tmp_path: Path):
    path = write_atomically(tmp_path / "a" / "b.txt", "Kürecik\n")
    assert path.read_bytes() == "Kürecik\n".encode()
    assert names(path.parent) == ["b.txt"]


def test_a_file_is_replaced(tmp_path: Path):
    path = tmp_path / "b.bin"
    path.write_bytes(b"old")
    write_atomically(path, b"new")
    assert path.read_bytes() == b"new"


def test_a_new_file_has_the_rights_that_the_mask_leaves(tmp_path: Path):
    mask = os.umask(0o027)
    try:
        path = write_atomically(tmp_path / "b", "x")
    finally:
        os.umask(mask)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_failed_write_leaves_the_former_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    path = tmp_path / "b.txt"
    path.write_text("old")

    def fail(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", fail)
    with pytest.raises(InputError, match=r"cannot write .*b\.txt: No space left on device"):
        write_atomically(path, "new")
    assert path.read_text() == "old"
    assert names(tmp_path) == ["b.txt"]


def test_a_file_in_the_way_of_a_folder_is_a_fault(tmp_path: Path):
    (tmp_path / "a").write_text("x")
    with pytest.raises(InputError, match="cannot write"):
        write_atomically(tmp_path / "a" / "b.txt", "x")


@pytest.mark.parametrize("exists", [False, True])
def test_a_folder_is_put_in_place_at_the_end(tmp_path: Path, exists: bool):
    final = tmp_path / "out"
    if exists:
        final.mkdir()
        (final / "stale.txt").write_text("old")
    with replace_directory(final) as folder:
        (folder / "new.txt").write_text("new")
        assert (final / "stale.txt").exists() == exists
        assert not (final / "new.txt").exists()
    assert names(final) == ["new.txt"]
    assert names(tmp_path) == ["out"]


@pytest.mark.parametrize("exists", [False, True])
def test_an_error_leaves_everything_as_it_was(tmp_path: Path, exists: bool):
    final = tmp_path / "out"
    if exists:
        final.mkdir()
        (final / "old.txt").write_text("old")
    with suppress(RuntimeError), replace_directory(final) as folder:
        (folder / "new.txt").write_text("new")
        raise RuntimeError
    assert names(tmp_path) == (["out"] if exists else [])
    assert not exists or names(final) == ["old.txt"]


def test_a_failed_rename_puts_the_former_folder_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    final = tmp_path / "out"
    final.mkdir()
    (final / "old.txt").write_text("old")
    rename = Path.rename

    def fail_for_new(path: Path, target: Path) -> Path:
        if path.suffix == ".part":
            raise OSError(5, "Input/output error")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", fail_for_new)
    with pytest.raises(InputError, match=r"cannot write .*out: Input/output error"), replace_directory(final):
        pass
    assert names(final) == ["old.txt"]
    assert names(tmp_path) == ["out"]


def test_a_file_is_not_replaced_by_a_folder(tmp_path: Path):
    (tmp_path / "out").write_text("x")
    writing = replace_directory(tmp_path / "out")
    with pytest.raises(InputError, match="out is a file; a folder is to be written there"), writing:
        pass


def test_what_a_killed_writer_left_of_one_file_is_removed_and_nothing_else(tmp_path: Path):
    kept = ["a.txt", ".b.txt.x1.part", ".a.txt.part", ".a.txt.x1"]
    for name in (*kept, ".a.txt.x1.part", ".a.txt.x2.part"):
        (tmp_path / name).write_text(name)
    remove_left_over(tmp_path / "a.txt")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(kept)
    remove_left_over(tmp_path / "nowhere" / "a.txt")
