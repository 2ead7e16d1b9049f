"""Errors, units, documents and files: what every other package may use. Constants are in `core.constants`."""

from synaspis.core.documents import Document, FrozenModel, Rejected, parse, read_document
from synaspis.core.errors import Fault, InputError, SynaspisError
from synaspis.core.files import replace_directory, write_atomically
from synaspis.core.quantity import Measure, Quantity
from synaspis.core.units import UNITS, from_si, to_si

__all__ = [
    "UNITS",
    "Document",
    "Fault",
    "FrozenModel",
    "InputError",
    "Measure",
    "Quantity",
    "Rejected",
    "SynaspisError",
    "from_si",
    "parse",
    "read_document",
    "replace_directory",
    "to_si",
    "write_atomically",
]
