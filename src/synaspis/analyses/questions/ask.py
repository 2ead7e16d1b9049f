"""Each question asked of a scenario as `synaspis study` asks it; the answers of earlier ones are used."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from synaspis._version import VERSION
from synaspis.agreement import load_book
from synaspis.analyses.assumptions import Assumption
from synaspis.analyses.assurance import assurance
from synaspis.analyses.consequences import consequences, consequences_geojson, load_debris
from synaspis.analyses.cooperation import cooperation
from synaspis.analyses.cost import Defended, benefit_shares, cost
from synaspis.analyses.cost.tables import FOLDER as COSTS
from synaspis.analyses.manifest import Settings
from synaspis.analyses.plan import plan
from synaspis.analyses.questions.answer import Answer, plain
from synaspis.analyses.questions.companions import companion
from synaspis.analyses.raid import load_raid, raid
from synaspis.core.errors import InputError
from synaspis.scenario import Scenario

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class _Asked:
    """A question with all that it is asked with.

    file: of the user or the package. raid: file of the raid. earlier: answers so far.
    """

    scenario: Scenario
    settings: Settings
    file: Path | None
    packaged: bool
    raid: Path | None
    earlier: Mapping[str, Answer]
    progress: Progress | None

    @property
    def phase(self) -> str:
        """The last phase that was not cancelled, of those that are studied."""
        phases = self.scenario.document.phases
        names = [name for name in phases if self.settings.phases is None or name in self.settings.phases]
        return [name for name in names if phases[name].status != "cancelled" or name == names[0]][-1]

    def command(self, question: str, *words: str, option: str = "", step: bool = True) -> str:
        """The line that asks a question alone; option: that which names its file."""
        given = [option, str(self.file)] if option and not self.packaged else []
        size = self.settings.step_deg
        width = ["--step-deg", f"{size:g}"] if step and size is not None else []
        return shlex.join(["synaspis", question, self.settings.scenario, *words, *given, *width])


def ask(
    question: str,
    scenario: Scenario,
    settings: Settings,
    *,
    given: Mapping[str, Path] | None = None,
    earlier: Mapping[str, Answer] | None = None,
    progress: Progress | None = None,
) -> Answer:
    """Ask one question of a scenario.

    settings: phases, threats and step of the study. given: files of the user by question, instead of those
    of the package. earlier: answers to other questions; cost takes the shares of benefit from cooperation.
    Raises InputError with every fault of a file.
    """
    mine = (given or {}).get(question)
    file = companion(question, scenario) if mine is None else mine
    stated = (given or {}).get("raid", companion("raid", scenario))
    asked = _Asked(scenario, settings, file, mine is None, stated, earlier or {}, progress)
    return _ASK[question](asked)


def _raid(asked: _Asked) -> Answer:
    result = raid(asked.scenario, asked.file, compare=True, progress=asked.progress)
    command = asked.command("raid", "--compare", option="--raid", step=False)
    return _answer("raid", command, {"raid": result.to_dict()}, result.assumptions, _files(asked))


def _cooperation(asked: _Asked) -> Answer:
    scenario, book = asked.scenario, None
    words = ["--phase", asked.phase]
    for threat in asked.settings.threats or ():
        words += ["--threat", threat]
    if asked.file is not None:
        given = asked.file.stem if asked.packaged else asked.file
        book = load_book(given, sources=scenario.catalogue.sources)
        words += ["--candidates", str(given)]
    stated = asked.raid
    result = cooperation(
        scenario,
        phase=asked.phase,
        threats=asked.settings.threats,
        step_deg=asked.settings.step_deg,
        candidates=book,
        raid=None if stated is None else load_raid(scenario, stated),
        progress=asked.progress,
    )
    if stated is not None:
        words += ["--leakage"] if stated == companion("raid", scenario) else ["--raid", str(stated)]
    command = asked.command("cooperation", *words)
    documents = {"cooperation": result.to_dict()}
    files = (*_files(asked), *(() if stated is None else (stated,)))
    return _answer("cooperation", command, documents, result.assumptions, files)


def _cost(asked: _Asked) -> Answer:
    words: list[str] = []
    shares: dict[str, float] | None = None
    people: Defended | None = None
    shared = asked.earlier.get("cooperation")
    if shared is not None:
        try:
            shares = benefit_shares(shared.document, "defended", "cooperation.json")
            words += ["--benefit-from", "cooperation.json"]
        except InputError:
            shares = None  # nobody gains anything: the rule has no shares, and the answer says so
        pooled = shared.document["pooling"]["pooled"]
        threat = max(pooled, key=lambda name: pooled[name]["defended_population"])
        count = pooled[threat]["defended_population"]
        if count > 0:
            people = Defended(count, f"phase {shared.document['phase']}, threat {threat}, at one moment")
            words += ["--defended", f"{count:.0f}"]
    results = {
        prices: cost(asked.scenario, costs=asked.file, prices=prices, benefit=shares, defended=people)
        for prices in ("constant", "then-year")
    }
    documents = {"cost": results["constant"].to_dict(), "cost-then-year": results["then-year"].to_dict()}
    command = asked.command("cost", *words, option="--costs", step=False)
    tables = tuple(sorted((COSTS / "tables").glob("*.yaml")))
    assumptions = results["constant"].assumptions
    return _answer("cost", command, documents, assumptions, (*_files(asked), *tables))


def _assurance(asked: _Asked) -> Answer:
    result = assurance(asked.scenario, about=asked.file, progress=asked.progress)
    command = asked.command("assurance", option="--about", step=False)
    assumptions = tuple(
        Assumption(**{**each, "sources": tuple(each["sources"])}) for each in result.assumptions
    )
    files = (*_files(asked), asked.scenario.catalogue.files[result.missile])
    return _answer("assurance", command, {"assurance": result.to_dict()}, assumptions, files)


def _plan(asked: _Asked) -> Answer:
    result = plan(
        asked.scenario,
        candidates=asked.file,
        step_deg=asked.settings.step_deg,
        progress=asked.progress,
    )
    known = asked.scenario.catalogue.files
    items = dict.fromkeys(candidate.item for candidate in result.given.document.candidates.values())
    files = (*_files(asked), *(known[item] for item in items))
    command = asked.command("plan", option="--candidates")
    return _answer("plan", command, {"plan": result.to_dict()}, result.assumptions, files)


def _consequences(asked: _Asked) -> Answer:
    scenario, settings = asked.scenario, asked.settings
    debris = load_debris(scenario, asked.file)
    documents, layers, texts, commands = {}, {}, {}, []
    assumptions: tuple[Assumption, ...] = ()
    for threat in settings.threats or tuple(scenario.document.threats):
        result = consequences(
            scenario, asked.phase, threat, step_deg=settings.step_deg, debris=debris, progress=asked.progress
        )
        name = f"consequences-{threat}"
        documents[name] = result.to_dict()
        layers[name] = result.layer
        texts[f"{name}.geojson"] = consequences_geojson(result, f"Synaspis {VERSION}, scenario {scenario.id}")
        commands.append(
            asked.command("consequences", "--phase", asked.phase, "--threat", threat, option="--debris")
        )
        assumptions = result.assumptions
    files = _files(asked)
    found = _answer("consequences", "\n".join(commands), documents, assumptions, files)
    return Answer(found.question, found.command, found.documents, assumptions, files, layers, texts)


def _answer(
    question: str,
    command: str,
    documents: Mapping[str, Any],
    assumptions: tuple[Assumption, ...],
    files: tuple[Path, ...],
) -> Answer:
    return Answer(question, command, {k: plain(v) for k, v in documents.items()}, assumptions, files)


def _files(asked: _Asked) -> tuple[Path, ...]:
    return () if asked.file is None else (asked.file,)


_ASK: Final[Mapping[str, Callable[[_Asked], Answer]]] = {
    "raid": _raid,
    "cooperation": _cooperation,
    "cost": _cost,
    "assurance": _assurance,
    "plan": _plan,
    "consequences": _consequences,
}
