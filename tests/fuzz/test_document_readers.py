"""Files that people write: agreements, scenarios, rules, scripts, settings, partners, requests."""

import json
import tempfile
from collections.abc import Callable
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import Any

import yaml

from synaspis.agreement import check_book, load_book
from synaspis.catalogue import load_catalogue
from synaspis.coordination import load_responses
from synaspis.core.clock import ManualClock
from synaspis.core.documents import parse, read_document
from synaspis.core.errors import InputError
from synaspis.exchange.client.kit import KitDocument
from synaspis.exchange.script import load_script, play
from synaspis.exchange.settings import Settings, load_settings
from synaspis.gateways import read_oem
from synaspis.geography import Countries
from synaspis.messages.rulebook import load_rules
from synaspis.scenario import check_scenario
from synaspis.server import init_centre
from synaspis.server.admission import RequestDocument, admit, make_request
from synaspis.server.certificates import read_request
from synaspis.server.folder import DataFolder, PartnerDocument, ServerDocument
from synaspis.server.founding import Founding

DATA = Path(__file__).parents[2] / "src" / "synaspis" / "data"
KEPT = tempfile.TemporaryDirectory(prefix="synaspis-fuzz-documents-")  # until the program ends
FOLDER = Path(KEPT.name)


def documents(folder: str, *names: str) -> Callable[[], list[bytes]]:
    """Shipped files as they are, and once more as JSON, which is YAML and which the fuzzer can take apart."""

    def found() -> list[bytes]:
        paths = [path for path in sorted((DATA / folder).glob("*.yaml")) if not names or path.stem in names]
        texts = [path.read_bytes() for path in paths]
        assert texts
        return [*texts, *map(as_json, texts)]

    return found


def as_json(text: bytes | str) -> bytes:
    return json.dumps(yaml.safe_load(text), default=_day).encode()


def _day(value: Any) -> str:
    text: str = value.isoformat()
    return text.replace("+00:00", "Z")


def written(data: bytes, name: str = "given.yaml") -> Path:
    path = FOLDER / name
    path.write_bytes(data)
    return path


def read_yaml(data: bytes) -> None:
    document = read_document(data)
    for path in list(document.lines)[:50]:
        assert document.line_of(path) is not None


def read_book(data: bytes) -> None:
    book = check_book(read_document(data), borders=Countries.load())
    book.policy_on(date(2026, 11, 22))


@cache
def small_scenario() -> bytes:
    return as_json((DATA / "templates" / "scenario.yaml").read_text())


def read_scenario(data: bytes) -> None:
    check_scenario(read_document(data), catalogue=load_catalogue())


def scripts() -> list[bytes]:
    found = []
    for path in sorted((DATA / "exchanges").glob("*.yaml")):
        script = json.loads(as_json(path.read_text()))
        found += [json.dumps({**script, "steps": [step]}).encode() for step in script["steps"]]
    return found


def read_script(data: bytes) -> None:
    script, path = load_script(written(data))
    # One step is played; more of them only take longer.
    play(script.model_copy(update={"steps": script.steps[:1]}), path)


@cache
def founded() -> DataFolder:
    founding = Founding(name="Test", origin="test.example/log", hosts=("localhost",), book="demo")
    clock = ManualClock(1_780_000_000_000_000)
    return init_centre(FOLDER / "centre", ["alpha", "bravo", "charlie"], founding, clock)


def centre_file(*parts: str) -> Callable[[], list[bytes]]:
    def found() -> list[bytes]:
        text = founded().file(*parts).read_bytes()
        return [text, as_json(text)]

    return found


@cache
def request() -> bytes:
    make_request(FOLDER / "request", "delta")
    return (FOLDER / "request" / "request.yaml").read_bytes()


def ask_to_be_admitted(data: bytes) -> None:
    admit(founded(), written(data, "request.yaml"), ManualClock(1_780_000_000_000_000))
    founded().partner("delta").unlink()


def certificate_requests() -> list[bytes]:
    return [yaml.safe_load(request())["certificate_request"].encode()]


def settings() -> list[bytes]:
    plain = Settings().model_dump(mode="json", by_alias=True)
    return [json.dumps(plain).encode(), yaml.safe_dump(plain).encode()]


def oem() -> list[bytes]:
    meta = "\n".join(
        [
            "META_START", "OBJECT_NAME = A", "OBJECT_ID = A-1", "CENTER_NAME = EARTH", "REF_FRAME = ITRF2000",
            "TIME_SYSTEM = UTC", "START_TIME = 2026-11-22T06:00:00.000",
            "STOP_TIME = 2026-11-22T06:02:00.000", "META_STOP",
        ]
    )  # fmt: skip
    states = "\n".join(
        f"2026-11-22T06:0{minute}:00.000 {6500 + minute * 60}.0 100.0 200.0 1.0 0.0 0.0"
        for minute in range(3)
    )
    head = "CCSDS_OEM_VERS = 2.0\nCREATION_DATE = 2026-11-22T06:00:00\nORIGINATOR = A\n"
    return [f"{head}\n{meta}\n{states}\n".encode()]


def model(kind: Any, data: bytes) -> None:
    parse(kind, read_document(data))


TARGETS = {
    "yaml": (read_yaml, documents("agreements", "demo"), (InputError,)),
    "agreement-book": (read_book, documents("agreements"), (InputError,)),
    "scenario": (read_scenario, lambda: [small_scenario()], (InputError,)),
    "notification-rules": (lambda data: load_rules(written(data)), documents("rules"), (InputError,)),
    "exchange-script": (read_script, scripts, (InputError,)),
    "responses": (lambda data: load_responses(written(data)), documents("responses"), (InputError,)),
    "centre-settings": (lambda data: load_settings(written(data)), settings, (InputError,)),
    "server-settings": (partial(model, ServerDocument), centre_file("server.yaml"), (InputError,)),
    "partner-document": (
        partial(model, PartnerDocument),
        centre_file("partners", "alpha.yaml"),
        (InputError,),
    ),
    "partner-kit": (
        partial(model, KitDocument),
        centre_file("issued", "alpha", "partner.yaml"),
        (InputError,),
    ),
    "request-document": (partial(model, RequestDocument), lambda: [as_json(request())], (InputError,)),
    "admission": (ask_to_be_admitted, lambda: [as_json(request())], (InputError,)),
    "certificate-request": (
        lambda data: read_request(data, "given"),
        certificate_requests,
        (InputError,),
    ),
    "orbit-ephemeris": (
        lambda data: read_oem(data.decode()),
        oem,
        (InputError, UnicodeDecodeError),
    ),
}


def test_what_people_write_is_read_or_refused_whatever_it_is(sound):
    assert load_book("demo")
    sound(__file__)
