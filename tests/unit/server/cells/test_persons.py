"""Certificates of persons: who may have one, what it opens, and that it opens nothing once taken back."""

import json
import ssl
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import NameOID

from synaspis.core.clock import SECOND_US, SystemClock
from synaspis.core.errors import InputError
from synaspis.server.cells import Persons, issue_person, open_grounds, open_persons
from synaspis.server.cells.persons import FILE
from synaspis.server.certificates import fingerprint

DAY_US = 86_400 * SECOND_US
ASKS = {"x-synaspis": "1"}
PASSWORD = "correct horse"


@pytest.fixture(scope="module")
def grounds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("persons") / "data"
    open_grounds(folder, SystemClock(), exercise="first-exercise")
    return folder


def issued(folder: Path, who: str = "de", name: str = "Anna Berg", days: int = 30) -> tuple[bytes, Any]:
    now_us = SystemClock().now_us()
    return issue_person(folder, who, name=name, password=PASSWORD, days=days, now_us=now_us)


def test_the_file_holds_a_key_that_browsers_take_and_a_certificate_of_the_authority(grounds: Path) -> None:
    content, person = issued(grounds)
    key, certificate, (authority,) = pkcs12.load_key_and_certificates(content, PASSWORD.encode())
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    assert (key.curve.name, certificate.public_key()) == ("secp256r1", key.public_key())
    names = {each.oid: each.value for each in certificate.subject}
    assert (names[NameOID.COMMON_NAME], names[NameOID.ORGANIZATIONAL_UNIT_NAME]) == ("Anna Berg", "nation de")
    certificate.verify_directly_issued_by(authority)
    lasts_s = (certificate.not_valid_after_utc - certificate.not_valid_before_utc).total_seconds()
    assert lasts_s == 30 * 86_400 + 3_600  # back-dated by an hour, for slow clocks
    usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert [each.dotted_string for each in usage] == ["1.3.6.1.5.5.7.3.2"]  # client authentication
    assert (person.fingerprint, person.role, person.cell) == (fingerprint(certificate), "nation", "de")
    with pytest.raises(ValueError, match="password"):
        pkcs12.load_key_and_certificates(content, b"wrong password")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"who": "dee"}, "'dee' is neither a cell nor observer or operator. Did you mean 'de'"),
        ({"name": " "}, "this is no name"),
        ({"days": 0}, "0 days; allowed are 1 to 397"),
        ({"days": 398}, "398 days; allowed are 1 to 397"),
        ({"password": "short"}, "a password of 5 characters; at least 8 are needed"),
    ],
)
def test_what_cannot_be_issued_is_said(grounds: Path, given: dict[str, Any], said: str) -> None:
    asked = {"who": "de", "name": "A", "days": 1, "password": PASSWORD, **given}
    with pytest.raises(InputError, match=said):
        issue_person(grounds, asked.pop("who"), now_us=0, **asked)


def test_all_faults_come_at_once(grounds: Path) -> None:
    with pytest.raises(InputError, match="this is no name") as raised:
        issue_person(grounds, "nobody-knows", name="", password="", days=999, now_us=0)
    assert len(raised.value.faults) == 4


def test_another_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="this is no folder of `synaspis serve`"):
        open_persons(tmp_path)


def test_a_certificate_is_good_until_its_end_or_until_it_is_taken_back(tmp_path: Path, grounds: Path) -> None:
    _, person = issued(grounds, "observer", "Olga", days=2)
    persons = Persons(tmp_path / FILE)
    persons.add(person)
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600
    begin = person.since_us
    assert persons.find(person.fingerprint, begin) == person
    assert persons.find(person.fingerprint, begin + 2 * DAY_US - 1) == person
    assert persons.find(person.fingerprint, begin + 2 * DAY_US) is None
    assert persons.find("0" * 64, begin) is None
    other = Persons(tmp_path / FILE)  # the command and the server share the file
    assert other.revoke(person.id, begin + 5).revoked_us == begin + 5
    assert persons.find(person.fingerprint, begin + 6) is None
    with pytest.raises(InputError, match=f"no certificate '{person.id}' that could be taken back"):
        persons.revoke(person.id, begin + 7)
    assert [each.revoked_us for each in other.all()] == [begin + 5]
    persons.close()
    other.close()


