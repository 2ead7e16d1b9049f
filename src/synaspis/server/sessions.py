"""Who is connected: from the certificate of a connection to a partner, and the limits of its connections.

Owned by the event loop: nothing here is touched by another thread. A partner is found by the SHA-256 of its
certificate, never by the name alone, and at every request anew, so that a retired partner, or a certificate
whose overlap is over, is refused at once on connections that stand already.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from synaspis.core.clock import from_rfc3339
from synaspis.server.folder import PartnerDocument, Role
from synaspis.server.limits import Bucket, Limits


@dataclass(frozen=True, slots=True)
class Party:
    """Who a request comes from: id and role, and the partner's document."""

    id: str
    role: Role
    document: PartnerDocument


class Roster:
    """Partners by the fingerprint of their certificates; replaced as a whole when their files change.

    partners: documents by id.
    """

    def __init__(self, partners: Mapping[str, PartnerDocument]) -> None:
        self.partners = dict(partners)
        self._by_fingerprint: dict[str, tuple[Party, int]] = {
            entry.fingerprint: (
                Party(document.id, document.role, document),
                from_rfc3339(entry.valid_until),
            )
            for document in partners.values()
            if document.status == "active"
            for entry in document.certificates
        }

    def find(self, fingerprint: str, now_us: int) -> Party | None:
        """Return the active partner of a certificate at an instant; None if there is none."""
        found = self._by_fingerprint.get(fingerprint)
        return None if found is None or now_us > found[1] else found[0]


class Connection(Protocol):
    """What the session of a partner needs to know of a connection."""

    def abort(self) -> None:
        """Cut it off without a farewell."""
        ...


@dataclass(eq=False)
class Peer:
    """One TLS connection, as the application sees it in ``scope["state"]["peer"]``.

    fingerprint: SHA-256 of the client's certificate, hex; empty if there was none. connection: to cut it off.
    excess: the status with which every request on it is answered because a limit of connections is exceeded.
    party_id: of the partner at the time of the handshake; empty for an unknown certificate.
    """

    fingerprint: str
    connection: Connection
    party_id: str = ""
    excess: int | None = None


@dataclass
class Sessions:
    """All connections, and the requests that each partner may still make.

    roster: partners in force. limits: of the server. refused: refused connections and requests by reason, for
    the metrics.
    """

    roster: Roster
    limits: Limits
    refused: dict[str, int] = field(default_factory=dict)
    _peers: set[Peer] = field(default_factory=set)
    _count: dict[str, int] = field(default_factory=dict)
    _buckets: dict[str, Bucket] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self._peers)

    def connected(self) -> Iterable[str]:
        """Ids of the partners that have a connection."""
        return sorted(name for name in self._count if name)

    def opened(self, peer: Peer, now_us: int) -> None:
        """Count a connection; one too many is marked, and its requests are answered with that alone."""
        party = self.roster.find(peer.fingerprint, now_us)
        peer.party_id = "" if party is None else party.id
        self._peers.add(peer)
        count = self._count[peer.party_id] = self._count.get(peer.party_id, 0) + 1
        if count > self.limits.connections_per_partner:
            peer.excess = 429
            self.refuse("connections-of-partner")
        elif len(self._peers) > self.limits.connections_total:
            peer.excess = 503
            self.refuse("connections-total")

    def closed(self, peer: Peer) -> None:
        """Forget a connection."""
        if peer in self._peers:
            self._peers.discard(peer)
            self._count[peer.party_id] -= 1
            if not self._count[peer.party_id]:
                del self._count[peer.party_id]

    def refuse(self, reason: str) -> None:
        """Count something refused."""
        self.refused[reason] = self.refused.get(reason, 0) + 1

    def wait_s(self, party: Party, now_s: float) -> float:
        """Take one request out of the partner's bucket; return seconds to wait if it is empty, else 0."""
        bucket = self._buckets.get(party.id)
        if bucket is None:
            bucket = Bucket.full(self.limits.requests_per_s, self.limits.requests_burst, now_s)
            self._buckets[party.id] = bucket
        return bucket.take(1.0, now_s)

    def replace_roster(self, roster: Roster, now_us: int) -> list[str]:
        """Put a new roster in force and cut off every connection that it no longer knows.

        Returns the ids that were cut off, once for each connection.
        """
        self.roster = roster
        ended = []
        for peer in list(self._peers):
            party = roster.find(peer.fingerprint, now_us)
            if party is None and peer.party_id:
                ended.append(peer.party_id)
                peer.connection.abort()
        return ended
