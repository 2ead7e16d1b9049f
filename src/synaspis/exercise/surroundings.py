"""What an exercise file refers to, found before the file is checked, so that all faults come together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from synaspis.agreement import AgreementBook, book_path, load_book
from synaspis.catalogue import Catalogue, load_catalogue
from synaspis.coordination import Responses, load_responses
from synaspis.core.documents import Document, Rejected, nearest
from synaspis.core.errors import Fault, InputError
from synaspis.scenario import Scenario, load_scenario_document, scenario_path

WHITE: Final = "white"
"""Partner that runs an exercise."""

CENTRES: Final = ("data", "coordination")


def reject_unknown(names: Iterable[str], known: Sequence[str], what: str) -> None:
    """Raise Rejected for every name that is not known; what: such as ``no nation of the exercise``."""
    faults = [
        Fault(f"{name!r} is {what}", remedy=nearest(name, known)) for name in names if name not in known
    ]
    if faults:
        raise Rejected(*faults)


@dataclass(frozen=True)
class Surroundings:
    """Scenario, books and catalogue of an exercise: context of its validators.

    What could not be loaded is None or missing, with the faults under the key of the file that names it.
    nations, objectives, flights: ids that the file itself gives. responses: pre-planned ones, if any.
    """

    catalogue: Catalogue
    scenario: Scenario | None
    phase: str
    books: Mapping[str, AgreementBook]
    nations: tuple[str, ...] = ()
    objectives: tuple[str, ...] = ()
    flights: tuple[str, ...] = ()
    problems: Mapping[str, tuple[Fault, ...]] = field(default_factory=dict)
    responses: Responses | None = None

    @cached_property
    def missiles(self) -> tuple[str, ...]:
        """Ids of the missile classes."""
        return tuple(self.catalogue.missiles)

    @cached_property
    def published(self) -> tuple[str, ...]:
        """Ids of the published flights that have an apogee."""
        return tuple(name for name, item in self.catalogue.flights.items() if item.apogee is not None)

    @cached_property
    def sensor_kinds(self) -> Mapping[str, str]:
        """Kind of each radar and satellite that serves in the phase, by its id."""
        assert self.scenario is not None
        phases = self.scenario.document.phases
        if self.phase not in phases:
            return {}
        serving = self.scenario.in_service(phases[self.phase].date)
        return {asset.id: asset.kind for asset in serving if asset.kind in ("radar", "satellite")}

    def partner_faults(self, nations: Iterable[str]) -> Iterator[Fault]:
        """What is wrong with nations as partners of the books, and with the books without a white cell."""
        for centre, book in self.books.items():
            partners = tuple(book.membership.partners)
            for name in nations:
                if name not in partners:
                    what = f"{name!r} is no partner of the book {book.id!r} of the {centre} centre"
                    yield Fault(what, name, nearest(name, partners))
            if WHITE not in partners:
                what = f"the book {book.id!r} of the {centre} centre has no partner {WHITE!r}"
                yield Fault(what, "", "Add it: the white cell takes part in both centres.")

    def owner_faults(self, nations: Mapping[str, Any]) -> Iterator[Fault]:
        """Nations that the scenario does not know, and sensors that belong to another."""
        if self.scenario is None:
            return
        partners = tuple(self.scenario.document.partners)
        owner = {asset.id: asset.owner for asset in self.scenario.assets}
        for name, nation in nations.items():
            if name not in partners:
                yield Fault(f"{name!r} is no partner of the scenario", name, nearest(name, partners))
                continue
            for sensor in nation.sensors:
                if owner.get(sensor, name) != name:
                    what = f"{sensor!r} belongs to {owner[sensor]!r}, not to {name!r}"
                    yield Fault(what, f"{name}.sensors.{sensor}", "Give it to its owner.")
            yield from self._plan_faults(name, nation.plan or {})

    def _plan_faults(self, name: str, plan: Mapping[str, Any]) -> Iterator[Fault]:
        """Batteries of a plan that are not the nation's own, and radars that are nobody's."""
        assert self.scenario is not None
        phases = self.scenario.document.phases
        if self.phase not in phases:
            return
        serving = self.scenario.in_service(phases[self.phase].date)
        batteries = tuple(each.id for each in serving if each.kind == "battery" and each.owner == name)
        radars = tuple(each.id for each in serving if each.kind == "radar")
        for number, task in enumerate(plan.get("tasks", ())):
            where = f"{name}.plan.tasks.{number}"
            if (battery := str(task["battery"])) not in batteries:
                what = f"{battery!r} is no battery of {name!r} in service in the scenario's phase"
                yield Fault(what, f"{where}.battery", nearest(battery, batteries))
            for radar in map(str, task.get("radars", ())):
                if radar not in radars:
                    what = f"{radar!r} is no radar in service in the scenario's phase"
                    yield Fault(what, f"{where}.radars", nearest(radar, radars))


def surroundings_of(
    document: Document, folder: Path, books: Mapping[str, AgreementBook] | None = None
) -> Surroundings:
    """Load what a file refers to, as far as it can be loaded.

    folder: where relative paths begin. books: agreements by centre, in place of those that the file names.
    """
    data, problems = document.data, {}
    scenario: Scenario | None = None
    try:
        if isinstance(name := data.get("scenario"), str):
            scenario = load_scenario_document(scenario_path(name, beside=folder))
    except InputError as error:
        problems["scenario"] = error.faults
    phase = str(data.get("phase", ""))
    if scenario is not None and phase and phase not in scenario.document.phases:
        known = tuple(scenario.document.phases)
        problems["phase"] = (Fault(f"{phase!r} is no phase of the scenario", remedy=nearest(phase, known)),)
    books = _books(data, folder, problems) if books is None else books
    responses: Responses | None = None
    try:
        if isinstance(name := data.get("responses"), str):
            responses = load_responses(folder / name if is_path(name) else name)
    except InputError as error:
        problems["responses"] = tuple(Fault(fault.what, "", fault.remedy) for fault in error.faults)
    return Surroundings(
        load_catalogue() if scenario is None else scenario.catalogue,
        scenario,
        phase,
        books,
        _keys(data, "nations"),
        _keys(data, "objectives"),
        _keys(data, "flights"),
        problems,
        responses,
    )


def is_path(name: str) -> bool:
    """Whether a file names another by its path and not by an id of the package."""
    return "/" in name or name.endswith(".yaml")


def _books(
    data: Mapping[str, Any], folder: Path, problems: dict[str, tuple[Fault, ...]]
) -> dict[str, AgreementBook]:
    named = data.get("agreements")
    books: dict[str, AgreementBook] = {}
    faults: list[Fault] = []
    for centre in CENTRES:
        if isinstance(named, Mapping) and isinstance(name := named.get(centre), str):
            try:
                books[centre] = load_book(book_path(name, beside=folder))
            except InputError as error:
                faults += [Fault(fault.what, centre, fault.remedy) for fault in error.faults]
    if faults:
        problems["agreements"] = tuple(faults)
    return books


def _keys(data: Mapping[str, Any], section: str) -> tuple[str, ...]:
    entry = data.get(section)
    return tuple(map(str, entry)) if isinstance(entry, Mapping) else ()
