"""To and from the formats of other programs: text in, text out."""

from synaspis.gateways.cells import merge_cells
from synaspis.gateways.czml import to_czml
from synaspis.gateways.features import Area, Marks, Place, Track
from synaspis.gateways.geojson import to_geojson
from synaspis.gateways.kml import to_kml
from synaspis.gateways.oem import Oem, OemSegment, write_oem
from synaspis.gateways.oem_reader import read_oem

__all__ = [
    "Area",
    "Marks",
    "Oem",
    "OemSegment",
    "Place",
    "Track",
    "merge_cells",
    "read_oem",
    "to_czml",
    "to_geojson",
    "to_kml",
    "write_oem",
]
