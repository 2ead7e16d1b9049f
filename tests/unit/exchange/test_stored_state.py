"""A centre that cannot read what it stored says so, with what to do."""

import pytest

from synaspis.agreement import load_book
from synaspis.core.errors import InputError
from synaspis.exchange.rehearsal import Rehearsal
from synaspis.exchange.settings import Settings


def test_another_step_of_the_tick_than_the_stored_one_is_told_with_its_remedy(tmp_path):
    start_us = 1_780_000_000_000_000
    rehearsal = Rehearsal(load_book("demo"), start_us, tmp_path / "log")
    rehearsal.play([], start_us + 200_000)
    rehearsal.settings = Settings(tick_us=20_000)
    with pytest.raises(InputError, match=r"grid of 50000 us, the settings 20000 us.*Put `tick_us`"):
        rehearsal.restart()
