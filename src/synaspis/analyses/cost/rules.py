"""Who pays: named rules, each a set of shares that add up to 1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, get_args

from synaspis.analyses.cost.parts import SHARES_TOLERANCE, Joint
from synaspis.analyses.cost.tables import Tables
from synaspis.core.documents import nearest
from synaspis.core.errors import Fault, InputError

Rule = Literal[
    "where-they-fall",
    "common-funding",
    "equal",
    "population",
    "product",
    "benefit",
    "joint-development",
    "given",
]
RULES: Final[tuple[Rule, ...]] = get_args(Rule)
MEANING: Final[Mapping[Rule, str]] = {
    "where-they-fall": "each owner pays for what it owns; common funds are paid by their key",
    "common-funding": "all costs by the alliance's key of common funds",
    "equal": "all costs in equal parts",
    "population": "all costs by number of people",
    "product": "all costs by gross domestic product",
    "benefit": "all costs by the benefit that the user gives, such as Shapley shares of `cooperation`",
    "joint-development": "developments by agreed shares, all else where it falls",
    "given": "all costs by shares that the user gives",
}
"""What each rule says, for people."""


@dataclass(frozen=True)
class Shares:
    """Shares of a rule: by partner, adding up to 1; or why it does not apply.

    basis: what they rest on, such as the year of the table.
    """

    by_partner: Mapping[str, float]
    basis: str
    missing: str = ""


def checked_rule(name: str) -> Rule:
    """A rule by its name; raises InputError for an unknown one."""
    for rule in RULES:
        if name == rule:
            return rule
    raise InputError(Fault(f"unknown rule {name!r}", remedy=nearest(name, RULES)))


def share_faults(shares: Mapping[str, float], partners: Sequence[str], source: str) -> list[Fault]:
    """What is wrong with shares that a user gave: unknown partners, negative shares, a sum that is not 1."""
    faults = [
        Fault(f"unknown partner {name!r}", remedy=nearest(name, partners), source=source)
        for name in shares
        if name not in partners
    ]
    faults += [
        Fault(f"the share {share:g} of {name!r} is out of bounds; 0 to 1 is allowed", source=source)
        for name, share in shares.items()
        if not share >= 0.0
    ]
    total = sum(shares.values())
    if not abs(total - 1.0) <= SHARES_TOLERANCE:
        remedy = "Let them add up to 1."
        faults.append(Fault(f"the shares add up to {total:.6g}, not to 1", remedy=remedy, source=source))
    return faults


def normalised(weights: Mapping[str, float]) -> dict[str, float]:
    """Weights divided by their sum, which is above 0."""
    total = sum(weights.values())
    return {name: weight / total for name, weight in weights.items()}


def equal_shares(partners: Mapping[str, str | None]) -> Shares:
    """The same for each."""
    return Shares({name: 1.0 / len(partners) for name in partners}, f"{len(partners)} partners")


def size_shares(
    what: Literal["population", "product"], partners: Mapping[str, str | None], tables: Tables, year: int
) -> Shares:
    """By people or product in a year; a partner without a value pays nothing and is named."""
    found = {name: tables.economies.value(what, country, year) for name, country in partners.items()}
    weights = {name: value for name, value in found.items() if value is not None}
    unknown = [name for name, value in found.items() if value is None]
    if not weights:
        return Shares({}, "", f"The table has no {what} of any partner in {year}.")
    left = f"; no value for {', '.join(unknown)}, who pay nothing" if unknown else ""
    return Shares({**dict.fromkeys(partners, 0.0), **normalised(weights)}, f"{what} of {year}{left}")


def key_shares(partners: Mapping[str, str | None], tables: Tables, key_id: str | None) -> Shares:
    """By a key of common funds, kept to the partners of the case and made to add up to 1."""
    if key_id is None:
        return Shares({}, "", "The case names no key of common funds.")
    key = tables.keys.keys[key_id]
    weights = {name: key.percent.get(country or "", 0.0) for name, country in partners.items()}
    if not any(weights.values()):
        return Shares({}, "", f"No partner is in the key {key_id!r}.")
    kept = sum(weights.values())
    outside = [name for name, weight in weights.items() if weight == 0.0]
    left = f"; {', '.join(outside)} are not in it and pay nothing" if outside else ""
    return Shares(normalised(weights), f"{key.name}; partners hold {kept:.4f} percent of it{left}")


def joint_shares(
    joint: Joint | None, partners: Mapping[str, str | None], others: Mapping[Rule, Shares]
) -> Shares:
    """Agreed shares of developments; what is left goes to the others by the rule that the case names.

    others: shares of the other rules by name.
    """
    if joint is None:
        return Shares({}, "", "The case declares no joint development.")
    fixed = {name: part.si for name, part in joint.shares.items()}
    rest = 1.0 - sum(fixed.values())
    result = {name: fixed.get(name, 0.0) for name in partners}
    if joint.rest is not None and rest > SHARES_TOLERANCE:
        rule = others[joint.rest]
        weights = {name: part for name, part in rule.by_partner.items() if name not in fixed}
        if not sum(weights.values()) > 0.0:
            return Shares(
                {}, "", f"Nobody is left to share the rest by {joint.rest!r}. {rule.missing}".strip()
            )
        for name, part in normalised(weights).items():
            result[name] = rest * part
    return Shares(result, joint.note)
