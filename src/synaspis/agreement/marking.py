"""Value domain of labels: which classifications and categories there are, and who is cleared to what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field, field_validator

from synaspis.agreement.item import BASE_RULES
from synaspis.agreement.label import RELEASABLE_TO, TEXT_MAX_CHARACTERS, CategoryType, Label
from synaspis.core.documents import FrozenModel, Rejected, nearest
from synaspis.core.errors import Fault

CATEGORIES_MAX: Final = 64


def _printable(text: str) -> str:
    if not text.isprintable():
        raise Rejected(Fault(f"{text!r} has characters that cannot be seen", remedy="Remove them."))
    return text


def _as_list(given: Any) -> Any:
    return (given,) if isinstance(given, str) else given


Word = Annotated[str, Field(min_length=1, max_length=TEXT_MAX_CHARACTERS)]
Words = Annotated[tuple[Word, ...], BeforeValidator(_as_list), Field(min_length=1)]


def _once(words: tuple[str, ...]) -> tuple[str, ...]:
    faults = [Fault(f"{word!r} stands twice", remedy="Remove one.") for word in _repeated(words)]
    for word in words:
        _printable(word)
    if faults:
        raise Rejected(*faults)
    return words


def _repeated(words: tuple[str, ...]) -> list[str]:
    return sorted({word for word in words if words.count(word) > 1})


_LABEL_TYPES: Final[Mapping[str, CategoryType]] = {
    "permissive": "PERMISSIVE",
    "restrictive": "RESTRICTIVE",
    "informative": "INFORMATIVE",
}


class CategoryDomain(FrozenModel):
    """One category that a label may have."""

    type: Literal["permissive", "restrictive", "informative"] = Field(
        description="permissive: a recipient must hold any one of the values of a label; "
        "restrictive: all of them; informative: none."
    )
    values: Words = Field(description="Values that a label may have.")

    _values_once = field_validator("values")(_once)

    @property
    def label_type(self) -> CategoryType:
        """The type as a label writes it."""
        return _LABEL_TYPES[self.type]


class LabelTable(FrozenModel):
    """Markings that have a meaning; a label with any other is released to nobody."""

    policy: Word = Field(default="SYNASPIS", description="Policy identifier that a label has to carry.")
    classifications: Words = Field(
        default=("UNCLASSIFIED",), description="Classifications in rising order; the first is the default."
    )
    categories: Mapping[Word, CategoryDomain] = Field(
        default={},
        max_length=CATEGORIES_MAX,
        description=f"Categories by tag. `{RELEASABLE_TO}` is always there; its values are the ids of "
        "partners and alliances.",
    )

    _classifications_once = field_validator("classifications")(_once)

    @field_validator("policy")
    @classmethod
    def _policy_seen(cls, policy: str) -> str:
        return _printable(policy)

    @field_validator("categories")
    @classmethod
    def _tags(cls, categories: Mapping[str, CategoryDomain]) -> Mapping[str, CategoryDomain]:
        if RELEASABLE_TO in categories:
            what = f"the category {RELEASABLE_TO!r} is always there"
            remedy = "Remove it: its values are the ids of partners and alliances."
            raise Rejected(Fault(what, where=RELEASABLE_TO, remedy=remedy))
        for tag in categories:
            _printable(tag)
        faults = [
            Fault(
                f"{tag!r} names a rule that always holds", where=tag, remedy="Give the category another tag."
            )
            for tag in categories
            if tag in BASE_RULES
        ]
        if faults:
            raise Rejected(*faults)
        return categories

    def level(self, classification: str) -> int:
        """Place of a classification in the rising order, from 0; ValueError if there is none such."""
        return self.classifications.index(classification)

    def default_label(self) -> Label:
        """Label of the lowest classification, without categories."""
        return Label(self.policy, self.classifications[0])

    def undefined(self, label: Label, names: tuple[str, ...]) -> str:
        """What in a label has no meaning here, in words; empty if all of it has one.

        names: ids of partners and alliances, the values of `Releasable to`.
        """
        if label.policy != self.policy:
            return f"the policy {label.policy!r} is not {self.policy!r}"
        if label.classification not in self.classifications:
            return f"{label.classification!r} is no classification of {self.policy!r}"
        for category in label.categories:
            domain = self.categories.get(category.tag)
            if category.tag == RELEASABLE_TO:
                allowed, kind = names, "PERMISSIVE"
            elif domain is None:
                return f"there is no category {category.tag!r}"
            else:
                allowed, kind = domain.values, domain.label_type
            if category.type != kind:
                return f"the category {category.tag!r} is {kind}, not {category.type}"
            for value in category.values:
                if value not in allowed:
                    return f"{value!r} is no value of the category {category.tag!r}"
        return ""


def classification_fault(name: str, table: LabelTable) -> Fault | None:
    """Fault of a classification that is not in the table, None if it is."""
    if name in table.classifications:
        return None
    return Fault(f"{name!r} is no classification", remedy=nearest(name, table.classifications))
