"""What each format carries of each thing, found out by changing one value at a time."""

from synaspis.gateways.carriage.probe import Row
from synaspis.gateways.carriage.table import FORMATS, ITEMS, items_of, rows_of

__all__ = ["FORMATS", "ITEMS", "Row", "items_of", "rows_of"]
