"""Confidentiality labels: the data model of STANAG 4774 in the JSON shape of OpenTDF."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import Any, Final, Literal, cast

from synaspis.core.clock import from_rfc3339, to_rfc3339
from synaspis.core.documents import kind_of, nearest
from synaspis.core.errors import Fault, InputError

NAMESPACE: Final = "urn:nato:stanag:4774:confidentialitymetadatalabel:1:0"
RELEASABLE_TO: Final = "Releasable to"
"""Tag of the permissive category whose values are ids of partners and alliances."""

CLASSIFICATIONS: Final = (
    "UNMARKED",
    "UNCLASSIFIED",
    "RESTRICTED",
    "CONFIDENTIAL",
    "SECRET",
    "TOP SECRET",
)
"""Classifications of STANAG 4774 in rising order."""

CategoryType = Literal["PERMISSIVE", "RESTRICTIVE", "INFORMATIVE"]
_TYPES: Final = ("PERMISSIVE", "RESTRICTIVE", "INFORMATIVE")
_FIELDS: Final = ("TagName", "Type", "GenericValues")

TEXT_MAX_CHARACTERS: Final = 256
ENTRIES_MAX: Final = 256

FAULTS_MAX: Final = 50
"""Faults of one label that are reported: it comes from strangers, and an answer must not grow with it."""


@dataclass(frozen=True, order=True)
class Category:
    """One category of a label.

    tag: its name. type: PERMISSIVE (a recipient needs any one of the values), RESTRICTIVE (it needs all of
    them) or INFORMATIVE (it needs none). values: in alphabetical order, each once; a permissive category
    without values is for nobody.
    """

    tag: str
    type: CategoryType
    values: tuple[str, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", tuple(sorted(set(self.values))))


@dataclass(frozen=True, eq=False)
class Label:
    """What a piece of information is marked with.

    policy: whose classifications these are. classification: one of them. categories: at most one of a tag,
    in alphabetical order. created_us: when it was marked, microseconds since the epoch; it decides nothing
    and two labels that differ in it alone are equal.
    """

    policy: str
    classification: str
    categories: tuple[Category, ...] = ()
    created_us: int | None = None
    key: tuple[object, ...] = field(init=False, repr=False)
    """All that makes it equal to another, as nested tuples of text."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "categories", tuple(sorted(self.categories)))
        marks = tuple((each.tag, each.type, each.values) for each in self.categories)
        object.__setattr__(self, "key", (self.policy, self.classification, marks))

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Label) and self.key == other.key

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON without the time of marking, 64 hexadecimal digits."""
        marking = self.to_json()
        marking.pop("CreationTime", None)
        return sha256(_canonical(marking).encode()).hexdigest()

    def category(self, tag: str) -> Category | None:
        """The category of a tag, None if the label has none."""
        return next((each for each in self.categories if each.tag == tag), None)

    def to_json(self) -> dict[str, Any]:
        """The label as a JSON object; `Category` is always a list."""
        information = {
            "PolicyIdentifier": self.policy,
            "Classification": self.classification,
            "Category": [
                {"TagName": each.tag, "Type": each.type, "GenericValues": list(each.values)}
                for each in self.categories
            ],
        }
        made = {} if self.created_us is None else {"CreationTime": to_rfc3339(self.created_us)}
        return {"Xmlns": NAMESPACE, **made, "ConfidentialityInformation": information}

    def to_canonical_json(self) -> str:
        """The label as canonical JSON: keys in order, no blanks."""
        return _canonical(self.to_json())

    @staticmethod
    def from_json(given: Any) -> Label:
        """Read a label from a parsed JSON object; `Category` may be one object or a list.

        Raises InputError with its faults, at most `FAULTS_MAX`, each with its field path inside the label.
        """
        reader = _Reader()
        label = reader.label(given)
        if reader.faults:
            raise InputError(reader.faults)
        return label


def combine(labels: Iterable[Label], order: Sequence[str] = CLASSIFICATIONS) -> Label:
    """Label of something made from several: nobody may see it who may not see each part.

    labels: at least one, all of one policy. order: classifications in rising order.
    The classification is the highest; of a permissive category the values common to all that have it; of a
    restrictive or informative one all values; the time is the latest. Raises InputError if the labels are of
    different policies, a classification is not in the order, or a tag has two types.
    """
    parts = list(labels)
    if not parts:
        raise ValueError("there is no label to combine")
    faults = [
        *_differing("the labels to combine are of different policies", {part.policy for part in parts}),
        *(
            Fault(f"{name!r} has no place among the classifications", remedy=nearest(name, tuple(order)))
            for name in sorted({part.classification for part in parts} - set(order))
        ),
    ]
    merged: dict[str, Category] = {}
    for category in (category for part in parts for category in part.categories):
        known = merged.get(category.tag)
        if known is not None and known.type != category.type:
            what = f"the category {category.tag!r} has different types"
            faults += _differing(what, {known.type, category.type})
        merged[category.tag] = category if known is None else _merged(known, category)
    if faults:
        raise InputError(faults)
    times = [part.created_us for part in parts if part.created_us is not None]
    return Label(
        parts[0].policy,
        max((part.classification for part in parts), key=list(order).index),
        tuple(merged.values()),
        max(times, default=None),
    )


def _merged(first: Category, second: Category) -> Category:
    one, two = set(first.values), set(second.values)
    return Category(first.tag, first.type, tuple(one & two if first.type == "PERMISSIVE" else one | two))


def _differing(what: str, found: set[str]) -> list[Fault]:
    remedy = "Keep what they mark apart."
    return [Fault(f"{what}: {', '.join(sorted(found))}", remedy=remedy)] if len(found) > 1 else []


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


class _Reader:
    """Reads a label and keeps every fault."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def label(self, given: Any) -> Label:
        whole = self._object(given, "", ("ConfidentialityInformation",), ("Xmlns", "CreationTime"))
        if whole.get("Xmlns", NAMESPACE) != NAMESPACE:
            shown = repr(whole["Xmlns"])[:TEXT_MAX_CHARACTERS]
            self._fault(f"{shown} is another namespace", "Xmlns", f"Write {NAMESPACE!r}.")
        created = None
        if "CreationTime" in whole:
            try:
                created = from_rfc3339(self._text(whole["CreationTime"], "CreationTime"))
            except ValueError as error:
                self._fault(str(error), "CreationTime", "Write a time of RFC 3339.")
        at = "ConfidentialityInformation"
        information: Mapping[str, Any] = {}
        if at in whole:
            information = self._object(whole[at], at, ("PolicyIdentifier", "Classification"), ("Category",))
        policy, classification = (
            self._text(information[key], f"{at}.{key}") if key in information else ""
            for key in ("PolicyIdentifier", "Classification")
        )
        categories = tuple(self._categories(information.get("Category", ()), f"{at}.Category"))
        return Label(policy, classification, categories, created)

    def _categories(self, given: Any, where: str) -> Iterator[Category]:
        if isinstance(given, Mapping):
            given = [given]
        tags: set[str] = set()
        for number, entry in enumerate(self._list(given, where)):
            at = f"{where}[{number}]"
            fields = self._object(entry, at, _FIELDS, ())
            if any(name not in fields for name in _FIELDS):
                continue
            tag, kind = (self._text(fields[key], f"{at}.{key}") for key in ("TagName", "Type"))
            if kind and kind not in _TYPES:
                self._fault(f"{kind!r} is no type of a category", f"{at}.Type", nearest(kind, _TYPES))
            if tag in tags:
                self._fault(f"the category {tag!r} is given twice", f"{at}.TagName", "Join the two.")
            tags.add(tag)
            values = self._list(fields["GenericValues"], f"{at}.GenericValues")
            texts = [self._text(value, f"{at}.GenericValues[{index}]") for index, value in enumerate(values)]
            yield Category(tag, cast(CategoryType, kind), tuple(texts))

    def _object(
        self, given: Any, where: str, needed: tuple[str, ...], optional: tuple[str, ...]
    ) -> Mapping[str, Any]:
        if not isinstance(given, Mapping):
            self._fault(f"{kind_of(given)} was given; an object is needed", where)
            return {}
        at = f"{where}." if where else ""
        for key in given:
            if key not in (*needed, *optional) and not self._is_full():
                shown = str(key)[:TEXT_MAX_CHARACTERS]
                self._fault(f"unknown key {shown!r}", f"{at}{shown}", nearest(shown, (*needed, *optional)))
        for key in needed:
            if key not in given:
                self._fault(f"the key {key!r} is missing", f"{at}{key}")
        return given

    def _list(self, given: Any, where: str) -> Sequence[Any]:
        if not isinstance(given, list | tuple):
            self._fault(f"{kind_of(given)} was given; a list is needed", where)
            return ()
        if len(given) > ENTRIES_MAX:
            self._fault(f"a list of {len(given)}; at most {ENTRIES_MAX} are allowed", where)
            return ()
        return given

    def _text(self, given: Any, where: str) -> str:
        if not isinstance(given, str) or not given:
            self._fault(
                f"{'an empty text' if given == '' else kind_of(given)} was given; text is needed", where
            )
            return ""
        if len(given) > TEXT_MAX_CHARACTERS or not given.isprintable():
            what = (
                f"a text of {len(given)} characters; at most {TEXT_MAX_CHARACTERS} printable ones are allowed"
            )
            self._fault(what, where)
            return ""
        return given

    def _is_full(self) -> bool:
        return len(self.faults) >= FAULTS_MAX

    def _fault(self, what: str, where: str, remedy: str = "") -> None:
        if not self._is_full():
            self.faults.append(Fault(what, where, remedy))
