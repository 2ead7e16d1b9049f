import re
import stat

import pytest
import yaml

from synaspis.core.clock import SECOND_US, ManualClock, SystemClock, from_rfc3339
from synaspis.core.errors import InputError
from synaspis.exchange import PartnerKit
from synaspis.log import generate_signer
from synaspis.messages import SigningKey
from synaspis.server import (
    DataFolder,
    admit,
    make_request,
    retire,
    rotate_certificate,
    rotate_message_key,
    rotate_server,
    rotate_witness_key,
)
from synaspis.server.keeping import partners_of
from synaspis.server.sessions import Roster
from synaspis.server.standing import standing

DAY_US = 86_400 * SECOND_US
NOW_US = SystemClock().now_us()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW_US)


def test_renewed_certificate_and_the_former_one_both_count_for_the_overlap(own_centre: DataFolder, clock):
    former = own_centre.partners()["alpha"].certificates[0].fingerprint
    changed = rotate_certificate(own_centre, "alpha", clock, overlap_days=7)
    assert changed == own_centre.partners()["alpha"]
    renewed = changed.certificates[-1].fingerprint
    assert renewed != former
    roster = Roster(own_centre.partners())
    for shown, until_us in ((former, NOW_US + 7 * DAY_US), (renewed, NOW_US + 396 * DAY_US)):
        assert roster.find(shown, until_us) is not None
    assert roster.find(former, NOW_US + 7 * DAY_US + 1) is None
    # The kit is whole again: certificate and key belong together.
    assert PartnerKit.load(own_centre.issued("alpha")).partner == "alpha"


def test_certificates_that_have_ended_are_forgotten_at_the_next_renewal(own_centre: DataFolder, clock):
    rotate_certificate(own_centre, "alpha", clock, overlap_days=1)
    clock.advance(2 * DAY_US)
    assert len(rotate_certificate(own_centre, "alpha", clock).certificates) == 2


def test_former_message_key_counts_for_the_overlap_and_stays_written_down(own_centre: DataFolder, clock):
    former = own_centre.partners()["alpha"].public_key
    changed = rotate_message_key(own_centre, "alpha", clock, overlap_days=3)
    path = own_centre.issued("alpha") / "message.key"
    assert SigningKey.load(path).public.raw == changed.public_key != former
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    partner = partners_of(own_centre.partners())["alpha"]
    assert [key.raw for key in partner.keys_at(NOW_US + 3 * DAY_US)] == [changed.public_key, former]
    assert [key.raw for key in partner.keys_at(NOW_US + 3 * DAY_US + 1)] == [changed.public_key]
    assert [each.raw for each in changed.former_keys] == [former]
    # Others learn the new key by their own kit.
    assert PartnerKit.load(own_centre.issued("bravo")).partner_keys["alpha"] == changed.public_key


def test_new_witness_key_replaces_the_former_at_once(own_centre: DataFolder):
    former = own_centre.partners()["alpha"].witness_vkey
    changed = rotate_witness_key(own_centre, "alpha")
    assert changed.witness_vkey != former
    assert partners_of(own_centre.partners())["alpha"].witness_vkey == changed.witness_vkey


def test_new_certificate_of_the_server_has_its_names(own_centre: DataFolder, clock):
    from cryptography import x509

    former = own_centre.key("server.pem").read_bytes()
    until = rotate_server(own_centre, clock)
    content = own_centre.key("server.pem").read_bytes()
    assert content != former
    names = x509.load_pem_x509_certificate(content).extensions.get_extension_for_class(
        x509.SubjectAlternativeName
    )
    assert "localhost" in names.value.get_values_for_type(x509.DNSName)
    assert 396 * DAY_US < from_rfc3339(until) - NOW_US <= 397 * DAY_US


@pytest.mark.parametrize("days", [-1, 91])
def test_overlap_that_is_too_long_or_negative_is_refused(own_centre: DataFolder, clock, days: int):
    with pytest.raises(InputError, match=f"an overlap of {days} days; 0 to 90 are allowed"):
        rotate_certificate(own_centre, "alpha", clock, overlap_days=days)


def test_operator_has_neither_message_key_nor_witness(own_centre: DataFolder, clock):
    with pytest.raises(InputError, match="operator has no message key"):
        rotate_message_key(own_centre, "operator", clock)
    with pytest.raises(InputError, match="operator has no witness"):
        rotate_witness_key(own_centre, "operator")


