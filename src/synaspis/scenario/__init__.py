"""Scenarios: who defends what, with which assets, in which phases, against which threats."""

from synaspis.scenario.architecture import Architecture, Sharing, Variant, architecture
from synaspis.scenario.arrays import (
    Launchers,
    cross_section_m2,
    interceptor_parameters,
    launcher_arrays,
    missile_parameters,
    radar_arrays,
    satellite_arrays,
)
from synaspis.scenario.asset import Asset, Place
from synaspis.scenario.loader import check_scenario, load_scenario_document, scenario_ids, scenario_path
from synaspis.scenario.overrides import revalued, with_holder, with_value
from synaspis.scenario.placed import PlacedAsset, Scenario
from synaspis.scenario.schema import (
    Alliance,
    Engagement,
    LaunchArea,
    LaunchPoint,
    Partner,
    Phase,
    Region,
    ScenarioDocument,
    Threat,
)
from synaspis.scenario.template import new_scenario

__all__ = [
    "Alliance",
    "Architecture",
    "Asset",
    "Engagement",
    "LaunchArea",
    "LaunchPoint",
    "Launchers",
    "Partner",
    "Phase",
    "Place",
    "PlacedAsset",
    "Region",
    "Scenario",
    "ScenarioDocument",
    "Sharing",
    "Threat",
    "Variant",
    "architecture",
    "check_scenario",
    "cross_section_m2",
    "interceptor_parameters",
    "launcher_arrays",
    "load_scenario_document",
    "missile_parameters",
    "new_scenario",
    "radar_arrays",
    "revalued",
    "satellite_arrays",
    "scenario_ids",
    "scenario_path",
    "with_holder",
    "with_value",
]
