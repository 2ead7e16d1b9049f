"""A day of three made-up partners, played through a real centre: who sees what, and why."""

from synaspis.exchange.demo.account import Account, Seen
from synaspis.exchange.demo.play import play
from synaspis.exchange.demo.story import DAY_US, PARTNERS, Step, story

__all__ = ["DAY_US", "PARTNERS", "Account", "Seen", "Step", "play", "story"]
