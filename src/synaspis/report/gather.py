"""From a scenario and its result to what a report shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from math import degrees

import numpy as np
import shapely
import xarray as xr
from numpy.typing import NDArray

from synaspis.analyses.published import compare_with_published
from synaspis.catalogue import Item, Source, quantities, sources_of
from synaspis.core.documents import path_text
from synaspis.core.quantity import Quantity, from_si
from synaspis.geography import Countries
from synaspis.report import content as shown
from synaspis.report.limits import limits_of
from synaspis.scenario import PlacedAsset, Scenario

_KIND_WORDS = {"missiles": "Missile", "interceptors": "Interceptor", "radars": "Radar"}


def content_of(
    scenario: Scenario,
    dataset: xr.Dataset,
    manifest: Mapping[str, object],
    denied: xr.Dataset | None = None,
) -> shown.ReportContent:
    """Return all that the report of a study shows.

    dataset: dims (phase, threat, latitude, longitude); it may hold fewer phases and threats than the
    scenario. manifest: what is needed to run it again. denied: launch area denied for the same phases and
    threats; None if it was not asked for.
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
        threats=tuple(_threat(scenario, threat) for threat in threats),
        assets=tuple(_asset(scenario, asset, phases) for asset in scenario.assets),
        launches=tuple(chain.from_iterable(_launches(scenario, threat) for threat in threats)),
        outlines=_outlines(frozenset(document.region.countries), scenario, threats),
        assumptions=(*_settings(scenario), *_values(scenario, threats)),
        comparisons=comparisons,
        limits=limits_of(scenario, dataset),
        sources=tuple(_sources(scenario, cited)),
        denied=denied,
        manifest=manifest,
    )


def _phase(scenario: Scenario, phase_id: str) -> shown.Phase:
    phase = scenario.phase(phase_id)
    year = phase_id if phase_id.isdecimal() and len(phase_id) == 4 else str(phase.date.year)
    note = f"{phase.date.isoformat()}. {phase.note or ''}".strip()
    return shown.Phase(phase_id, phase.name, year, note, cancelled=phase.status == "cancelled")


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


def _settings(scenario: Scenario) -> Iterator[shown.Assumption]:
    """Yield what the user chose: rules of engagement and the delays of the agreements."""
    engagement = scenario.document.engagement
    rules = (
        ("shots required", str(engagement.shots_required), ""),
        ("each shot waits for the outcome of the one before", "yes" if engagement.assessment else "no", ""),
        ("own network delay", f"{engagement.own_network_delay.value:g}", engagement.own_network_delay.unit),
    )
    for quantity, value, unit in rules:
        yield shown.Assumption("Scenario: what counts as defended", quantity, value, unit, "assumed")
    for agreement in scenario.document.agreements.values():
        period = f"{agreement.valid_from.isoformat()} to {agreement.valid_until or 'open'}"
        for name, clause in agreement.clauses.items():
            if clause.delay is None:
                continue
            use = f", {clause.use}" if clause.use else ""
            yield shown.Assumption(
                f"Agreement: {agreement.name}",
                f"{name} ({clause.product}{use}): delay",
                f"{clause.delay.value:g}",
                clause.delay.unit,
                agreement.basis,
                note=f"In force {period}. {agreement.note or ''}".strip(),
                sources=(agreement.source,) if agreement.source else (),
            )


def _items(scenario: Scenario, threats: Sequence[str]) -> Iterator[tuple[str, Item]]:
    """Yield kind and item of everything in the catalogue that the study used, each once."""
    catalogue = scenario.catalogue
    used = [scenario.threat(threat).missile for threat in threats]
    used += [asset.item.id for asset in scenario.assets]
    used += [asset.entry.site for asset in scenario.assets if asset.entry.site is not None]
    for item_id in dict.fromkeys(used):
        yield catalogue.kind_of(item_id), catalogue.find(item_id)


def _values(scenario: Scenario, threats: Sequence[str]) -> Iterator[shown.Assumption]:
    for kind, item in _items(scenario, threats):
        head = f"{_KIND_WORDS.get(kind, kind.removesuffix('s').capitalize())}: {item.name}"
        for path, quantity in quantities(item):
            name = path_text(path).replace("_", " ")
            if kind == "sites":
                yield _assumption("Sites", f"{item.name}: {name}", quantity)
            else:
                yield _assumption(head, name, quantity)


def _assumption(item: str, name: str, quantity: Quantity) -> shown.Assumption:
    low, high = quantity.low, quantity.high
    spread = "" if low is None and high is None else f"{_number(low)} to {_number(high)}"
    rivals = "; ".join(f"{rival.value:.10g} ({rival.held_by})" for rival in quantity.rivals)
    sources = [quantity.source, *(rival.source for rival in quantity.rivals)]
    return shown.Assumption(
        item=item,
        quantity=name,
        value=f"{quantity.value:.10g}",
        unit="" if quantity.unit == "1" else quantity.unit,
        basis=quantity.basis,
        spread=spread,
        rivals=rivals,
        note=quantity.note or "",
        sources=tuple(dict.fromkeys(source for source in sources if source)),
    )


def _number(value: float | None) -> str:
    return "?" if value is None else f"{value:.10g}"


def _comparisons(scenario: Scenario, dataset: xr.Dataset) -> Iterator[shown.Comparison]:
    for comparison in compare_with_published(scenario.id, dataset):
        source = scenario.catalogue.sources.get(comparison.source)
        by = comparison.source if source is None else ", ".join(filter(None, (source.publisher, source.date)))
        yield shown.Comparison(
            comparison.statement,
            by,
            comparison.found,
            comparison.agrees,
            comparison.why,
            (comparison.source,),
        )


def _sources(scenario: Scenario, cited: Sequence[str]) -> Iterator[shown.Source]:
    known = scenario.catalogue.sources
    threats = tuple(scenario.document.threats)
    named = [*scenario.sources(), *cited]
    named += [source for _, item in _items(scenario, threats) for source in sources_of(item)]
    for source_id in dict.fromkeys(named):
        if source_id in known:
            yield _citation(source_id, known[source_id])


def _citation(source_id: str, source: Source) -> shown.Source:
    parts = [source.title, source.publisher, source.date, source.page and f"page {source.page}"]
    memory = " (from memory, not read again)" if source.reliability == "memory" else ""
    accessed = f", read {source.accessed.isoformat()}" if source.accessed else ""
    address = f"https://doi.org/{source.doi}" if source.doi else source.url or ""
    return shown.Source(
        source_id, ". ".join(part for part in parts if part) + accessed + memory + ".", address
    )
