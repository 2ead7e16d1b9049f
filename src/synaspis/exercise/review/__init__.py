"""The after-action review: a pure function of what the two centres stored."""

from synaspis.exercise.review.page import render
from synaspis.exercise.review.record import Delivered, Record, Sent, read_record
from synaspis.exercise.review.review import Review, compare, difference, review, under
from synaspis.exercise.review.scoring import Gospa, Score, gospa, picture_at, score
from synaspis.exercise.review.worth import worth
from synaspis.exercise.review.worth_chart import worth_chart

__all__ = [
    "Delivered",
    "Gospa",
    "Record",
    "Review",
    "Score",
    "Sent",
    "compare",
    "difference",
    "gospa",
    "picture_at",
    "read_record",
    "render",
    "review",
    "score",
    "under",
    "worth",
    "worth_chart",
]
