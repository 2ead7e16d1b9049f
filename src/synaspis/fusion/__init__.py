"""One picture from the tracks of several sources: filters, association, covariance intersection."""

from synaspis.fusion.intersection import covariance_intersection
from synaspis.fusion.picture import Picture
from synaspis.fusion.report import NOMINAL_POSITION_M, NOMINAL_VELOCITY_M_S, Report
from synaspis.fusion.tracks import Estimate, FusedTrack
from synaspis.fusion.update import SILENCE_US, prepare, update

__all__ = [
    "NOMINAL_POSITION_M",
    "NOMINAL_VELOCITY_M_S",
    "SILENCE_US",
    "Estimate",
    "FusedTrack",
    "Picture",
    "Report",
    "covariance_intersection",
    "prepare",
    "update",
]
