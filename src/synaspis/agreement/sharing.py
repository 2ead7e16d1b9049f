"""What the agreements of a day let each partner have from each other partner."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final, NamedTuple

from synaspis.agreement.clause import NEEDED, USES, Clause, Use
from synaspis.agreement.marking import LabelTable
from synaspis.agreement.membership import Membership
from synaspis.agreement.quality import QUALITIES, Product, rank
from synaspis.agreement.schema import Agreement

_PLAIN: Final = LabelTable()


class Share(NamedTuple):
    """Right of a recipient to a product of a giver.

    use: the most that a track may be used for; None for other products.
    delay_s: from the giver's sensor to the recipient.
    agreement, clause: ids of the clause that gives the right; both empty inside a partner's own network.
    """

    use: Use | None
    delay_s: float
    agreement: str
    clause: str


def share_matrix(
    agreements: Mapping[str, Agreement],
    membership: Membership,
    product: Product,
    day: date,
    *,
    labels: LabelTable = _PLAIN,
) -> dict[tuple[str, str], Share]:
    """Best right of every pair of partners on a day.

    Returns (giver, recipient) to share, only for pairs of two different partners that have one. The best
    right has the highest use, and among these the shortest delay; of equals it is the first in the file.
    A track counts from quality position on, other products at any. A forbid wins: it takes the uses that need
    a level that it takes. Clauses with conditions that a simulated flight does not meet are left out, permits
    and forbids (`unapplied` names them); what is shared carries the lowest classification of `labels`.
    """
    taken: dict[tuple[str, str], int] = {}
    for _, _, clause in _plain_clauses(agreements, product, day):
        if clause.effect == "forbid" and clause.label in (None, labels.classifications[0]):
            for pair in pairs_of(clause, membership):
                taken[pair] = min(taken.get(pair, len(QUALITIES)), rank(clause.level))
    best: dict[tuple[str, str], Share] = {}
    for agreement_id, clause_id, clause in _plain_clauses(agreements, product, day):
        if clause.effect != "permit" or (product == "track" and clause.use is None):
            continue
        assert clause.delay is not None
        for pair in pairs_of(clause, membership):
            use = _left(clause.use, taken.get(pair, len(QUALITIES)))
            if pair in taken and use is None and (product == "track" or taken[pair] == 0):
                continue
            share = Share(use, clause.delay.si, agreement_id, clause_id)
            known = best.get(pair)
            if known is None or _worth(share) > _worth(known):
                best[pair] = share
    return best


def sharing(
    agreements: Mapping[str, Agreement],
    membership: Membership,
    giver: str,
    recipient: str,
    *,
    product: Product,
    day: date,
    own_network_delay_s: float = 0.0,
) -> Share | None:
    """Best right of one recipient to a product of one giver on a day, None if it has none.

    A partner may always use its own products in every way, `own_network_delay_s` late.
    """
    if giver == recipient:
        return own_network(product, own_network_delay_s)
    return share_matrix(agreements, membership, product, day).get((giver, recipient))


def own_network(product: Product, delay_s: float) -> Share:
    """Right of a partner to its own product: every use, after the delay of its own network."""
    return Share(USES[-1] if product == "track" else None, delay_s, "", "")


def pairs_of(clause: Clause, membership: Membership) -> Iterator[tuple[str, str]]:
    """Pairs of giver and recipient that a clause speaks of; nobody gives to itself."""
    recipients = membership.expand(clause.recipients)
    for giver in membership.expand(clause.givers):
        for recipient in recipients - {giver}:
            yield giver, recipient


def _plain_clauses(
    agreements: Mapping[str, Agreement], product: Product, day: date
) -> Iterator[tuple[str, str, Clause]]:
    """Clauses of a product that a simulated flight meets, of the agreements that hold on a day."""
    for agreement_id, agreement in agreements.items():
        if agreement.holds_on(day):
            for clause_id, clause in agreement.clauses.items():
                if clause.product == product and clause.conditions.met_in_simulation:
                    yield agreement_id, clause_id, clause


def _left(use: Use | None, taken: int) -> Use | None:
    """The highest use up to one that does not need a level that is taken; None if there is none."""
    if use is None:
        return None
    left = [each for each in USES[: USES.index(use) + 1] if rank(NEEDED[each]) < taken]
    return left[-1] if left else None


def _worth(share: Share) -> tuple[int, float]:
    return (-1 if share.use is None else USES.index(share.use), -share.delay_s)
