"""What each nation was shown so far, by which a list of events can name earlier messages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Earlier:
    """Names of the latest message of each kind and sender, for each nation and centre."""

    def __init__(self) -> None:
        self._shown: dict[tuple[str, str, str], tuple[str, str | None]] = {}

    def take(self, nation: str, event: Mapping[str, Any]) -> None:
        """Note an event that a nation was delivered."""
        if event["type"] == "message" and "reference" in event:
            message = event["message"]
            key = (nation, str(message["kind"]), str(message["sender"]))
            self._shown[key] = (str(event["reference"]), message.get("id"))

    def find(self, nation: str, kind: str, sender: str, by_id: bool) -> str | None:
        """Name under which a nation may speak of the latest message of a kind and sender.

        by_id: whether its id is asked for; else it is that for what is the nation's own, and the name under
        which it was shown for what is another's. None if the nation was shown none, or not its id.
        """
        reference, message_id = self._shown.get((nation, kind, sender), (None, None))
        return message_id if by_id or sender == nation else reference
