"""Counts for the operator, in the text format of Prometheus.

Counts are of the centre as a whole: no label names a partner, and nothing says who sends to whom. Only the
operator's certificate reads them: load alone would betray to a partner that others are busy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from litestar.types import Scope, Send
from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

_TICK_BUCKETS: Final = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 5.0)
_WAIT_BUCKETS: Final = (0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1.0, 5.0)

Readings = Mapping[str, tuple[str, Callable[[], float]]]
Labelled = Mapping[str, tuple[str, str, Callable[[], Mapping[str, int]]]]


class Metrics:
    """All counts of one centre, in a registry of its own."""

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self._registry = CollectorRegistry()
        own = self._registry
        self.requests = Counter(
            "synaspis_requests",
            "Requests answered, by address and status.",
            ("route", "status"),
            registry=own,
        )
        self.submissions = Counter(
            "synaspis_submissions", "Envelopes answered, by status.", ("status",), registry=own
        )
        self.defects = Counter(
            "synaspis_defects", "Requests that failed by a defect of the program.", registry=own
        )
        self.tick_seconds = Histogram(
            "synaspis_tick_seconds", "Time that a tick took.", buckets=_TICK_BUCKETS, registry=own
        )
        self.wait_seconds = Histogram(
            "synaspis_submission_seconds", "From receipt to answer.", buckets=_WAIT_BUCKETS, registry=own
        )

    def watch(self, gauges: Readings, counts: Readings, labelled: Labelled) -> None:
        """Add what others count: read when the metrics are read.

        gauges, counts: by name, what it is and how to read it. labelled: by name, what it is, the label, and
        how to read the counts by its values.
        """
        self._registry.register(_Read(gauges, counts, labelled))

    def counted(self, scope: Scope, send: Send) -> Send:
        """Return a `send` that counts the request when its answer begins."""

        async def counting(message: Any) -> None:
            if message["type"] == "http.response.start":
                route = scope.get("path_template") or "unknown"
                self.requests.labels(route, message["status"]).inc()
            await send(message)

        return counting

    @property
    def media_type(self) -> str:
        """Media type of `text`, without its encoding, which Litestar adds."""
        return CONTENT_TYPE_LATEST.removesuffix("; charset=utf-8")

    def text(self) -> bytes:
        """Return everything in the text format of Prometheus."""
        return generate_latest(self._registry)


class _Read:
    """A collector of what others count."""

    def __init__(self, gauges: Readings, counts: Readings, labelled: Labelled) -> None:
        self._gauges, self._counts, self._labelled = gauges, counts, labelled

    def collect(self) -> Iterable[Metric]:
        """Read all of it now."""
        for name, (text, read) in self._gauges.items():
            yield GaugeMetricFamily(name, text, value=read())
        for name, (text, read) in self._counts.items():
            yield CounterMetricFamily(name, text, value=read())
        for name, (text, label, read_all) in self._labelled.items():
            family = CounterMetricFamily(name, text, labels=(label,))
            for value, count in sorted(read_all().items()):
                family.add_metric((value,), count)
            yield family
