"""From a sweep file to a checked sweep, all faults of the file together and before anything is computed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from synaspis.analyses.sweep._levels import Level, at_share, listed, shape_faults
from synaspis.analyses.sweep._points import point_count
from synaspis.analyses.sweep._variant import Base, variant
from synaspis.analyses.sweep.document import POINTS_MAX, Axis, SweepDocument
from synaspis.analyses.sweep.subjects import SUBJECTS, Subject
from synaspis.core.documents import Document, FieldPath, FrozenModel, nearest, parse, read_document
from synaspis.core.errors import Fault, InputError
from synaspis.scenario import load_scenario_document, scenario_path
from synaspis.scenario.overrides import find_quantity

_PACKAGED: Final = Path(__file__).resolve().parents[2] / "data" / "sweeps"

STATED: Final = ("threats", "launch_areas")
"""Keys of a scenario that say what is flown and from where: varying it would search for attacks."""


@dataclass(frozen=True, eq=False)
class Sweep:
    """A sweep that has passed every check. files: its own, then those of the scenario."""

    document: SweepDocument
    base: Base
    files: tuple[Path, ...]

    @property
    def subject(self) -> Subject:
        """The analysis that is repeated."""
        return SUBJECTS[self.document.analysis]


@cache
def sweep_ids() -> tuple[str, ...]:
    """Ids of the sweeps that come with the package, in alphabetical order."""
    return tuple(sorted(path.stem for path in _PACKAGED.glob("*.yaml")))


def sweep_path(name: str | Path) -> Path:
    """File of a sweep: id of a packaged one, or a path. Raises InputError if it is neither."""
    if isinstance(name, str) and name in sweep_ids():
        return _PACKAGED / f"{name}.yaml"
    path = Path(name)
    if isinstance(name, str) and "/" not in name and not path.suffix and not path.is_file():
        remedy = f"{nearest(name, sweep_ids())} Or give the path of a file.".strip()
        raise InputError(Fault(f"there is no sweep {name!r}", remedy=remedy))
    return path


def load_sweep(name: str | Path) -> Sweep:
    """Load and check a sweep and everything that it names.

    name: id of a packaged sweep, or the path of a file. Every value of every axis is put in place alone and
    checked as a file would be, of a range both ends.
    Raises InputError with every fault of the file, by file and line.
    """
    path = sweep_path(name)
    document = read_document(path)
    checking = _Checking(document, path)
    try:
        checked = parse(SweepDocument, document)
    except InputError as error:
        checked, checking.faults = None, [*error.faults]
    base = checking.base()
    axes = checking.axes()
    if base is not None:
        checking.levels(base, axes)
    checking.outputs(axes)
    if checked is not None and not checking.faults and (count := point_count(checked)) > POINTS_MAX:
        remedy = "Vary fewer values, or use `design: latin-hypercube`."
        checking.fault(
            f"the sweep has {count:,} points; at most {POINTS_MAX:,} are allowed", ("vary",), remedy
        )
    if checked is None or base is None or checking.faults:
        raise InputError(sorted(checking.faults, key=lambda fault: fault.line or 0))
    return Sweep(checked, base, (path, *base.scenario.files))


class _Checking:
    """Collects the faults of one sweep file, of what can be read of it."""

    def __init__(self, document: Document, path: Path) -> None:
        self.document, self.path = document, path
        self.faults: list[Fault] = []
        self.subject: Subject | None = None

    def fault(self, what: str, path: FieldPath, remedy: str = "") -> None:
        self.faults.append(self.document.fault(what, path, remedy))

    def base(self) -> Base | None:
        """Scenario and settings; None if one of them has faults."""
        data = self.document.data
        if isinstance(analysis := data.get("analysis"), str):
            self.subject = SUBJECTS.get(analysis)
            if self.subject is None:
                remedy = nearest(analysis, tuple(SUBJECTS))
                self.fault(f"{analysis!r} cannot be swept", ("analysis",), remedy)
        if not isinstance(given := data.get("scenario"), str):
            return None
        try:
            name = scenario_path(given, beside=self.path.parent)
            scenario = load_scenario_document(name)
        except InputError as error:
            for fault in error.faults:
                self.fault(f"the scenario {given!r}: {_told(fault)}", ("scenario",), fault.remedy)
            return None
        settings = None if self.subject is None else self._settings(self.subject)
        if settings is None or self.subject is None:
            return None
        for fault in self.subject.faults(scenario, settings):
            self.fault(_told(fault), ("settings",), fault.remedy)
        return Base(name, scenario, settings)

    def _settings(self, subject: Subject) -> FrozenModel | None:
        given = self.document.data.get("settings", {})
        if not isinstance(given, Mapping):
            return None
        lines = {path[1:]: line for path, line in self.document.lines.items() if path[:1] == ("settings",)}
        part = Document(given, self.document.source, lines)
        try:
            return parse(subject.settings, part)
        except InputError as error:
            self.faults += [
                replace(fault, where=f"settings.{fault.where}".rstrip(".")) for fault in error.faults
            ]
            return None

    def axes(self) -> dict[str, Axis]:
        """The axes that can be read and are whole."""
        given = self.document.data.get("vary")
        axes: dict[str, Axis] = {}
        first: dict[tuple[str, str], str] = {}
        for name, entry in given.items() if isinstance(given, Mapping) else ():
            try:
                axis = Axis.model_validate(entry)
            except ValidationError:
                continue  # the schema says so
            found = list(shape_faults(axis))
            for key, fault in found:
                self.fault(fault.what, ("vary", name, key) if key else ("vary", name), fault.remedy)
            if found or (axis.kind == "field" and self._is_stated(name, axis.target)):
                continue
            if (other := first.setdefault((axis.kind, axis.target), name)) != name:
                self.fault(f"{axis.target} is varied by {other!r} already", ("vary", name), "Vary it once.")
            axes[name] = axis
        return axes

    def _is_stated(self, name: str, target: str) -> bool:
        """Whether an axis would vary the threat; that is refused, whatever its values are."""
        key = target.partition(".")[0]
        if key not in STATED:
            return False
        self.fault(
            f"{target} cannot be varied: what is flown, and from where, is stated and never searched for",
            ("vary", name, "field"),
            f"Write a scenario of its own if you mean other `{key}`.",
        )
        return True

    def levels(self, base: Base, axes: Mapping[str, Axis]) -> None:
        """Put every value in place alone."""
        for name, axis in axes.items():
            if axis.kind == "setting" and not self._can_vary(name, axis):
                continue
            said: set[str] = set()
            for level in _to_check(axis):
                for what, remedy in _level_faults(base, self.subject, level):
                    if what not in said:
                        said.add(what)
                        self.fault(f"{level.written}: {what}", ("vary", name), remedy)

    def _can_vary(self, name: str, axis: Axis) -> bool:
        assert self.subject is not None
        known = [key for key in self.subject.settings.model_fields if key not in self.subject.together]
        if axis.target in self.subject.together:
            remedy = (
                f"Give them all under `settings: {{{axis.target}: [...]}}`: they are a dimension already."
            )
            self.fault(f"the setting {axis.target!r} cannot be varied", ("vary", name, "setting"), remedy)
        elif axis.target not in known:
            self.fault(
                f"the analysis has no setting {axis.target!r}",
                ("vary", name, "setting"),
                nearest(axis.target, known),
            )
        return axis.target in known

    def outputs(self, axes: Mapping[str, Axis]) -> None:
        """Whether the results are there, and maps lie on the same cells."""
        given = self.document.data.get("outputs")
        if self.subject is None or not isinstance(given, tuple):
            return
        known = tuple(self.subject.outputs)
        coarse = [n for n, a in axes.items() if a.target == "step_deg" or a.target.startswith("region.")]
        for number, output in enumerate(given):
            if isinstance(output, str) and output not in known:
                what = f"the analysis has no result {output!r}"
                self.fault(what, ("outputs", number), nearest(output, known))
            elif output in given[:number]:
                self.fault(f"{output!r} is asked for twice", ("outputs", number), "Remove one.")
            elif output in self.subject.on_map and coarse:
                what = f"{output!r} is a map, and {', '.join(coarse)} changes its cells from point to point"
                self.fault(what, ("outputs", number), "Leave one of them out.")


def _to_check(axis: Axis) -> list[Level]:
    """Each value that is listed; of a range its two ends, between which everything is allowed too."""
    return listed(axis) if axis.values is not None else [at_share(axis, end, ends=True) for end in (0.0, 1.0)]


def _level_faults(base: Base, subject: Subject | None, level: Level) -> Iterator[tuple[str, str]]:
    """What is wrong with one value, and what to do."""
    try:
        if level.kind == "override" and level.unit is None and not isinstance(level.value, str):
            _, _, quantity = find_quantity(base.scenario.catalogue, level.target)
            yield "it has no unit", f"Write the unit after it, such as `{level.value} {quantity.unit}`."
            return
        scenario, settings = variant(base, (level,))
        if subject is not None and level.kind == "setting":
            yield from ((_told(fault), fault.remedy) for fault in subject.faults(scenario, settings))
    except InputError as error:
        yield from ((_told(fault), fault.remedy) for fault in error.faults)
    except ValidationError as error:
        for entry in error.errors(include_url=False):
            yield f"{entry['msg'][:1].lower()}{entry['msg'][1:]}", ""


def _told(fault: Fault) -> str:
    place = ":".join(str(part) for part in (fault.source, fault.line) if part)
    return ": ".join(part for part in (place, fault.where, fault.what) if part)
