"""Chromium itself enters by a certificate that was issued to a person; nothing of ours stands in between.

The file is imported by Mozilla's `pk12util` into the database of keys that Chromium reads. Its preferences
say beforehand which certificate it shows; a person would be asked.
"""

import asyncio
import io
import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from synaspis.cli import main
from synaspis.core.clock import SystemClock
from synaspis.server import Journal
from synaspis.server.cells import House, Page, open_grounds

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PROGRAM = next((found for name in BROWSERS if (found := shutil.which(name))), None)
PASSWORD = "correct horse"

pytestmark = pytest.mark.skipif(
    PROGRAM is None or shutil.which("pk12util") is None,
    reason="no Chromium or no pk12util (tools/prepare-system.sh installs both)",
)


def server_pair(folder: Path) -> tuple[Path, Path]:
    """Certificate and key of a page, P-256, for localhost, signed by itself."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pair = folder / "page.pem", folder / "page.key"
    pair[0].write_bytes(certificate.public_bytes(Encoding.PEM))
    pair[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return pair


@pytest.fixture
def served(tmp_path: Path) -> Iterator[dict[str, Any]]:
    """A page over TLS that browsers can speak, with an exercise."""
    page = tmp_path / "dist"
    (page / "assets").mkdir(parents=True)
    (page / "index.html").write_text("<!doctype html><title>globe</title>")
    clock, ready = SystemClock(), threading.Event()
    grounds = open_grounds(tmp_path / "data", clock, exercise="first-exercise", people=("de",))
    journal = Journal(clock, io.StringIO())
    house = House(grounds, journal, page=Page(page), tls=server_pair(tmp_path), names=("localhost",))
    found: dict[str, Any] = {"folder": tmp_path / "data", "trusted": tmp_path / "page.pem"}

    def opened(url: str, _links: dict[str, str]) -> None:
        found["url"] = url
        ready.set()

    async def run() -> None:
        found["loop"] = asyncio.get_running_loop()
        await house.run(opened)

    thread = threading.Thread(target=lambda: asyncio.run(run()), daemon=True)
    thread.start()
    try:
        assert ready.wait(60)
        yield found
    finally:
        if "loop" in found:
            found["loop"].call_soon_threadsafe(house.stop)
        thread.join(30)


def run(*words: object, **options: Any) -> str:
    return subprocess.run(
        list(map(str, words)), check=True, capture_output=True, text=True, timeout=90, **options
    ).stdout


def browser_home(folder: Path, trusted: Path) -> tuple[Path, str]:
    """A home with an empty database of keys that trusts the page; and the database."""
    place = folder / ".pki" / "nssdb"
    place.mkdir(parents=True)
    run("certutil", "-N", "-d", f"sql:{place}", "--empty-password")
    run("certutil", "-A", "-d", f"sql:{place}", "-n", "page", "-t", "CP,,", "-i", trusted)
    profile = folder / "profile" / "Default"
    profile.mkdir(parents=True)
    chosen = {"https://localhost,*": {"setting": {"filters": [{}]}}}
    settings = {"exceptions": {"auto_select_certificate": chosen}}
    (profile / "Preferences").write_text(json.dumps({"profile": {"content_settings": settings}}))
    return folder, f"sql:{place}"


def shown(home: Path, address: str) -> str:
    """What Chromium shows at an address."""
    flags = ["--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={home / 'profile'}"]
    return run(PROGRAM, *flags, "--dump-dom", address, env={**os.environ, "HOME": str(home)})


def test_chromium_enters_as_the_person_of_the_certificate_and_not_without(
    served: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SYNASPIS_PERSON_PASSWORD", PASSWORD)
    file, folder, address = tmp_path / "anna.p12", str(served["folder"]), f"{served['url']}/api/session"
    home, base = browser_home(tmp_path / "home", served["trusted"])
    assert "nobody has entered here" in shown(home, address)

    issued = CliRunner().invoke(
        main, ["person", "issue", folder, "de", "--name", "Anna Berg", "--out", str(file)]
    )
    assert issued.exit_code == 0, issued.output
    run("pk12util", "-i", file, "-d", base, "-W", PASSWORD)
    assert '"cell":"de","role":"nation","name":"Anna Berg"' in shown(home, address)

    listed = json.loads(CliRunner().invoke(main, ["person", "list", folder, "--json"]).stdout)
    (one,) = listed["persons"]
    revoked = CliRunner().invoke(main, ["person", "revoke", folder, one["certificate"]])
    assert revoked.exit_code == 0, revoked.output
    assert "nobody has entered here" in shown(home, address)
