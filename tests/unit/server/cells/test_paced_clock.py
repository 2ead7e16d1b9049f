"""The clock of an exercise: stands, runs faster, jumps, and never by itself."""

from synaspis.server.cells.paced_clock import PacedClock


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
