"""The questions behind a negotiation, asked of one scenario with the files that come with it."""

from synaspis.analyses.questions.answer import Answer, answer_files, plain
from synaspis.analyses.questions.ask import ask
from synaspis.analyses.questions.ask_all import ask_all
from synaspis.analyses.questions.companions import QUESTIONS, choose_questions, companion, no_data
from synaspis.analyses.questions.compare import compare_answer

__all__ = [
    "QUESTIONS",
    "Answer",
    "answer_files",
    "ask",
    "ask_all",
    "choose_questions",
    "companion",
    "compare_answer",
    "no_data",
    "plain",
]
