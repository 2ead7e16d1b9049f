"""Whose public keys count, and until when: those of the kit, and those that it named before.

A partner may renew its message key. What it signed with the former one must stay verifiable, so the client
keeps every key that its kit ever named, with the time when the kit named it last.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from synaspis.core.clock import SECOND_US
from synaspis.core.errors import Fault
from synaspis.exchange.client.partner_state import PartnerState
from synaspis.messages import LIMITS, PAYLOAD_TYPE, Limits, Opened, PublicKey, Refused, open_envelope

FORMER_US: Final = 90 * 86_400 * SECOND_US
"""How long after the kit named a key last it may still have signed what arrives: the longest overlap that a
centre grants."""


class KeyRing:
    """Public message keys by owner.

    state: where keys are kept. current: 32 bytes by owner, as the kit has them now. now_us: by the clock of
    the partner, microseconds since the epoch.
    """

    def __init__(self, state: PartnerState, current: Mapping[str, bytes], now_us: int) -> None:
        state.remember_keys(current, now_us)
        self._current = {owner: PublicKey(raw) for owner, raw in current.items()}
        self._former: dict[str, list[tuple[PublicKey, int]]] = {}
        for owner, raw, last_us in state.known_keys():
            if current.get(owner) != raw:
                self._former.setdefault(owner, []).append((PublicKey(raw), last_us + FORMER_US))

    def knows(self, owner: str) -> bool:
        """Whether any key of an owner is known."""
        return owner in self._current or owner in self._former

    def open(
        self, raw: bytes, owner: str, at_us: int, payload_type: str = PAYLOAD_TYPE, limits: Limits = LIMITS
    ) -> Opened:
        """Verify an envelope that an owner is said to have signed.

        at_us: when it arrived, microseconds since the epoch. Raises Refused.
        """
        keys = [self._current[owner]] if owner in self._current else []
        keys += [key for key, until_us in self._former.get(owner, ()) if at_us <= until_us]
        named = {f"{owner} {number}": key for number, key in enumerate(keys)}
        try:
            return open_envelope(raw, named, payload_type=payload_type, limits=limits)
        except Refused as refused:
            if refused.code != "unknown-signer":
                raise
            what = f"it is signed with a key that the kit does not have for {owner}"
            remedy = f"It is forged, or {owner} renewed its key: get a new partner.yaml, and ask {owner}."
            raise Refused("unknown-signer", Fault(what, "signatures[0].keyid", remedy)) from None
