"""The other way in: by a certificate of the data exchange centre, over TLS."""

import ssl
from pathlib import Path
from typing import Any

import httpx
import pytest

from synaspis.core.errors import InputError
from synaspis.server.cells.page_server import page_context


def test_a_certificate_of_the_centre_enters_without_a_link_and_others_do_not(
    tmp_path: Path, built_page: Path, open_house: Any, make_context: Any, check_error: Any
) -> None:
    house = open_house(tmp_path / "data", built_page, tls=True)
    try:
        data = house.house.grounds.centres["data"]
        url = house.url.replace("127.0.0.1", "localhost")
        assert url.startswith("https://")

        def client(kit: Path | None) -> httpx.Client:
            context: ssl.SSLContext = make_context(data.key("ca.pem"), kit)
            return httpx.Client(base_url=url, verify=context, trust_env=False, timeout=15)

        told = client(data.issued("de")).get("/api/session").json()
        assert (told["cell"], told["role"], told["view_as"]) == ("de", "nation", ["de"])
        assert client(data.issued("white")).get("/api/session").json()["role"] == "white"
        operator = client(data.issued("operator"))
        assert operator.get("/api/session").json()["role"] == "operator"
        assert operator.get("/api/status").status_code == 200
        check_error(client(data.issued("de")).get("/api/status"), 403, "for the operator")
        check_error(client(None).get("/api/session"), 401, "nobody has entered here")
        entered = client(None).get(house.link("pl").replace("127.0.0.1", "localhost"))
        assert "; Secure" in entered.headers["set-cookie"]
        # A certificate of the other centre is of another authority: the handshake fails.
        other = house.house.grounds.centres["coordination"].issued("de")
        with pytest.raises(httpx.TransportError, match=r"(?i)ssl|alert|closed|disconnected|reset"):
            client(other).get("/api/session")
    finally:
        house.stop()


def test_a_certificate_that_is_none_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="certificate and key of the server cannot be used"):
        page_context(tmp_path / "no.pem", tmp_path / "no.key", tmp_path / "ca.pem")
