"""A log behind a web address."""

import ssl
import threading
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from synaspis.core.errors import InputError
from synaspis.log import WebPlace, leaves_in, verify_log


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *words):
        pass


class Broken(Quiet):
    def do_GET(self):
        self.send_error(500)


@pytest.fixture
def serve():
    """Serve a folder; returns its address."""
    running = []

    def start(folder, handler=Quiet, context=None):
        server = ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(folder)))
        if context is not None:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        running.append(server)
        return f"http{'s' if context else ''}://localhost:{server.server_address[1]}"

    yield start
    for server in running:
        server.shutdown()
        server.server_close()


@pytest.fixture
def log(made, witness):
    made.grow(290)
    made.cosign(witness)
    made.grow(300)
    return made


def test_a_log_behind_an_address_is_verified(log, kit, serve):
    address = serve(log.folder)
    report = verify_log(f"{address}/", [each.vkey for each in kit.LOG_KEYS])
    assert (report.verdict, report.size, report.keys, report.place) == ("intact", 300, "given", address)
    assert len(report.cosigned) == 2


def test_altered_and_missing_files_are_found_behind_an_address(log, serve):
    address = serve(log.folder)
    path = log.folder / "tile/entries/000"
    raw = path.read_bytes()
    path.write_bytes(raw[:40] + bytes([raw[40] ^ 1]) + raw[41:])
    assert verify_log(address).at == "tile/entries/000 at leaf 1, byte 34"
    path.unlink()
    report = verify_log(address)
    assert (report.verdict, report.detail) == ("incomplete", "tile/entries/000: the file is missing")


def test_a_server_may_keep_keys_and_cosignatures_elsewhere(log, kit, serve):
    (log.folder / "log.vkeys").unlink()
    for each in (log.folder / "cosignatures").iterdir():
        each.unlink()
    report = verify_log(serve(log.folder), [each.vkey for each in kit.LOG_KEYS])
    assert report.verdict == "intact"


def test_a_full_tile_stands_in_for_a_partial_one(log, kit, serve):
    head = (log.folder / "checkpoint").read_bytes()
    log.grow(600)
    (log.folder / "checkpoint").write_bytes(head)
    address = serve(log.folder)
    with WebPlace(address) as place:
        assert verify_log(place).size == 300
        assert verify_log(place).verdict == "intact"
        assert leaves_in(place, 300)(299) == kit.leaves(299, 300)[0]
        assert leaves_in(place, 300)(300) is None


def test_a_cosignature_that_stands_with_the_checkpoint_too_is_told_once(made, witness):
    made.grow(290)
    made.cosign(witness)
    told = verify_log(made.folder).cosigned
    (note,) = (made.folder / "cosignatures").iterdir()
    (made.folder / "checkpoint").write_bytes(note.read_bytes())
    again = verify_log(made.folder)
    assert (again.verdict, again.cosigned) == ("intact", told)


def test_the_address_of_a_centre_leads_to_its_log(log, kit, serve, tmp_path):
    (tmp_path / "root/v1").mkdir(parents=True)
    (tmp_path / "root/v1/log").symlink_to(log.folder)
    address = serve(tmp_path / "root")
    report = verify_log(address, [each.vkey for each in kit.LOG_KEYS])
    assert (report.verdict, report.size, report.place) == ("intact", 300, f"{address}/v1/log")


def test_a_body_is_not_read_beyond_its_limit(log, serve):
    with WebPlace(serve(log.folder)) as place:
        assert len(place.read("tile/0/000", 100)) == 101
        assert place.read("nothing", 100) is None
        assert place.files() is None


def test_a_server_that_fails_or_is_not_there_is_bad_input(tmp_path, serve):
    address = serve(tmp_path, Broken)
    with pytest.raises(InputError, match=r"/log.vkeys: HTTP status 500"):
        verify_log(address)
    with pytest.raises(InputError, match=r"/log.vkeys cannot be read: "):
        verify_log("http://localhost:9")


@pytest.fixture
def authority(tmp_path):
    """A certificate for localhost that vouches for itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    start = datetime.now(UTC) - timedelta(days=1)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=9))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (tmp_path / "own.pem").write_bytes(built.public_bytes(serialization.Encoding.PEM))
    (tmp_path / "own.key").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return tmp_path / "own.pem", tmp_path / "own.key"


def test_a_partner_shows_its_certificate(log, serve, authority):
    certificate, key = authority
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    context.load_verify_locations(certificate)
    context.verify_mode = ssl.CERT_REQUIRED
    address = serve(log.folder, context=context)
    with WebPlace(address, authority=certificate, certificate=certificate, key=key) as place:
        assert verify_log(place).verdict == "intact"
    with WebPlace(address, authority=certificate) as place, pytest.raises(InputError, match="cannot be read"):
        verify_log(place)
    with pytest.raises(InputError, match=r"cannot be read: .*CERTIFICATE_VERIFY_FAILED"):
        verify_log(address)
