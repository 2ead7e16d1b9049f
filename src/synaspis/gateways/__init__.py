"""To and from the formats of other programs: text in, text out."""

from synaspis.gateways.oem import Oem, OemSegment, write_oem
from synaspis.gateways.oem_reader import read_oem

__all__ = ["Oem", "OemSegment", "read_oem", "write_oem"]
