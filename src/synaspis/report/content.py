"""What a report is made from: the result arrays and everything that has to be said about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from synaspis.analyses.assumptions import Assumption
from synaspis.analyses.questions import Answer


@dataclass(frozen=True, slots=True)
class Phase:
    """One phase. name: as shown. year: as shown, such as "2015". note: one sentence or empty.

    cancelled: whether it was given up, so that the answer is that of the phase before.
    """

    id: str
    name: str
    year: str
    note: str = ""
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class Threat:
    """One threat case.

    name: as shown. words: as said in a sentence, such as "a 2,000 km missile". launch_area: name of the area.
    source: id of who published that area.
    """

    id: str
    name: str
    words: str
    launch_area: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class AssetMark:
    """One asset for maps and tables.

    kind: "radar", "interceptor", "ship" or "satellite"; a thing with interceptors is no "radar", whatever
    else it has. latitude_deg, longitude_deg: place, or sub-satellite point. phases: ids of the phases in
    which it is in service.
    """

    id: str
    name: str
    kind: str
    owner: str
    latitude_deg: float
    longitude_deg: float
    phases: frozenset[str]
    place: str = ""
    item: str = ""
    period: str = ""
    stock: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class LaunchPoint:
    """One launch point of a threat case. threat: id of the case."""

    threat: str
    name: str
    latitude_deg: float
    longitude_deg: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """A published statement beside what this study finds.

    agrees: True, False, or None where the study cannot say. why: the reason for a difference, one or two
    sentences.
    """

    statement: str
    published_by: str
    found: str
    agrees: bool | None
    why: str = ""
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """One entry of the list of sources; citation without address."""

    id: str
    citation: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Outlines:
    """Coast and border lines, each (vertex, 2) latitude and longitude in degrees.

    own: territory to defend. other: all other land, launch included. launch: countries in which launch points
    lie.
    """

    own: tuple[NDArray[np.float64], ...]
    other: tuple[NDArray[np.float64], ...]
    launch: tuple[NDArray[np.float64], ...] = ()


@dataclass(frozen=True)
class ReportContent:
    """All that a report shows.

    dataset: study result, dims (phase, threat, latitude, longitude), as `synaspis.analyses` gives it.
    denied: launch area denied, as `launch_area_denied` gives it; None if it was not asked for.
    answers: to the further questions. unanswered: words and reason of each for which there are no data.
    question: what was asked, one sentence. summary: what the study looks at and leaves out, a paragraph.
    limits: what the numbers do not say, in plain words. manifest: what is needed to run it again.
    """

    dataset: xr.Dataset
    title: str
    question: str
    summary: str
    phases: tuple[Phase, ...]
    threats: tuple[Threat, ...]
    assets: tuple[AssetMark, ...]
    launches: tuple[LaunchPoint, ...]
    outlines: Outlines
    assumptions: tuple[Assumption, ...] = ()
    comparisons: tuple[Comparison, ...] = ()
    limits: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    denied: xr.Dataset | None = None
    manifest: Mapping[str, object] = field(default_factory=dict)
    answers: tuple[Answer, ...] = ()
    unanswered: tuple[tuple[str, str], ...] = ()
