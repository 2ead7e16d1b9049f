"""Fixtures of the exchange benchmarks, and the lines printed at the end."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from core import Core
from table import disturbance, markdown, short


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    session = getattr(terminalreporter.config, "_benchmarksession", None)
    lines = []
    for each in [] if session is None else session.benchmarks:
        info, stats = each.extra_info, each.stats.as_dict()
        if info.get("count"):
            median_us, best_us = (1e6 * stats[which] / info["count"] for which in ("median", "min"))
            told = [
                short(median_us),
                short(best_us),
                short(1e6 / median_us),
                disturbance({"extra_info": info}),
            ]
            lines.append([info["what"], *told])
    if lines:
        head = ["", "us each, median", "us each, best", "a second, median", "other work"]
        terminalreporter.write_line("")
        terminalreporter.write_line(markdown(head, lines))


@pytest.fixture(scope="session")
def core(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Core]:
    """A centre of two hundred partners that has been under load for two seconds."""
    made = Core(tmp_path_factory.mktemp("core") / "data")
    made.warm_up(2.0)
    yield made
    made.store.close()
