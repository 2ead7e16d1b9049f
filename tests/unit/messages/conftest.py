"""The example of each kind as an object, to be spoilt by a test."""

import json
from typing import Any

import pytest

from synaspis.messages import BODIES, SigningKey, example_message


@pytest.fixture
def examples() -> dict[str, dict[str, Any]]:
    return {kind: json.loads(example_message(kind)) for kind in BODIES}


@pytest.fixture
def key() -> SigningKey:
    return SigningKey(bytes(range(32)))
