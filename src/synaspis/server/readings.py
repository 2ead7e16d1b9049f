"""Which counts of a node in service the metrics show."""

from __future__ import annotations

from pathlib import Path

from synaspis.core.clock import SECOND_US
from synaspis.server.feed import Feeds
from synaspis.server.metrics import Metrics
from synaspis.server.pump import Pump
from synaspis.server.sessions import Sessions


def watch_feeds(metrics: Metrics, feeds: Feeds, sessions: Sessions) -> None:
    """Have the metrics read what every node counts."""
    metrics.watch(
        {
            "synaspis_connections": ("Open connections.", lambda: len(sessions)),
            "synaspis_feeds": ("Open feeds.", feeds.open_count),
            "synaspis_feeds_behind": ("Feeds whose reader is behind.", feeds.behind_count),
        },
        {
            "synaspis_events_sent": ("Events written to feeds.", lambda: feeds.sent_events),
            "synaspis_feed_bytes": ("Bytes written to feeds.", lambda: feeds.sent_bytes),
            "synaspis_fell_behind": ("Readers that fell behind.", lambda: feeds.fell_behind),
            "synaspis_stalled": ("Feeds cut off because nothing was taken.", lambda: feeds.stalled),
        },
        {
            "synaspis_refused": (
                "Requests and connections refused before the centre saw them.",
                "reason",
                lambda: sessions.refused,
            ),
        },
    )


def watch_centre(metrics: Metrics, pump: Pump, store: Path) -> None:
    """Have the metrics read what a node that writes counts. store: file of the record; 0 bytes without."""
    metrics.watch(
        {
            "synaspis_pending": ("Submissions that wait for a tick.", lambda: pump.pulse.pending),
            "synaspis_storing": ("1 while the store takes ticks.", lambda: pump.pulse.is_storing),
            "synaspis_late_seconds": (
                "How late the last tick began.",
                lambda: pump.pulse.late_us / SECOND_US,
            ),
            "synaspis_ahead_seconds": (
                "How far the centre is ahead of a clock that was put back.",
                lambda: pump.pulse.ahead_us / SECOND_US,
            ),
            "synaspis_store_bytes": (
                "Size of the store; 0 where it is not a file.",
                lambda: store.stat().st_size if store.is_file() else 0,
            ),
            "synaspis_disk_free_bytes": ("Free space.", lambda: pump.free_bytes),
        },
        {
            "synaspis_events_released": (
                "Events, each recipient counted.",
                lambda: pump.pulse.tally.released,
            ),
            "synaspis_seals": ("Checkpoints that were signed.", lambda: pump.pulse.tally.seals),
            "synaspis_ticks_failed": ("Ticks that could not be stored.", lambda: pump.pulse.tally.failures),
        },
        {"synaspis_outcomes": ("Envelopes by outcome.", "outcome", lambda: dict(pump.pulse.tally.submitted))},
    )
