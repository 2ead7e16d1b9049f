"""Rows of numbers that grow and shrink, kept as one array a column."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

_FIRST_ROWS = 8


class Table:
    """Named columns of equal length; the arrays have room for more rows than are in use.

    columns: name to (dtype, shape of one entry).
    """

    def __init__(self, columns: Mapping[str, tuple[str, tuple[int, ...]]]) -> None:
        self.columns = columns
        self.count = 0
        self.arrays: dict[str, NDArray[Any]] = {
            name: np.zeros((_FIRST_ROWS, *shape), dtype=dtype) for name, (dtype, shape) in columns.items()
        }

    def __getitem__(self, name: str) -> NDArray[Any]:
        """The whole array of a column, spare rows included; it changes when rows are added."""
        return self.arrays[name]

    def add(self, **values: object) -> int:
        """Append a row, zero where no value is given, and return its number."""
        row = self.count
        if row == len(next(iter(self.arrays.values()))):
            for name, array in self.arrays.items():
                self.arrays[name] = np.concatenate([array, np.zeros_like(array)])
        self.count += 1
        for name, array in self.arrays.items():
            array[row] = values.get(name, 0)
        return row

    def keep(self, rows: NDArray[np.int64]) -> None:
        """Let only these rows stay, in this order."""
        for array in self.arrays.values():
            array[: rows.size] = array[rows]
        self.count = int(rows.size)

    def copy(self) -> Table:
        """The same rows in arrays of their own."""
        other = Table(self.columns)
        other.count = self.count
        other.arrays = {name: array.copy() for name, array in self.arrays.items()}
        return other

    def to_bytes(self) -> bytes:
        """The rows in use, column after column, little-endian."""
        return b"".join(
            np.ascontiguousarray(array[: self.count]).astype(array.dtype.newbyteorder("<")).tobytes()
            for array in self.arrays.values()
        )

    def read(self, raw: memoryview, count: int) -> memoryview:
        """Take `count` rows from the start of what `to_bytes` wrote; returns the rest."""
        for name, (dtype, shape) in self.columns.items():
            entry = np.dtype(dtype).newbyteorder("<")
            size = entry.itemsize * count * int(np.prod(shape, dtype=np.int64))
            found = np.frombuffer(raw[:size], dtype=entry).reshape((count, *shape)).astype(dtype)
            self.arrays[name] = np.concatenate([found, np.zeros((_FIRST_ROWS, *shape), dtype=dtype)])
            raw = raw[size:]
        self.count = count
        return raw
