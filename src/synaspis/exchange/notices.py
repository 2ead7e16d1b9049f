"""Telling a partner that agreements have changed what it receives, and nobody else."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from synaspis.agreement import Policy
from synaspis.core.clock import to_rfc3339
from synaspis.messages import canonical_json

POLICY_CHANGED: Final = "policy-changed"
TEXT: Final = "The agreements in force have changed what you receive."


@dataclass(frozen=True, slots=True)
class Notice:
    """One event of the type ``notice`` for some recipients, alphabetical."""

    recipients: tuple[str, ...]
    body: bytes
    type: str = "notice"


def rights_notices(former: Policy, policy: Policy, at_us: int) -> Iterator[Notice]:
    """A notice to every partner for whom another policy gives it other rights; the same to each.

    at_us: from when on the new policy is in force. Rights are compared as they are written: a partner may be
    told of a change that lets it receive the same, and is never told of one that is about others alone.
    """
    before, after = _rights(former), _rights(policy)
    changed = tuple(sorted(name for name in before | after if before.get(name) != after.get(name)))
    if changed:
        event = {
            "type": "notice",
            "at": to_rfc3339(at_us),
            "policy": policy.version,
            "code": POLICY_CHANGED,
            "text": TEXT,
        }
        yield Notice(changed, canonical_json(event))


def _rights(policy: Policy) -> dict[str, bytes]:
    """All that decides on what each partner receives, as text, by partner."""
    whole: Mapping[str, Any] = json.loads(policy.text)
    membership = policy.book.membership
    clauses: dict[str, list[Any]] = {name: [] for name in whole["partners"]}
    for agreement, content in sorted(whole["agreements"].items()):
        for clause, said in sorted(content.items()):
            givers = sorted(membership.expand(said["from"]))
            regions = {name: whole["regions"][name] for name in said["regions"] or ()}
            right = [agreement, clause, {**said, "from": givers, "to": None, "regions": regions}]
            for recipient in membership.expand(said["to"]):
                clauses[recipient].append(right)
    return {
        name: canonical_json(
            {
                "clauses": clauses[name],
                "cleared": cleared,
                "alliances": sorted(key for key, members in whole["alliances"].items() if name in members),
                "labels": whole["labels"],
            }
        )
        for name, cleared in whole["partners"].items()
    }
