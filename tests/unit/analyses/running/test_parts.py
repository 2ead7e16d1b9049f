"""Parts are stored as they are finished, under a name made from what they were computed from."""

import operator

import numpy as np
import pytest
import xarray as xr

from synaspis.analyses.running import PartStore, part_key, run_parts
from synaspis.core.errors import InputError


def squared(number: int) -> xr.Dataset:
    return xr.Dataset({"square": ("at", np.array([number**2]))}, {"at": [number]})


def keys_of(numbers) -> list[str]:
    return [part_key(squared, [number], "inputs") for number in numbers]


def test_parts_come_in_the_order_of_the_items_and_a_second_run_computes_nothing(tmp_path):
    store, numbers = PartStore(tmp_path), [3, 1, 2]
    computed: list[int] = []

    def counted(number: int) -> xr.Dataset:
        computed.append(number)
        return squared(number)

    for _ in range(2):
        parts = list(run_parts(counted, numbers, keys=keys_of(numbers), store=store, prepare=int))
        assert [part["square"].item() for part in parts] == [9, 1, 4]
        assert [part["at"].item() for part in parts] == numbers
    assert computed == numbers


def test_a_run_that_failed_keeps_what_was_finished_and_the_next_one_goes_on(tmp_path):
    store, numbers = PartStore(tmp_path), [0, 1, 2, 3]

    def until_two(number: int) -> xr.Dataset:
        if number == 2:
            raise RuntimeError("power cut")
        return squared(number)

    with pytest.raises(RuntimeError, match="power cut"):
        list(run_parts(until_two, numbers, keys=keys_of(numbers), store=store, prepare=int))
    assert [store.has(key) for key in keys_of(numbers)] == [True, True, False, False]
    told = []
    parts = run_parts(
        squared,
        numbers,
        keys=keys_of(numbers),
        store=store,
        prepare=int,
        progress=lambda *at: told.append(at),
    )
    assert [part["square"].item() for part in parts] == [0, 1, 4, 9]
    assert told == [(2, 4, "found"), (3, 4, "computed"), (4, 4, "computed")]


def test_an_item_that_comes_twice_is_computed_once(tmp_path):
    computed: list[int] = []

    def counted(number: int) -> xr.Dataset:
        computed.append(number)
        return squared(number)

    numbers = [5, 5, 6]
    parts = run_parts(counted, numbers, keys=keys_of(numbers), store=PartStore(tmp_path), prepare=int)
    assert [part["square"].item() for part in parts] == [25, 25, 36]
    assert computed == [5, 6]


def test_items_are_prepared_only_when_they_are_handed_out(tmp_path):
    prepared: list[int] = []

    def prepare(number: int) -> int:
        prepared.append(number)
        return number

    def check(number: int) -> xr.Dataset:
        assert prepared == list(range(number + 1))
        return squared(number)

    list(run_parts(check, range(4), keys=keys_of(range(4)), store=PartStore(tmp_path), prepare=prepare))


@pytest.mark.parametrize(
    "other",
    [
        part_key(operator.neg, [1], "inputs"),
        part_key(squared, [2], "inputs"),
        part_key(squared, [1], "other inputs"),
        part_key(squared, [1.0], "inputs"),
    ],
)
def test_another_function_argument_or_input_is_another_part(other):
    assert part_key(squared, [1], "inputs") != other


def test_the_order_of_keys_does_not_make_another_part():
    assert part_key(squared, {"a": 1, "b": 2}, "") == part_key(squared, {"b": 2, "a": 1}, "")


def test_a_part_that_is_damaged_is_named_with_what_to_do(tmp_path):
    store = PartStore(tmp_path)
    key = part_key(squared, [1], "")
    store.write(key, squared(1))
    path = tmp_path / f"{key}.nc"
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(
        InputError, match=rf"{key}\.nc: a part cannot be read.*Delete it; --resume computes it"
    ):
        store.read(key)


def test_nothing_but_whole_parts_is_ever_in_the_folder(tmp_path):
    store = PartStore(tmp_path)
    store.write("a", squared(1))
    assert [path.name for path in tmp_path.iterdir()] == ["a.nc"]
