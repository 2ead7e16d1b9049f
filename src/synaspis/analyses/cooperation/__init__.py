"""What sharing is worth: with and without each agreement, clause, partner and asset."""

from synaspis.analyses.cooperation.cooperation import cooperation
from synaspis.analyses.cooperation.result import (
    BY,
    MEASURES,
    By,
    Candidate,
    Contributions,
    CooperationResult,
    Exchange,
    Method,
    Pooling,
)
from synaspis.analyses.cooperation.sampling import Game, Sampled, sampled_shapley
from synaspis.analyses.cooperation.shapley import EXACT_PLAYERS, shapley, shapley_of_table

__all__ = [
    "BY",
    "EXACT_PLAYERS",
    "MEASURES",
    "By",
    "Candidate",
    "Contributions",
    "CooperationResult",
    "Exchange",
    "Game",
    "Method",
    "Pooling",
    "Sampled",
    "cooperation",
    "sampled_shapley",
    "shapley",
    "shapley_of_table",
]
