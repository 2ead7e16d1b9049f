"""From a scenario and its result to what a report shows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from math import degrees

import numpy as np
import shapely
import xarray as xr
from numpy.typing import NDArray

from synaspis.analyses.assumptions import Assumption, assumptions_of, items_of
from synaspis.analyses.published import compare_with_published
from synaspis.analyses.questions import QUESTIONS, Answer, choose_questions, no_data
from synaspis.catalogue import Source, sources_of
from synaspis.core.quantity import from_si
from synaspis.geography import SEA, Countries
from synaspis.report import content as shown
from synaspis.report.limits import limits_of
from synaspis.report.wording import country_text
from synaspis.scenario import PlacedAsset, Scenario


def content_of(
    scenario: Scenario,
    dataset: xr.Dataset,
    manifest: Mapping[str, object],
    denied: xr.Dataset | None = None,
    answers: Sequence[Answer] = (),
) -> shown.ReportContent:
    """Return all that the report of a study shows.

    dataset: dims (phase, threat, latitude, longitude); it may hold fewer phases and threats than the
    scenario. manifest: what is needed to run it again. denied: launch area denied for the same phases and
    threats; None if it was not asked for. answers: to the further questions.
    """
    document = scenario.document
    phases = [str(phase) for phase in dataset["phase"].values]
    threats = [str(threat) for threat in dataset["threat"].values]
    comparisons = tuple(_comparisons(scenario, dataset))
    cited = [source for comparison in comparisons for source in comparison.sources]
    return shown.ReportContent(
        dataset=dataset,
        title=scenario.id,
        question=document.name,
        summary=document.summary,
        phases=tuple(_phase(scenario, phase) for phase in phases),
        threats=_threats(scenario, threats),
        assets=tuple(_asset(scenario, asset, phases) for asset in scenario.assets),
        launches=tuple(chain.from_iterable(_launches(scenario, threat) for threat in threats)),
        outlines=_outlines(frozenset(document.region.countries), scenario, threats),
        assumptions=tuple(dict.fromkeys(_assumptions(scenario, threats, answers))),
        comparisons=comparisons,
        limits=limits_of(scenario, dataset),
        sources=tuple(_sources(scenario, [*cited, *_cited(answers)])),
        denied=denied,
        manifest=manifest,
        answers=tuple(answers),
        unanswered=tuple(
            (words, no_data(name)) for name, words in QUESTIONS.items() if name not in _possible(scenario)
        ),
    )


def _assumptions(
    scenario: Scenario, threats: Sequence[str], answers: Sequence[Answer]
) -> Iterator[Assumption]:
    yield from assumptions_of(scenario, threats)
    for answer in answers:
        yield from answer.assumptions


def _cited(answers: Sequence[Answer]) -> Iterator[str]:
    """Sources that documents and assumptions of answers name."""
    for answer in answers:
        yield from chain.from_iterable(assumption.sources for assumption in answer.assumptions)
        for document in answer.documents.values():
            yield from _named_sources(document)


def _named_sources(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, part in value.items():
            if name == "source" and isinstance(part, str):
                yield part
            elif name == "sources" and isinstance(part, list):
                yield from part
            else:
                yield from _named_sources(part)
    elif isinstance(value, list):
        for part in value:
            yield from _named_sources(part)


def _possible(scenario: Scenario) -> tuple[str, ...]:
    return choose_questions(scenario, None, {})


def _phase(scenario: Scenario, phase_id: str) -> shown.Phase:
    phase = scenario.phase(phase_id)
    year = phase_id if phase_id.isdecimal() and len(phase_id) == 4 else str(phase.date.year)
    note = f"{phase.date.isoformat()}. {phase.note or ''}".strip()
    return shown.Phase(phase_id, phase.name, year, note, cancelled=phase.status == "cancelled")


def _threats(scenario: Scenario, threat_ids: Sequence[str]) -> tuple[shown.Threat, ...]:
    """The threats as shown; of those that fly equally far it is said where they come from."""
    threats = [_threat(scenario, threat_id) for threat_id in threat_ids]
    often = Counter(threat.words for threat in threats)
    return tuple(
        threat
        if often[threat.words] == 1
        else replace(threat, words=f"{threat.words} from {_origin(scenario, threat.id)}")
        for threat in threats
    )


def _origin(scenario: Scenario, threat_id: str) -> str:
    """Country of the launch points by name, or the launch area if they lie in several or all at sea."""
    _, latitude_rad, longitude_rad = scenario.launch_points(threat_id)
    countries = Countries.load()
    # A town on the coast may lie off it on a map at 1:50 million.
    found = {int(each) for each in countries.country_at(latitude_rad, longitude_rad)} - {SEA}
    return (
        country_text(countries.codes[found.pop()])
        if len(found) == 1
        else scenario.launch_area(threat_id).name
    )


def _threat(scenario: Scenario, threat_id: str) -> shown.Threat:
    threat, missile = scenario.threat(threat_id), scenario.missile(threat_id)
    reach = f"{from_si(missile.class_range.si, 'km'):,.0f} km"
    area = scenario.launch_area(threat_id)
    name = threat.name or missile.name
    if reach.replace(",", "") not in name.replace(",", ""):
        name = f"{name}, {reach}"
    return shown.Threat(threat_id, name, f"a {reach} missile", area.name, area.source or "")


def _asset(scenario: Scenario, asset: PlacedAsset, phases: Sequence[str]) -> shown.AssetMark:
    entry = asset.entry
    kind = asset.kind if asset.kind != "battery" else "ship" if asset.at_sea else "interceptor"
    place = ""
    if entry.site is not None:
        place = scenario.catalogue.sites[entry.site].name
    elif entry.place is not None:
        place = entry.place.name or ""
    until = "" if entry.out_of_service is None else f" to {entry.out_of_service.isoformat()}"
    return shown.AssetMark(
        id=asset.id,
        name=asset.name,
        kind=kind,
        owner=scenario.document.partners[asset.owner].name,
        latitude_deg=degrees(asset.latitude_rad),
        longitude_deg=degrees(asset.longitude_rad),
        phases=frozenset(phase for phase in phases if entry.serves_on(scenario.phase(phase).date)),
        place=place or asset.name,
        item=asset.item.name,
        period=f"from {entry.in_service.isoformat()}{until}",
        stock="" if entry.interceptors is None else str(entry.interceptors),
        source=entry.source or "",
    )


def _launches(scenario: Scenario, threat: str) -> Iterator[shown.LaunchPoint]:
    for name, latitude, longitude in zip(*scenario.launch_points(threat), strict=True):
        yield shown.LaunchPoint(threat, name, degrees(latitude), degrees(longitude))


def _outlines(own: frozenset[str], scenario: Scenario, threats: Sequence[str]) -> shown.Outlines:
    countries = Countries.load()

    def rings(codes: Sequence[str]) -> tuple[NDArray[np.float64], ...]:
        parts = shapely.get_parts([countries.polygons(code) for code in codes])
        return tuple(np.asarray(part.exterior.coords)[:, 1::-1] for part in parts)

    points = [scenario.launch_points(threat) for threat in threats]
    found = {
        int(index) for _, latitude, longitude in points for index in countries.country_at(latitude, longitude)
    }
    launch = [code for index, code in enumerate(countries.codes) if index in found]
    inside = [code for code in countries.codes if code in own]
    others = [code for code in countries.codes if code not in own]
    return shown.Outlines(rings(inside), rings(others), rings(launch))


def _comparisons(scenario: Scenario, dataset: xr.Dataset) -> Iterator[shown.Comparison]:
    for comparison in compare_with_published(scenario.id, dataset):
        source = scenario.catalogue.sources.get(comparison.source)
        by = comparison.source if source is None else ", ".join(filter(None, (source.publisher, source.date)))
        yield shown.Comparison(
            comparison.statement,
            by,
            _in_words(comparison.found, scenario, dataset),
            comparison.agrees,
            comparison.why,
            (comparison.source,),
        )


def _in_words(found: str, scenario: Scenario, dataset: xr.Dataset) -> str:
    """What was found with names of countries and threats for their codes."""
    for threat in scenario.document.threats:
        found = re.sub(rf"(?<![\w-]){re.escape(threat)}(?![\w-])", _threat(scenario, threat).name, found)
    for code in dataset["country"].attrs["codes"].split():
        found = re.sub(rf"\b{code}\b(?!-)", country_text(code), found)
    return found.replace("km2", "km²")


def _sources(scenario: Scenario, cited: Sequence[str]) -> Iterator[shown.Source]:
    known = scenario.catalogue.sources
    threats = tuple(scenario.document.threats)
    named = [*scenario.sources(), *cited]
    named += [source for _, item in items_of(scenario, threats) for source in sources_of(item)]
    for source_id in dict.fromkeys(named):
        if source_id in known:
            yield _citation(source_id, known[source_id])


def _citation(source_id: str, source: Source) -> shown.Source:
    parts = [source.title, source.publisher, source.date, source.page and f"page {source.page}"]
    memory = " (from memory, not read again)" if source.reliability == "memory" else ""
    accessed = f", read {source.accessed.isoformat()}" if source.accessed else ""
    address = f"https://doi.org/{source.doi}" if source.doi else source.url or ""
    text = ". ".join(part for part in parts if part).replace("?.", "?")
    return shown.Source(source_id, f"{text}{accessed}{memory}.", address)
