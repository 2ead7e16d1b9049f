"""Exercises: a list of events played on two centres, with simulated sensors, and their review."""

from synaspis.exercise.document import ExerciseDocument
from synaspis.exercise.loader import Loaded, check_exercise, exercise_ids, load_exercise
from synaspis.exercise.machine import Exercise, Said
from synaspis.exercise.run import Run, run_exercise

__all__ = [
    "Exercise",
    "ExerciseDocument",
    "Loaded",
    "Run",
    "Said",
    "check_exercise",
    "exercise_ids",
    "load_exercise",
    "run_exercise",
]