def test_retired_partner_is_known_and_refused(own_centre: DataFolder, clock):
    document = retire(own_centre, "alpha", clock)
    assert (document.status, from_rfc3339(document.retired_at or "")) == ("retired", NOW_US)
    roster = Roster(own_centre.partners())
    assert roster.find(document.certificates[0].fingerprint, NOW_US) is None
    assert not partners_of(own_centre.partners())["alpha"].active
    for again in (
        lambda: retire(own_centre, "alpha", clock),
        lambda: rotate_witness_key(own_centre, "alpha"),
    ):
        with pytest.raises(InputError, match="alpha was retired at"):
            again()


def test_only_operator_cannot_be_retired(own_centre: DataFolder, clock):
    with pytest.raises(InputError, match="operator is the only operator"):
        retire(own_centre, "operator", clock)


def test_unknown_partner_is_named_with_the_nearest(own_centre: DataFolder, clock):
    with pytest.raises(InputError, match=r"there is no partner 'alfa'.*Did you mean 'alpha'"):
        retire(own_centre, "alfa", clock)


def test_partner_with_its_own_keys_is_admitted_and_its_keys_never_leave_it(
    own_centre: DataFolder, tmp_path, clock
):
    request = make_request(tmp_path / "kit", "charlie")
    sent = (tmp_path / "kit" / "request.yaml").read_text()
    assert "PRIVATE" not in sent
    document = admit(own_centre, tmp_path / "kit" / "request.yaml", clock)
    issued = own_centre.issued("charlie")
    assert sorted(path.name for path in issued.iterdir()) == ["ca.pem", "client.pem", "partner.yaml"]
    for path in issued.iterdir():
        (tmp_path / "kit" / path.name).write_bytes(path.read_bytes())
    kit = PartnerKit.load(tmp_path / "kit")
    assert kit.partner == "charlie"
    assert set(kit.partner_keys) == {"alpha", "bravo"}
    assert PartnerKit.load(own_centre.issued("alpha")).partner_keys["charlie"] == document.public_key
    assert request.digest == type(request)(**request.model_dump(by_alias=True)).digest
    with pytest.raises(
        InputError, match=r"(?s)the id 'charlie' is in use.*the message key is another partner's"
    ):
        admit(own_centre, tmp_path / "kit" / "request.yaml", clock)


def test_request_makes_no_key_over_another(tmp_path):
    make_request(tmp_path, "charlie")
    with pytest.raises(InputError, match=r"client\.key: there is a key already"):
        make_request(tmp_path, "charlie")
    with pytest.raises(InputError, match="no partner id"):
        make_request(tmp_path / "other", "Not An Id")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"partner": "delta"}, "the certificate request is for charlie, not delta"),
        ({"partner": "delta"}, "not signed by the message key that it names"),
        ({"partner": "operator"}, "the id 'operator' is in use"),
        ({"certificate_request": "none"}, "this is not a certificate request"),
        ({"witness_vkey": "none"}, "is not a verifier key"),
        ({"witness_vkey": generate_signer("w", "ed25519").vkey}, "a key of the kind ed25519 cosigns nothing"),
        (
            {"witness_vkey": generate_signer("alpha/witness", "ed25519-cosignature").vkey},
            "the witness key is named 'alpha/witness', not 'charlie/witness'",
        ),
        ({"proof": "!"}, "not signed by the message key that it names"),
        ({"message_key": "AAAA"}, "is not an Ed25519 public key"),
        ({"more": 1}, "unknown key 'more'"),
    ],
)
def test_altered_request_is_refused_and_admits_nobody(
    own_centre: DataFolder, tmp_path, clock, change: dict, says: str
):
    make_request(tmp_path / "kit", "charlie")
    path = tmp_path / "kit" / "request.yaml"
    path.write_text(yaml.safe_dump({**yaml.safe_load(path.read_text()), **change}))
    with pytest.raises(InputError, match=re.escape(says)):
        admit(own_centre, path, clock)
    assert set(own_centre.partners()) == {"alpha", "bravo", "operator"}


def test_standing_warns_of_what_ends_and_of_keys_that_lie_here(own_centre: DataFolder, clock):
    clock.advance(DAY_US // 2)
    found = standing(own_centre, clock)
    assert (found.size, found.root, found.server_days) == (0, "", 396)
    assert any("Private keys of alpha lie in issued/alpha" in each for each in found.warnings)
    clock.advance(380 * DAY_US)
    warnings = standing(own_centre, clock).warnings
    assert "The certificate of the server ends in 16 days." in warnings
    assert "The certificate of bravo ends in 16 days." in warnings
