"""YAML without its traps.

The dialect is small on purpose: UTF-8, one document, mappings, lists and scalars. A plain scalar is null,
true, false, an integer, a finite number, a date (2018-12-31) or else text, so that `NO` is Norway and `yes`
is a word; keys are always text. Anchors, aliases, tags and duplicate keys are refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import isfinite
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import yaml

from synaspis.core.errors import Fault, InputError

FieldPath = tuple[str | int, ...]

SIZE_MAX_BYTES: Final = 5_000_000
DEPTH_MAX: Final = 40
SCALAR_MAX_CHARACTERS: Final = 100_000

_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INTEGER: Final = re.compile(r"[-+]?(0|[1-9][0-9]{0,29})\Z")
_NUMBER: Final = re.compile(r"[-+]?((0|[1-9][0-9]*)(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?\Z")
_NOT_FINITE: Final = re.compile(r"[-+]?\.(inf|nan)\Z", re.IGNORECASE)
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_WORDS: Final = {"": None, "~": None, "null": None, "true": True, "false": False}


def path_text(path: FieldPath) -> str:
    """A field path as people write it: ``stages[0].burn_time``."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


@dataclass(frozen=True)
class Document:
    """What a file says, with the line of each field.

    data: mapping of text to nested mappings, tuples and scalars. source: file name, for messages.
    lines: line number, from 1, of every key and list item. faults: what was found wrong in reading and can be
    reported together with what is wrong in meaning; `parse` refuses a document that has any.
    """

    data: Mapping[str, Any]
    source: str = ""
    lines: Mapping[FieldPath, int] = field(default_factory=dict, repr=False)
    faults: tuple[Fault, ...] = ()

    def line_of(self, path: FieldPath | str) -> int | None:
        """Line of a field, or of the nearest part of its path that the file has; None if the document has no
        lines.

        path: a tuple of keys and list indices, or text such as ``stages[0].burn_time``.
        """
        parts = _split(path) if isinstance(path, str) else path
        for length in range(len(parts), -1, -1):
            if (line := self.lines.get(parts[:length])) is not None:
                return line
        return None

    def fault(self, what: str, path: FieldPath | str = (), remedy: str = "") -> Fault:
        """A fault of this document at a field, with file and line filled in."""
        where = path if isinstance(path, str) else path_text(path)
        return Fault(what, where, remedy, self.source, self.line_of(path))


def _split(text: str) -> FieldPath:
    parts = re.findall(r"\[(\d+)\]|([^.\[\]]+)", text)
    return tuple(int(index) if index else key for index, key in parts)


def read_document(origin: Path | str | bytes, *, source: str | None = None) -> Document:
    """Read one YAML document.

    origin: a `Path` is a file to read; text or bytes are the document itself. source: name used in messages,
    by default the path as given.
    Raises InputError with every fault found (a syntax error ends the search): file missing or above 5 MB,
    not UTF-8, not a mapping, duplicate keys, numbers that are not finite, impossible dates, anchors,
    aliases, tags, nesting above 40.
    """
    if isinstance(origin, Path):
        return _read_text(_read_bytes(origin, source or str(origin)), source or str(origin))
    return _read_text(origin, source or "")


def _read_bytes(path: Path, source: str) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(SIZE_MAX_BYTES + 1)
    except FileNotFoundError:
        raise InputError(Fault("there is no such file", remedy="Check the path.", source=source)) from None
    except OSError as error:
        raise InputError(Fault(f"cannot be read: {error.strerror}", source=source)) from None


def _read_text(content: bytes | str, source: str) -> Document:
    try:
        raw = content.encode() if isinstance(content, str) else content
        raw.decode()
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        what = f"byte {error.start + 1} (0x{error.object[error.start]:02x}) is not UTF-8"
        raise InputError(Fault(what, remedy="Save the file as UTF-8.", source=source, line=line)) from None
    except UnicodeEncodeError as error:
        raise InputError(
            Fault(f"character {error.start + 1} is half of a surrogate pair", source=source)
        ) from None
    if len(raw) > SIZE_MAX_BYTES:
        what = f"larger than {SIZE_MAX_BYTES / 1e6:g} MB, the most that is read"
        raise InputError(Fault(what, remedy="Split the file.", source=source))
    reader = _Reader(source)
    try:
        data = reader.read(raw)
    except yaml.YAMLError as error:
        raise InputError([*reader.faults, _syntax_fault(error, source)]) from None
    if not isinstance(data, Mapping):
        found = "empty" if data is None else f"{kind_of(data)}"
        what = f"the document is {found}; a mapping of keys to values is needed"
        raise InputError(
            Fault(what, remedy="Start with a line such as `schema: scenario/1`.", source=source, line=1)
        )
    return Document(data, source, reader.lines, tuple(reader.faults))


def _syntax_fault(error: yaml.YAMLError, source: str) -> Fault:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error)
    what = f"not valid YAML: {problem}"
    remedy = "If the line has a tab, put spaces." if "cannot start any token" in str(problem) else ""
    if context := getattr(error, "context", None):
        begun = getattr(error, "context_mark", None)
        what += f" {context}" + (f" that begins in line {begun.line + 1}" if begun else "")
    return Fault(what, remedy=remedy, source=source, line=None if mark is None else mark.line + 1)