def unpacked(content: bytes, folder: Path) -> Path:
    """Certificate and key as programs that are no browsers want them."""
    key, certificate, _ = pkcs12.load_key_and_certificates(content, PASSWORD.encode())
    folder.mkdir()
    (folder / "client.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    (folder / "client.key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return folder


def test_a_person_enters_acts_under_the_own_name_and_is_out_once_taken_back(
    tmp_path: Path, built_page: Path, open_house: Any, make_context: Any, check_error: Any
) -> None:
    house = open_house(tmp_path / "data", built_page, tls=True)
    try:
        authority = house.house.grounds.centres["data"].key("ca.pem")
        url = house.url.replace("127.0.0.1", "localhost")

        def client(kit: Path) -> httpx.Client:
            context: ssl.SSLContext = make_context(authority, kit)
            return httpx.Client(base_url=url, verify=context, trust_env=False, timeout=15)

        names = {"de": "Anna Berg", "white": "Wim Wit", "operator": "Ole Dahl", "observer": "Olga"}
        files = {who: issued(tmp_path / "data", who, name) for who, name in names.items()}
        kits = {who: unpacked(content, tmp_path / who) for who, (content, _) in files.items()}
        told = {who: client(kit).get("/api/session").json() for who, kit in kits.items()}
        assert [(each["name"], each["role"], each["cell"]) for each in told.values()] == [
            ("Anna Berg", "nation", "de"),
            ("Wim Wit", "white", "white"),
            ("Ole Dahl", "operator", None),
            ("Olga", "observer", None),
        ]
        assert told["de"]["view_as"] == ["de"]
        assert "de" in told["observer"]["view_as"]
        anna = client(kits["de"])
        check_error(anna.get("/api/status"), 403, "for the operator")
        check_error(anna.post("/api/name", json={"name": "Somebody"}, headers=ASKS), 409, "has its name")
        begun = client(kits["white"]).post("/api/white", json={"action": "start"}, headers=ASKS)
        assert begun.status_code == 200, begun.text
        said = anna.post("/api/act", json={"kind": "text", "body": {"text": "Radio check."}}, headers=ASKS)
        assert said.status_code == 201, said.text
        held = [json.loads(line) for line in str(feed_of(anna)).splitlines() if '"Radio check.' in line]
        assert held[0]["event"]["message"]["body"]["text"] == "Radio check. (Anna Berg, de)"

        persons = open_persons(tmp_path / "data")
        persons.revoke(files["de"][1].id, SystemClock().now_us())
        persons.close()
        check_error(anna.get("/api/session"), 401, "nobody has entered here")
        check_error(client(kits["de"]).get("/api/session"), 401, "nobody has entered here")
        assert client(kits["observer"]).get("/api/session").status_code == 200
    finally:
        house.stop()


def feed_of(client: httpx.Client) -> str:
    """Data lines of the feed up to the text that was sent."""
    lines = []
    with client.stream("GET", "/api/feed") as answer:
        for line in answer.iter_lines():
            if line.startswith("data: "):
                lines.append(line.removeprefix("data: "))
                if '"Radio check.' in line:
                    break
    return "\n".join(lines)


def test_a_stream_ends_when_the_certificate_is_taken_back(
    tmp_path: Path, built_page: Path, open_house: Any, make_context: Any
) -> None:
    house = open_house(tmp_path / "data", built_page, tls=True)
    try:
        authority = house.house.grounds.centres["data"].key("ca.pem")
        content, person = issued(tmp_path / "data")
        context: ssl.SSLContext = make_context(authority, unpacked(content, tmp_path / "kit"))
        url = house.url.replace("127.0.0.1", "localhost")
        with (
            httpx.Client(base_url=url, verify=context, trust_env=False, timeout=60) as client,
            client.stream("GET", "/api/feed") as answer,
        ):
            lines = answer.iter_lines()
            next(lines)
            persons = open_persons(tmp_path / "data")
            persons.revoke(person.id, SystemClock().now_us())
            persons.close()
            # Within the time of a look after sessions; a stream that went on would be cut by the client.
            for _ in lines:
                pass
    finally:
        house.stop()
