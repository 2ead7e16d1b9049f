"""What the agreements of a day let each partner have from each other partner."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from synaspis.agreement.membership import Membership
from synaspis.agreement.schema import USES, Agreement, Product, Use


class Share(NamedTuple):
    """Right of a recipient to a product of a giver.

    use: the most that a track may be used for; None for a warning.
    delay_s: from the giver's sensor to the recipient.
    agreement, clause: ids of the clause that gives the right; both empty inside a partner's own network.
    """

    use: Use | None
    delay_s: float
    agreement: str
    clause: str


def share_matrix(
    agreements: Mapping[str, Agreement], membership: Membership, product: Product, day: date
) -> dict[tuple[str, str], Share]:
    """Best right of every pair of partners on a day.

    Returns (giver, recipient) to share, only for pairs of two different partners that have one. The best
    right has the highest use, and among these the shortest delay; of equals it is the first in the file.
    """
    best: dict[tuple[str, str], Share] = {}
    for agreement_id, agreement in agreements.items():
        if not agreement.holds_on(day):
            continue
        for clause_id, clause in agreement.clauses.items():
            if clause.product != product:
                continue
            share = Share(clause.use, clause.delay.si, agreement_id, clause_id)
            recipients = membership.expand(clause.recipients)
            for giver in membership.expand(clause.givers):
                for recipient in recipients - {giver}:
                    known = best.get((giver, recipient))
                    if known is None or _worth(share) > _worth(known):
                        best[giver, recipient] = share
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


def _worth(share: Share) -> tuple[int, float]:
    return (-1 if share.use is None else USES.index(share.use), -share.delay_s)
