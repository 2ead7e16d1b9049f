"""What the repository must not carry: open ends, paths of one machine, index addresses, large files."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LARGEST_KIB = 1500
TEXT = {
    ".py",
    ".md",
    ".toml",
    ".txt",
    ".yaml",
    ".yml",
    ".json",
    ".sh",
    ".cff",
    ".css",
    ".html",
    ".js",
    ".svg",
    ".j2",
    "",
}

# The words are put together here so that this file does not match itself.
FORBIDDEN = {
    "an open end; finish it or file an issue": r"\b("
    + "|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X"])
    + r")\b",
    "an unwritten part": r"\bNotImplemented" + "Error",
    "a path of one machine": r"(?<![\w.-])/(?:"
    + "|".join(["work", "home/" + r"\w", "root", "Users", "opt/pypi"])
    + r")/",
    "the address of a package index": r"--(?:extra-)?index"
    + r"-url|\bpypi\.(?:org|python)|files\.python"
    + r"hosted|registry\.npm",
    "a lock that names its index": r'"resol' + 'ved": *"http' + r"|source = \{ regis" + "try",
    "a conflict left in": r"^(?:<{7}|>{7}) ",
}
# The lock script names the option that keeps the address out.
EXEMPT = {"tools/lock-requirements.sh": {"the address of a package index"}}


def tracked_files() -> list[Path]:
    """Files of the repository: what git tracks, or everything but build output where there is no git."""
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if done.returncode == 0 and done.stdout:
        return [path for name in done.stdout.decode().split("\0") if name and (path := ROOT / name).is_file()]
    skipped = {".venv", "__pycache__", "_build", "out", "build", ".git"}
    return [path for path in ROOT.rglob("*") if path.is_file() and not skipped & set(path.parts)]


def texts() -> list[tuple[str, str]]:
    return [
        (path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))
        for path in tracked_files()
        if path.suffix in TEXT and path.stat().st_size < LARGEST_KIB * 1024
    ]


@pytest.mark.parametrize("meaning", FORBIDDEN)
def test_no_file_carries(meaning: str):
    pattern = re.compile(FORBIDDEN[meaning], re.MULTILINE)
    found = []
    for name, text in texts():
        if meaning in EXEMPT.get(name, ()):
            continue
        found += [
            f"{name}:{text.count(chr(10), 0, hit.start()) + 1}: {hit[0]}" for hit in pattern.finditer(text)
        ]
    assert not found, f"{meaning}: {found[:10]}"


def test_no_file_is_larger_than_users_need():
    large = {path.relative_to(ROOT).as_posix(): path.stat().st_size // 1024 for path in tracked_files()}
    assert not {name: size for name, size in large.items() if size > LARGEST_KIB}, f"limit {LARGEST_KIB} KiB"


def test_configuration_of_tools_is_in_pyproject_alone():
    others = [
        "ruff.toml",
        ".ruff.toml",
        "mypy.ini",
        ".mypy.ini",
        "pytest.ini",
        "setup.cfg",
        "tox.ini",
        ".coveragerc",
    ]
    assert not [name for name in others if (ROOT / name).exists()]
    # What pyproject.toml has no word for, a step of the build, and nothing else.
    assert re.findall(r"^setup\((.*)\)$", (ROOT / "setup.py").read_text("utf-8"), re.MULTILINE) == [
        'cmdclass={"build_py": BuildWithPage}'
    ]


def test_every_lock_pins_with_hashes_and_covers_the_dependencies():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = {re.split(r"[\[<>=~! ;]", item)[0].lower() for item in project["project"]["dependencies"]}
    for lock in sorted(ROOT.glob("requirements*.txt")):
        entries = re.split(r"\n(?=\S)", lock.read_text(encoding="utf-8").strip())
        for entry in entries:
            assert re.match(r"[a-z0-9._-]+==[^\s;]+", entry), f"{lock.name}: not pinned: {entry[:80]}"
            assert "--hash=sha256:" in entry, f"{lock.name}: no hash: {entry[:80]}"
        pinned = {entry.split("==")[0] for entry in entries}
        group = lock.stem.removeprefix("requirements").lstrip("-")
        more = project["dependency-groups"].get(group, []) + project["project"]["optional-dependencies"].get(
            group, []
        )
        # What builds the page goes into an environment that is there already.
        needed = (set() if group == "web" else wanted) | {
            re.split(r"[\[<>=~! ;]", item)[0].lower() for item in more
        }
        assert not needed - pinned, f"{lock.name} lacks {sorted(needed - pinned)}; run make lock"


def test_locks_agree_with_each_other():
    """So that one environment can hold them all."""
    versions: dict[str, set[str]] = {}
    for lock in ROOT.glob("requirements*.txt"):
        pins: dict[str, list[str]] = {}
        for found in re.finditer(r"^([a-z0-9._-]+)==(\S+)", lock.read_text(encoding="utf-8"), re.MULTILINE):
            pins.setdefault(found[1], []).append(found[2])
        for name, pinned in pins.items():
            versions.setdefault(name, set()).add(" ".join(pinned))
    assert not {name: found for name, found in versions.items() if len(found) > 1}


def test_every_licence_in_use_is_here_and_every_licence_here_is_in_use():
    declared = tomllib.loads((ROOT / "REUSE.toml").read_text(encoding="utf-8"))["annotations"]
    assert {each["SPDX-License-Identifier"] for each in declared} == {
        path.stem for path in (ROOT / "LICENSES").glob("*.txt")
    }
    for each in declared:
        for pattern in [each["path"]] if isinstance(each["path"], str) else each["path"]:
            assert any(ROOT.glob(pattern)), f"REUSE.toml names {pattern}, which is not there"


def test_the_version_is_the_same_everywhere():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert f"\nversion: {version}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(rf"^## \[(?:Unreleased|{re.escape(version)})\]", changelog, re.MULTILINE)
