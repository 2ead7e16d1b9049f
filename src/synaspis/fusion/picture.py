"""The state of one picture: source tracks, objects, and what has been seen already."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Container
from typing import Any, Final

import numpy as np

from synaspis.fusion._table import Table
from synaspis.fusion.tracks import Estimate

FORMAT: Final = "synaspis.picture/1"
DIGESTS_KEPT: Final = 4_096
"""How many of the latest digests a picture remembers."""

_STATE: Final = {"state": ("f8", (6,)), "covariance": ("f8", (6, 6)), "time_us": ("i8", ())}
_SOURCE_TRACKS: Final = {
    **_STATE,
    "thrust_us": ("i8", ()),
    "arrival_us": ("i8", ()),
    "object": ("i8", ()),
    "joined": ("i8", ()),
    "checked_us": ("i8", ()),
    "misses": ("i8", ()),
    "fused": ("i8", ()),
    "old_state": ("f8", (6,)),
    "old_covariance": ("f8", (6, 6)),
    "old_us": ("i8", ()),
}
_OBJECTS: Final = {
    **_STATE,
    "thrust_us": ("i8", ()),
    "number": ("i8", ()),
    "shown": ("i8", ()),
    "ground_us": ("i8", ()),
    "launch": ("f8", (8,)),
    "impact": ("f8", (8,)),
    "compared_us": ("i8", ()),
    "twin": ("i8", ()),
    "alike": ("i8", ()),
}


class Picture:
    """What one set of recipients with equal rights is shown: a function of the reports given to it alone.

    Starts empty. `update` changes it in place; `copy` gives a twin whose future is its own; `to_bytes` and
    `from_bytes` carry it over a restart without changing its future by a bit.
    """

    def __init__(self) -> None:
        self._tracks = Table(_SOURCE_TRACKS)
        self._objects = Table(_OBJECTS)
        self._keys: list[tuple[str, str]] = []
        self._rows: dict[tuple[str, str], int] = {}
        self._members: list[list[int]] = []
        self._digests: OrderedDict[str, None] = OrderedDict()
        self._next_number = 1
        self._next_join = 1
        # By number, made from the columns when first asked for; no part of the state.
        self._places: dict[int, tuple[Estimate | None, Estimate | None]] = {}

    @property
    def track_count(self) -> int:
        """How many objects are alive."""
        return self._objects.count

    def members(self, wanted: Container[int] | None = None) -> dict[int, tuple[tuple[str, str], ...]]:
        """Source and name of the source tracks that make up each live object, by its number.

        wanted: numbers to look at, all by default.
        """
        numbers, key_of = self._objects["number"][: self._objects.count].tolist(), self._keys.__getitem__
        return {
            number: tuple(map(key_of, group))
            for number, group in zip(numbers, self._members, strict=True)
            if wanted is None or number in wanted
        }

    def copy(self) -> Picture:
        """A twin that shares nothing with this picture."""
        other = Picture()
        other._tracks, other._objects = self._tracks.copy(), self._objects.copy()
        other._keys, other._rows = list(self._keys), dict(self._rows)
        other._members = [list(rows) for rows in self._members]
        other._digests, other._places = self._digests.copy(), dict(self._places)
        other._next_number, other._next_join = self._next_number, self._next_join
        return other

    def to_bytes(self) -> bytes:
        """The state: a line of JSON, then the numbers as little-endian columns. Equal states, equal bytes."""
        head = {
            "format": FORMAT,
            "digests": list(self._digests),
            "keys": self._keys,
            "next_join": self._next_join,
            "next_number": self._next_number,
            "objects": self._objects.count,
        }
        text = json.dumps(head, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
        return text.encode() + b"\n" + self._tracks.to_bytes() + self._objects.to_bytes()

    @classmethod
    def from_bytes(cls, raw: bytes) -> Picture:
        """The picture that `to_bytes` wrote. Raises ValueError for anything else."""
        first, _, rest = raw.partition(b"\n")
        try:
            head: dict[str, Any] = json.loads(first)
            if head["format"] != FORMAT:
                raise ValueError(f"the format is {head['format']!r}")
            picture = cls()
            picture._keys = [(str(source), str(track)) for source, track in head["keys"]]
            picture._digests = OrderedDict.fromkeys(head["digests"])
            picture._next_number, picture._next_join = int(head["next_number"]), int(head["next_join"])
            left = picture._tracks.read(memoryview(rest), len(picture._keys))
            left = picture._objects.read(left, int(head["objects"]))
            owners = picture._tracks["object"][: picture._tracks.count]
            if owners.size and not 0 <= owners.min() <= owners.max() < picture._objects.count:
                raise ValueError("a source track belongs to no object")
        except (KeyError, TypeError, ValueError, OverflowError, MemoryError) as error:
            raise ValueError(f"not a picture of the format {FORMAT}: {error}") from error
        if left.nbytes:
            raise ValueError(f"not a picture of the format {FORMAT}: {left.nbytes} bytes too many")
        picture._index()
        return picture

    def _index(self) -> None:
        """Rebuild what follows from the tables: rows by key, members by the order in which they joined."""
        count = self._tracks.count
        self._rows = {key: row for row, key in enumerate(self._keys)}
        self._members = [[] for _ in range(self._objects.count)]
        for row in np.argsort(self._tracks["joined"][:count], kind="stable").tolist():
            self._members[int(self._tracks["object"][row])].append(row)

    def _open_object(self, track: int) -> int:
        """A new object made of one source track; returns its row."""
        tracks = self._tracks
        row = self._objects.add(
            state=tracks["state"][track],
            covariance=tracks["covariance"][track],
            time_us=tracks["time_us"][track],
            thrust_us=tracks["thrust_us"][track],
            number=self._next_number,
            ground_us=-1,
            compared_us=-1,
        )
        self._next_number += 1
        self._members.append([])
        return row

    def _join(self, track: int, row: int) -> None:
        """Make a source track the last member of an object."""
        tracks = self._tracks
        tracks["object"][track], tracks["joined"][track] = row, self._next_join
        tracks["misses"][track] = 0
        self._next_join += 1
        self._members[row].append(track)

    def _drop(self, tracks_kept: np.ndarray, objects_kept: np.ndarray) -> None:
        """Let only these rows stay (ascending); every kept track must belong to a kept object."""
        renumbered = np.full(self._objects.count, -1, dtype=np.int64)
        renumbered[objects_kept] = np.arange(objects_kept.size)
        self._tracks.keep(tracks_kept)
        self._objects.keep(objects_kept)
        count = self._tracks.count
        self._tracks["object"][:count] = renumbered[self._tracks["object"][:count]]
        self._keys = [self._keys[row] for row in tracks_kept.tolist()]
        self._index()
