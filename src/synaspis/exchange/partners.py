"""Who may submit to a centre: the keys of a partner and whether it is in good standing."""

from __future__ import annotations

from dataclasses import dataclass

from synaspis.messages import PublicKey


@dataclass(frozen=True, slots=True)
class Partner:
    """A partner as intake knows it; how it is written to a file is the server's matter.

    key: public key of its messages. former: keys replaced since, each with the last instant (microseconds
    since the epoch) at which it is still taken. witness_vkey: verifier key of its witness; None if it runs
    none. active: False once it was retired; nothing of it is taken then.
    """

    key: PublicKey
    former: tuple[tuple[PublicKey, int], ...] = ()
    witness_vkey: str | None = None
    active: bool = True

    def keys_at(self, at_us: int) -> tuple[PublicKey, ...]:
        """Keys that count at an instant, the one in force first."""
        return (self.key, *(key for key, until_us in self.former if at_us <= until_us))
