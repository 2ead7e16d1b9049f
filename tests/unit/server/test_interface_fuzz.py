"""schemathesis, which we did not write, against the published description of the interface, bounded.

`SYNASPIS_FUZZ_EXAMPLES` raises the number of examples for each address, for a long run.
"""

import os
import re

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

EXAMPLES = int(os.environ.get("SYNASPIS_FUZZ_EXAMPLES", "15"))
CHECKS = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@pytest.fixture(scope="module")
def client(running):
    with running.client("alpha") as found:
        yield found


def test_no_address_fails_or_answers_outside_its_description(running, client):
    document = client.get("/v1/schema/openapi.json").json()
    schema = schemathesis.openapi.from_dict(document)
    tried = []
    for result in schema.get_all_operations():
        operation = result.ok()
        if operation.path in ("/v1/feed", "/v1/health"):
            continue  # one never ends, the other answers 503 on purpose
        tried.append(operation.path)
        fuzz(operation, client, running)
    assert len(tried) >= 11
    with running.client("operator") as operator:
        counted = re.findall(r"synaspis_requests_total\{.*\} (\d+)", operator.get("/metrics").text)
    assert sum(map(int, counted)) > len(tried)
    assert not [line for line in running.log.getvalue().splitlines() if '"defect"' in line]


def fuzz(operation, client: httpx.Client, running) -> None:
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def one(case) -> None:
        case.call_and_validate(
            base_url=str(client.base_url), session=None, checks=CHECKS, **transport(running)
        )

    one()


def transport(running) -> dict:
    kit = running.data.issued("alpha")
    return {
        "cert": (str(kit / "client.pem"), str(kit / "client.key")),
        "verify": str(running.data.key("ca.pem")),
    }
