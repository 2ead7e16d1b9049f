"""Do the signatures of a statement hold, and do its numbers come out again?"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from synaspis import _version
from synaspis.analyses.assurance.run import Progress, assurance
from synaspis.analyses.assurance.statement import Statement, read_statement
from synaspis.analyses.manifest import PACKAGE, content_hash
from synaspis.analyses.verification import RELATIVE_TOLERANCE, TIME_TOLERANCE_S, Difference, Verification
from synaspis.core.errors import Fault, InputError
from synaspis.messages import PublicKey
from synaspis.scenario import load_scenario_document

FLIP_TOLERANCE: Final = 0.01
"""Of values at which something flips: they are found by halving, and a last digit may move one step."""

_SETTINGS: Final[Mapping[str, tuple[type, ...]]] = {
    "phase": (str,),
    "interceptor": (str, type(None)),
    "burnout_speed_m_s": (int, float, type(None)),
    "pair": (str, type(None)),
    "sensitivity": (bool,),
    "limits": (bool,),
    "step_deg": (int, float, type(None)),
}
_ABSENT: Final = "absent"


def verify_statement(
    path: Path, keys: Mapping[str, PublicKey] | None = None, progress: Progress | None = None
) -> Verification:
    """Check signatures and hashes of inputs, run the assurance again, and compare every number.

    keys: public keys of those who are to have signed, by the name to call them; each must have. A signature
    by another key is told as a notice. Times are compared within 0.1 s, values at which something flips
    within 1 %, other numbers within 1e-6 of their value, everything else exactly.
    Raises InputError if the file is no statement, or what it holds cannot be run.
    """
    statement = read_statement(path)
    notices: list[str] = []
    found = list(_signatures(statement, keys or {}, notices))
    found += _hashes(statement)
    with tempfile.TemporaryDirectory() as folder:
        result = _again(statement, Path(folder), progress)
    found += _differences("result", statement.content["result"], result)
    if statement.content["version"] != _version.VERSION:
        notices.append(f"made by version {statement.content['version']}, compared by {_version.VERSION}")
    return Verification(
        tuple(difference for difference in found if difference is not None), len(found), tuple(notices)
    )


def _signatures(
    statement: Statement, keys: Mapping[str, PublicKey], notices: list[str]
) -> Iterator[Difference | None]:
    by_id = {signature.key_id: signature for signature in statement.signatures}
    for name, key in keys.items():
        signature = by_id.get(key.key_id)
        if signature is None:
            yield Difference(f"signature by {name}", "needed", "there is none by this key")
        elif not signature.fits(key, statement.payload):
            yield Difference(f"signature by {name}", "needed", "does not fit the statement")
        else:
            notices.append(f"signed by {name}, key {key.key_id[:16]}")
            yield None
    known = {key.key_id for key in keys.values()}
    notices.extend(
        f"not checked: a signature by the key {key_id[:16]}, of which no --key is given"
        for key_id in by_id
        if key_id not in known
    )


def _hashes(statement: Statement) -> Iterator[Difference | None]:
    for entry in statement.content["inputs"]:
        text = entry.get("text")
        if text is None:
            found = content_hash(PACKAGE / entry["name"])
        else:
            found = hashlib.sha256(text.encode()).hexdigest()
        same = found == entry["sha256"]
        yield None if same else Difference(f"input {entry['name']}", entry["sha256"], found)


def _again(statement: Statement, folder: Path, progress: Progress | None) -> dict[str, Any]:
    """The result of the same question, asked now; copies of inputs are put into the folder."""
    content = statement.content
    texts = {entry["name"]: entry["text"] for entry in content["inputs"] if "text" in entry}
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    settings = content["result"]["settings"]
    wrong = [
        name for name, kinds in _SETTINGS.items() if name not in settings or type(settings[name]) not in kinds
    ]
    if wrong or set(settings) - set(_SETTINGS):
        names = ", ".join([*wrong, *sorted(set(settings) - set(_SETTINGS))])
        raise InputError(Fault(f"unknown, missing or of the wrong kind: {names}", "payload.result.settings"))
    own, about = content["scenario_file"], content["about_file"]
    scenario = load_scenario_document(folder / own if own in texts else content["scenario"])
    again = assurance(
        scenario, about=folder / about if about in texts else None, progress=progress, **settings
    )
    return again.to_dict()


def _differences(where: str, stored: Any, found: Any) -> Iterator[Difference | None]:
    """Compare two plain values part by part."""
    if isinstance(stored, Mapping) and isinstance(found, Mapping):
        for key in dict.fromkeys([*stored, *found]):
            yield from _differences(f"{where}.{key}", stored.get(key, _ABSENT), found.get(key, _ABSENT))
    elif isinstance(stored, list | tuple) and isinstance(found, list | tuple):
        if len(stored) != len(found):
            yield Difference(where, f"{len(stored)} entries", f"{len(found)} entries")
            return
        for number, (old, new) in enumerate(zip(stored, found, strict=True)):
            yield from _differences(f"{where}[{number}]", old, new)
    elif _is_number(stored) and _is_number(found):
        close = abs(stored - found) <= _allowed(where, stored, found)
        yield None if close else Difference(where, f"{stored:.10g}", f"{found:.10g}")
    else:
        yield None if stored == found else Difference(where, str(stored), str(found))


def _allowed(where: str, stored: float, found: float) -> float:
    relative = FLIP_TOLERANCE if "flips_at" in where or "needed_speeds" in where else RELATIVE_TOLERANCE
    name = where.rstrip("]0123456789").rstrip("[").rpartition(".")[2]
    in_margins = "margins_s" in where
    if in_margins or (name.endswith("_s") and not name.endswith("m_s")):
        return TIME_TOLERANCE_S
    if name == "speed_margin_m_s":
        return FLIP_TOLERANCE * 1e4
    return relative * max(abs(stored), abs(found))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