def kind_of(value: object) -> str:
    """What a value read from a document is, in a word or two, with its article."""
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return "true or false"
    for kind, name in ((Mapping, "a mapping"), (str, "text"), (date, "a date"), (int | float, "a number")):
        if isinstance(value, kind):
            return name
    return "a list" if isinstance(value, Sequence) else type(value).__name__


def _line(event: yaml.Event) -> int:
    mark = event.start_mark
    return 1 if mark is None else int(mark.line) + 1


class _Reader:
    """Builds data from parser events, which need no recursion in the parser, so that nesting can be bounded
    here.
    """

    def __init__(self, source: str) -> None:
        self.source = source
        self.lines: dict[FieldPath, int] = {}
        self.faults: list[Fault] = []
        self._events: Iterator[yaml.Event] = iter(())

    def read(self, raw: bytes) -> Any:
        self._events = iter(yaml.parse(raw, Loader=_LOADER))
        data: Any = None
        documents = 0
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._fault(
                        "a second document starts here; one is allowed", event, (), "Remove the `---` line."
                    )
                    break
            elif isinstance(event, yaml.NodeEvent):
                data = self._node(event, ())
        return data

    def _fault(self, what: str, event: yaml.Event, path: FieldPath, remedy: str = "") -> None:
        self.faults.append(Fault(what, path_text(path), remedy, self.source, _line(event)))

    def _node(self, event: yaml.Event, path: FieldPath) -> Any:
        self.lines.setdefault(path, _line(event))
        if not isinstance(event, yaml.NodeEvent) or isinstance(event, yaml.AliasEvent):
            self._refuse_marks(event, path)
            return None
        self._refuse_marks(event, path)
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, path)
        if len(path) >= DEPTH_MAX:
            what = f"nested deeper than {DEPTH_MAX} levels"
            raise InputError(Fault(what, path_text(path[:3]), "", self.source, _line(event)))
        return self._mapping(path) if isinstance(event, yaml.MappingStartEvent) else self._sequence(path)

    def _refuse_marks(self, event: yaml.Event, path: FieldPath) -> None:
        anchor = getattr(event, "anchor", None)
        if isinstance(event, yaml.AliasEvent):
            self._fault(f"the alias *{anchor} is not allowed", event, path, "Write the value out.")
        elif anchor is not None:
            self._fault(
                f"the anchor &{anchor} is not allowed",
                event,
                path,
                "Write the value out where it is used.",
            )
        elif (tag := getattr(event, "tag", None)) is not None:
            self._fault(f"the tag {tag} is not allowed", event, path, "Remove the tag.")

    def _mapping(self, path: FieldPath) -> Mapping[str, Any]:
        data: dict[str, Any] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent) or not event.value:
                self._fault("a key must be a word", event, path)
                self._node(event, (*path, "?"))
                self._node(next(self._events), (*path, "?"))
                continue
            self._refuse_marks(event, path)
            self._refuse_control(event, path)
            key = event.value
            if key in data:
                first = self.lines[(*path, key)]
                self._fault(
                    f"the key {key!r} is given twice, first in line {first}",
                    event,
                    (*path, key),
                    "Remove one.",
                )
            self.lines.setdefault((*path, key), _line(event))
            data[key] = self._node(next(self._events), (*path, key))
        return MappingProxyType(data)

    def _sequence(self, path: FieldPath) -> tuple[Any, ...]:
        items: list[Any] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._node(event, (*path, len(items))))
        return tuple(items)

    def _refuse_control(self, event: yaml.ScalarEvent, path: FieldPath) -> None:
        if (found := _CONTROL.search(event.value)) is not None:
            what = f"the control character U+{ord(found[0]):04X} is not allowed"
            self._fault(what, event, path, "Remove it: maps and tables cannot carry it.")

    def _scalar(self, event: yaml.ScalarEvent, path: FieldPath) -> Any:
        text: str = event.value
        self._refuse_control(event, path)
        if len(text) > SCALAR_MAX_CHARACTERS:
            self._fault(
                f"a text of {len(text)} characters; at most {SCALAR_MAX_CHARACTERS} are allowed", event, path
            )
        if event.style not in (None, ""):
            return text
        if text in _WORDS:
            return _WORDS[text]
        if _NOT_FINITE.match(text):
            self._fault(
                f"{text} is not a finite number", event, path, "Leave the key out if the value is not known."
            )
        elif _INTEGER.match(text):
            return int(text)
        elif _NUMBER.match(text):
            if isfinite(number := float(text)):
                return number
            self._fault(f"{text[:40]} is not a finite number", event, path, "Use a smaller number.")
        elif _DATE.match(text):
            try:
                return date.fromisoformat(text)
            except ValueError:
                self._fault(
                    f"there is no day {text}", event, path, "Write a date of the calendar as YYYY-MM-DD."
                )
        return text
