import os
import stat

import pytest
import yaml

from synaspis.core.clock import SystemClock
from synaspis.core.errors import InputError
from synaspis.exchange import PartnerKit
from synaspis.exchange.keys import CentreKeys
from synaspis.log import Signer, verifier
from synaspis.messages import SigningKey
from synaspis.server import DataFolder, init_centre
from synaspis.server.certificates import fingerprint
from synaspis.server.founding import load_authority


def mode(path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_every_private_key_is_its_owners_alone_whatever_the_umask(tmp_path, make_founding):
    former = os.umask(0)
    try:
        data = init_centre(tmp_path / "data", ["alpha", "bravo"], make_founding(), SystemClock())
    finally:
        os.umask(former)
    private = sorted(path.relative_to(data.path).as_posix() for path in data.path.rglob("*.key"))
    assert private == [
        "issued/alpha/client.key",
        "issued/alpha/message.key",
        "issued/alpha/witness.key",
        "issued/bravo/client.key",
        "issued/bravo/message.key",
        "issued/bravo/witness.key",
        "issued/operator/client.key",
        "keys/ca.key",
        "keys/centre.key",
        "keys/commitment.key",
        "keys/log-ed25519.key",
        "keys/log-ml-dsa-44.key",
        "keys/server.key",
    ]
    assert {mode(data.path / name) for name in private} == {0o600}
    for name in ("", "keys", "issued", "issued/alpha", "issued/operator"):
        assert mode(data.path / name) == 0o700


def test_no_private_key_stands_in_any_other_file(founded: DataFolder):
    others = [path for path in founded.path.rglob("*") if path.is_file() and path.suffix != ".key"]
    assert others
    for path in others:
        assert b"PRIVATE" not in path.read_bytes(), path


def test_kits_are_whole_and_fit_what_the_centre_knows(founded: DataFolder):
    keys, partners = CentreKeys.load(founded.file("keys")), founded.partners()
    for name in ("alpha", "bravo"):
        kit = PartnerKit.load(founded.issued(name))
        assert (kit.partner, kit.centre_url) == (name, "https://localhost:8443")
        assert kit.centre_key == keys.message.public.raw
        assert kit.log_vkeys == tuple(signer.vkey for signer in keys.log)
        own = SigningKey.load(kit.path("message.key")).public.raw
        assert own == partners[name].public_key
        witness = Signer.load(kit.path("witness.key"))
        assert witness.vkey == partners[name].witness_vkey
        assert verifier(witness.vkey).algorithm == "ed25519-cosignature"
    other = PartnerKit.load(founded.issued("alpha")).partner_keys
    assert other == {"bravo": partners["bravo"].public_key}


def test_partner_is_known_by_the_fingerprint_of_its_certificate(founded: DataFolder):
    from cryptography.x509 import load_pem_x509_certificate

    for name in ("alpha", "operator"):
        certificate = load_pem_x509_certificate((founded.issued(name) / "client.pem").read_bytes())
        (entry,) = founded.partners()[name].certificates
        assert entry.fingerprint == fingerprint(certificate)


def test_nothing_is_written_over(founded: DataFolder, make_founding):
    before = {path: path.read_bytes() for path in founded.path.rglob("*") if path.is_file()}
    with pytest.raises(InputError, match="there is something already; a centre is never written over"):
        init_centre(founded.path, ["alpha"], make_founding(), SystemClock())
    assert before == {path: path.read_bytes() for path in founded.path.rglob("*") if path.is_file()}


def test_file_in_the_place_is_not_written_over(tmp_path, make_founding):
    (tmp_path / "data").write_text("mine")
    with pytest.raises(InputError, match="there is something already"):
        init_centre(tmp_path / "data", ["alpha"], make_founding(), SystemClock())
    assert (tmp_path / "data").read_text() == "mine"


def test_all_faults_are_told_together_and_nothing_is_left(tmp_path, make_founding):
    wrong = make_founding(name="", hosts=("No Host", "localhost"), bind="any:8443")
    with pytest.raises(InputError, match="faults in the input") as caught:
        init_centre(tmp_path / "data", ["alpha", "alpha", "Bad Id", "operator"], wrong, SystemClock())
    text = str(caught.value)
    for part in (
        "the partner 'alpha' is named twice",
        "'Bad Id' is no partner id",
        "'operator' is the operator's own id",
        "'No Host' is neither a host name nor an address",
        "--bind: 'any:8443' is neither a host name nor an address",
        "'' is no name: 1 to 64 printable characters",
    ):
        assert part in text
    assert list(tmp_path.iterdir()) == []


def test_centre_without_a_partner_is_refused(tmp_path, make_founding):
    with pytest.raises(InputError, match="no partner is named"):
        init_centre(tmp_path / "data", [], make_founding(), SystemClock())


def test_book_with_faults_leaves_no_centre_behind(tmp_path, make_founding):
    (tmp_path / "book.yaml").write_text("schema: agreements/1\n")
    with pytest.raises(InputError, match=r"book\.yaml.*the key 'partners' is missing"):
        init_centre(tmp_path / "data", ["alpha"], make_founding(book=tmp_path / "book.yaml"), SystemClock())
    assert [path.name for path in tmp_path.iterdir()] == ["book.yaml"]


def test_packaged_book_is_copied_as_it_is(tmp_path, make_founding):
    from synaspis.agreement import book_path, load_book

    data = init_centre(tmp_path / "data", ["alpha"], make_founding(book="demo"), SystemClock())
    assert data.book.read_bytes() == book_path("demo").read_bytes()
    assert load_book(data.book).id == "demo"


def test_without_a_book_nobody_receives_anything(founded: DataFolder):
    from datetime import date

    from synaspis.agreement import PRODUCTS, Item, load_book

    book = load_book(founded.book)
    policy = book.policy_on(date(2026, 11, 22))
    for product in PRODUCTS:
        item = Item("alpha", product, book.default_label(), None, (), False)
        assert dict(policy.recipients(item)).keys() <= {"alpha"}


def test_settings_are_read_back_with_what_was_given(tmp_path, make_founding):
    founding = make_founding(name="Zentrale Süd", hosts=("centre.example.org", "192.0.2.7"), port=443)
    data = init_centre(tmp_path / "data", ["alpha"], founding, SystemClock())
    document = data.server()
    assert (document.name, document.url, document.port) == ("Zentrale Süd", founding.url, 443)
    assert founding.url == "https://centre.example.org:443"
    assert document.hosts == ("centre.example.org", "192.0.2.7")
    assert make_founding(hosts=("2001:db8::7",)).url == "https://[2001:db8::7]:8443"


def test_folder_that_is_no_centre_is_named(tmp_path):
    with pytest.raises(InputError, match=r"it lacks centre\.yaml, server\.yaml, keys.*synaspis centre init"):
        DataFolder(tmp_path).require()


def test_every_faulty_partner_file_is_told(own_centre: DataFolder):
    document = yaml.safe_load(own_centre.partner("alpha").read_text())
    own_centre.partner("alpha").write_text(yaml.safe_dump({**document, "status": "away"}))
    own_centre.partner("bravo").rename(own_centre.partner("charlie"))
    with pytest.raises(InputError, match="2 faults in the input") as caught:
        own_centre.partners()
    assert "'away' is not allowed" in str(caught.value)
    assert "the id 'bravo' is not the name of the file" in str(caught.value)


@pytest.mark.parametrize(
    ("member", "said"),
    [("message_key", "message key"), ("witness_vkey", "witness key"), ("certificates", "certificate")],
)
def test_what_two_partners_share_tells_nobody_who_it_is(own_centre: DataFolder, member: str, said: str):
    partners = own_centre.partners()
    changed = partners["bravo"].model_copy(update={member: getattr(partners["alpha"], member)})
    own_centre.write_partner(changed)
    with pytest.raises(InputError, match=f"alpha and bravo have the same {said}"):
        own_centre.partners()


def test_authority_whose_key_was_taken_away_is_asked_for(own_centre: DataFolder):
    own_centre.key("ca.key").unlink()
    with pytest.raises(InputError, match="the key of the certificate authority is not here"):
        load_authority(own_centre)
