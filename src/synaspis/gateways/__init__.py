"""To and from the formats of other programs: text in, text out."""

from synaspis.gateways.carried import Carried, NotCarried
from synaspis.gateways.cells import merge_cells
from synaspis.gateways.cot import CotEvent, cot_of_fused, cot_of_report, cot_of_shown, to_cot
from synaspis.gateways.cot_stream import CotRead, CotSplitter, read_cot
from synaspis.gateways.cot_told import CotDrawing, cot_of_told
from synaspis.gateways.czml import to_czml
from synaspis.gateways.features import Area, Marks, Place, Track
from synaspis.gateways.geojson import to_geojson
from synaspis.gateways.kml import to_kml
from synaspis.gateways.left_out import left_out
from synaspis.gateways.notes import Note, note_of
from synaspis.gateways.oem import Oem, OemSegment, write_oem
from synaspis.gateways.oem_reader import read_oem
from synaspis.gateways.oem_tracks import oem_of_track
from synaspis.gateways.picture import GroundPoint, ShownPicture, ShownTrack, picture_of
from synaspis.gateways.told import Fact, Sign, ToldMessage, told_of

__all__ = [
    "Area",
    "Carried",
    "CotDrawing",
    "CotEvent",
    "CotRead",
    "CotSplitter",
    "Fact",
    "GroundPoint",
    "Marks",
    "NotCarried",
    "Note",
    "Oem",
    "OemSegment",
    "Place",
    "ShownPicture",
    "ShownTrack",
    "Sign",
    "ToldMessage",
    "Track",
    "cot_of_fused",
    "cot_of_report",
    "cot_of_shown",
    "cot_of_told",
    "left_out",
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
    "told_of",
    "write_oem",
]
