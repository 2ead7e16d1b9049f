import pytest

from synaspis.core.clock import to_rfc3339
from synaspis.server.folder import CertificateEntry, PartnerDocument
from synaspis.server.limits import Limits
from synaspis.server.sessions import Peer, Roster, Sessions

END_US = 2_000_000_000_000_000
A, A2, B = "a" * 64, "c" * 64, "b" * 64


def document(name: str, *prints: str, status: str = "active") -> PartnerDocument:
    entries = tuple(CertificateEntry(fingerprint=each, valid_until=to_rfc3339(END_US)) for each in prints)
    return PartnerDocument(id=name, role="partner", status=status, certificates=entries, since=to_rfc3339(0))


class Line:
    def __init__(self) -> None:
        self.is_cut = False

    def abort(self) -> None:
        self.is_cut = True


def sessions(**limits: int) -> Sessions:
    partners = {"alpha": document("alpha", A, A2), "bravo": document("bravo", B)}
    return Sessions(Roster(partners), Limits(**limits))


def test_partner_is_found_by_each_of_its_certificates_until_they_end():
    roster = sessions().roster
    for shown in (A, A2):
        party = roster.find(shown, END_US)
        assert party is not None
        assert party.id == "alpha"
        assert roster.find(shown, END_US + 1) is None
    assert roster.find("d" * 64, 0) is None
    assert roster.find("", 0) is None


def test_retired_partner_is_not_found():
    roster = Roster({"alpha": document("alpha", A, status="retired")})
    assert roster.find(A, 0) is None


def test_connections_of_a_partner_are_counted_apart_from_those_of_others():
    held = sessions(connections_per_partner=2)
    peers = [Peer(shown, Line()) for shown in (A, A2, B, A)]
    for peer in peers:
        held.opened(peer, 0)
    assert [peer.excess for peer in peers] == [None, None, None, 429]
    held.closed(peers[0])
    held.closed(peers[0])
    again = Peer(A, Line())
    held.closed(peers[3])
    held.opened(again, 0)
    assert again.excess is None
    assert len(held) == 3
    assert list(held.connected()) == ["alpha", "bravo"]


def test_connections_in_total_are_limited():
    held = sessions(connections_per_partner=2, connections_total=2)
    peers = [Peer(shown, Line()) for shown in (A, A, B)]
    for peer in peers:
        held.opened(peer, 0)
    assert [peer.excess for peer in peers] == [None, None, 503]
    assert held.refused == {"connections-total": 1}


def test_one_partner_that_asks_too_often_does_not_use_up_what_another_has():
    held = sessions(requests_per_s=1, requests_burst=2)
    alpha, bravo = held.roster.find(A, 0), held.roster.find(B, 0)
    assert alpha is not None
    assert bravo is not None
    assert [held.wait_s(alpha, 0.0) for _ in range(3)] == [0.0, 0.0, pytest.approx(1.0)]
    assert held.wait_s(bravo, 0.0) == 0.0


def test_new_roster_cuts_off_whom_it_does_not_know_and_nobody_else():
    held = sessions()
    alpha, bravo, stranger = Peer(A, Line()), Peer(B, Line()), Peer("e" * 64, Line())
    for peer in (alpha, bravo, stranger):
        held.opened(peer, 0)
    ended = held.replace_roster(Roster({"alpha": document("alpha", A)}), 0)
    assert ended == ["bravo"]
    assert (alpha.connection.is_cut, bravo.connection.is_cut, stranger.connection.is_cut) == (
        False,
        True,
        False,
    )


def test_sweep_cuts_off_a_connection_whose_certificate_has_ended():
    held = sessions()
    peer = Peer(A, Line())
    held.opened(peer, 0)
    assert held.replace_roster(held.roster, END_US) == []
    assert held.replace_roster(held.roster, END_US + 1) == ["alpha"]
    assert peer.connection.is_cut
