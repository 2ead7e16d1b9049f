"""What an application is put together from."""

from __future__ import annotations

from dataclasses import dataclass

from synaspis.core.clock import Clock
from synaspis.server.desk import Desk
from synaspis.server.feed import Feeds
from synaspis.server.journal import Journal
from synaspis.server.metrics import Metrics
from synaspis.server.sessions import Sessions


@dataclass(frozen=True)
class Parts:
    """Everything that answering a request needs; all of it belongs to one event loop."""

    desk: Desk
    feeds: Feeds
    sessions: Sessions
    clock: Clock
    metrics: Metrics
    journal: Journal
