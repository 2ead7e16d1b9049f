"""To and from the formats of other programs: text in, text out."""

from synaspis.gateways.carried import Carried, NotCarried
from synaspis.gateways.cells import merge_cells
from synaspis.gateways.cot import CotEvent, cot_of_fused, cot_of_report, cot_of_shown, to_cot
from synaspis.gateways.cot_stream import CotRead, CotSplitter, read_cot
from synaspis.gateways.czml import to_czml
from synaspis.gateways.features import Area, Marks, Place, Track
from synaspis.gateways.geojson import to_geojson
from synaspis.gateways.kml import to_kml
from synaspis.gateways.notes import Note, note_of
from synaspis.gateways.oem import Oem, OemSegment, write_oem
from synaspis.gateways.oem_reader import read_oem
from synaspis.gateways.oem_tracks import oem_of_track
from synaspis.gateways.picture import GroundPoint, ShownPicture, ShownTrack, picture_of

__all__ = [
    "Area",
    "Carried",
    "CotEvent",
    "CotRead",
    "CotSplitter",
    "GroundPoint",
    "Marks",
    "NotCarried",
    "Note",
    "Oem",
    "OemSegment",
    "Place",
    "ShownPicture",
    "ShownTrack",
    "Track",
    "cot_of_fused",
    "cot_of_report",
    "cot_of_shown",
    "merge_cells",
    "note_of",
    "oem_of_track",
    "picture_of",
    "read_cot",
    "read_oem",
    "to_cot",
    "to_czml",
    "to_geojson",
    "to_kml",
    "write_oem",
]
