"""The clock of an exercise: stands, runs faster, jumps, and never by itself nor away from its machine."""

import pytest

from synaspis.server.cells.paced_clock import PacedClock

SECOND_NS = 1_000_000_000


def test_a_clock_stands_runs_faster_and_stands_again_where_it_was() -> None:
    machine_ns = [0]
    clock = PacedClock(1_000_000, lambda: machine_ns[0])
    machine_ns[0] = 5_000_000_000
    assert clock.now_us() == 1_000_000
    clock.run(60.0)
    machine_ns[0] += 2_000_000_000
    assert clock.now_us() == 1_000_000 + 120_000_000
    clock.run(0.0)
    machine_ns[0] += 9_000_000_000
    assert clock.now_us() == 121_000_000
    clock.run(1.0, 500_000_000)
    machine_ns[0] += 1_000
    assert clock.now_us() == 500_000_001


def test_beyond_its_leash_a_fast_clock_goes_at_the_pace_of_the_machine() -> None:
    machine_ns = [0]
    clock = PacedClock(0, lambda: machine_ns[0])
    clock.run(600.0, leash_us=150_000_000)
    # 150 s of the exercise take a quarter of a second at 600 times the pace; 2 s later it is 2 s farther.
    machine_ns[0] = SECOND_NS // 4
    assert clock.now_us() == 150_000_000
    machine_ns[0] += 2 * SECOND_NS
    assert clock.now_us() == 152_000_000
    clock.run(600.0, leash_us=302_000_000)
    machine_ns[0] += SECOND_NS // 10
    assert clock.now_us() == 212_000_000


@pytest.mark.parametrize("speed", [0.5, 1.0])
def test_a_clock_that_is_not_fast_needs_no_leash(speed: float) -> None:
    machine_ns = [0]
    clock = PacedClock(0, lambda: machine_ns[0])
    clock.run(speed, leash_us=1)
    machine_ns[0] = 10 * SECOND_NS
    assert clock.now_us() == 10_000_000 * speed
