"""Coordination between nations: plans, claims, hand-overs and deadlines, as each was delivered them."""

from synaspis.coordination.against_analysis import Analysis, Held, compare
from synaspis.coordination.board import Board, board_of
from synaspis.coordination.heard import CENTRES, COORDINATION, DATA, Heard, heard
from synaspis.coordination.plans import table as plan_table
from synaspis.coordination.rehearsal import Rehearsed, rehearse
from synaspis.coordination.responses import Responses, load_responses, responses_ids

__all__ = [
    "CENTRES",
    "COORDINATION",
    "DATA",
    "Analysis",
    "Board",
    "Heard",
    "Held",
    "Rehearsed",
    "Responses",
    "board_of",
    "compare",
    "heard",
    "load_responses",
    "plan_table",
    "rehearse",
    "responses_ids",
]
