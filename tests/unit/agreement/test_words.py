"""The words of agreements are those of the messages that they speak of."""

from typing import get_args

import pytest

from synaspis.agreement import MISSILE_CLASSES, PRODUCTS
from synaspis.agreement.quality import PLACED_PRODUCTS
from synaspis.exchange.describe import _PLACES
from synaspis.messages import message
from synaspis.messages.fields import MissileClass


def test_classes_are_those_of_messages_without_the_one_for_not_known():
    assert {*MISSILE_CLASSES, "unknown"} == set(get_args(MissileClass))


def test_products_are_those_that_messages_fall_under():
    assert set(message.PRODUCTS.values()) == set(PRODUCTS)


@pytest.mark.parametrize("kind", message.PRODUCTS)
def test_places_are_named_by_messages_of_the_products_that_say_so(kind: str):
    named = set(_PLACES) & set(message.BODIES[kind].model_fields)
    assert not named or message.PRODUCTS[kind] in PLACED_PRODUCTS
