"""All questions of a study at once: in parts that need nothing of each other, so that many can be run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final, NamedTuple

from synaspis.analyses.manifest import Settings
from synaspis.analyses.questions.answer import Answer
from synaspis.analyses.questions.ask import ask
from synaspis.analyses.running import Mapper
from synaspis.scenario import Scenario

Progress = Callable[[int, int, str], None]

_LONGEST_FIRST: Final = ("assurance", "cooperation", "cost", "consequences", "plan", "raid")
_TOGETHER: Final = {"cost": "cooperation"}
"""Questions that use the answer to another are asked after it, by the same worker."""


class Job(NamedTuple):
    """Questions for one worker, one after another."""

    scenario: Scenario
    settings: Settings
    questions: tuple[str, ...]
    given: Mapping[str, Path]


def ask_all(
    scenario: Scenario,
    settings: Settings,
    *,
    given: Mapping[str, Path] | None = None,
    mapper: Mapper = map,
    progress: Progress | None = None,
) -> tuple[Answer, ...]:
    """Ask all questions of a study; the answers do not depend on who runs them.

    settings: with the questions. given: files of the user by question. mapper: runs the parts. progress: told
    after each part. Returns the answers in the order of the questions.
    """
    jobs = _jobs(scenario, settings, given or {})
    found: dict[str, Answer] = {}
    for number, answers in enumerate(mapper(answer_job, jobs), start=1):
        for answer in answers:
            known = found.get(answer.question)
            found[answer.question] = answer if known is None else _merged(known, answer)
        if progress is not None:
            progress(number, len(jobs), answers[-1].question)
    return tuple(found[question] for question in settings.questions)


def answer_job(job: Job) -> tuple[Answer, ...]:
    """Ask the questions of one job."""
    answers: dict[str, Answer] = {}
    for question in job.questions:
        answers[question] = ask(question, job.scenario, job.settings, given=job.given, earlier=answers)
    return tuple(answers.values())


def _jobs(scenario: Scenario, settings: Settings, given: Mapping[str, Path]) -> list[Job]:
    """Jobs, the longest first; consequences are asked about one threat at a time."""
    jobs = []
    for question in _LONGEST_FIRST:
        if question not in settings.questions or _TOGETHER.get(question) in settings.questions:
            continue
        after = [each for each, first in _TOGETHER.items() if first == question]
        names = (question, *(each for each in after if each in settings.questions))
        jobs += [Job(scenario, part, names, given) for part in _parts(question, scenario, settings)]
    return jobs


def _parts(question: str, scenario: Scenario, settings: Settings) -> Iterable[Settings]:
    if question != "consequences":
        return (settings,)
    threats = settings.threats or tuple(scenario.document.threats)
    return [replace(settings, threats=(threat,)) for threat in threats]


def _merged(first: Answer, second: Answer) -> Answer:
    """Two answers to one question as one."""
    return Answer(
        first.question,
        f"{first.command}\n{second.command}",
        {**first.documents, **second.documents},
        tuple(dict.fromkeys([*first.assumptions, *second.assumptions])),
        tuple(dict.fromkeys([*first.inputs, *second.inputs])),
        {**first.layers, **second.layers},
        {**first.texts, **second.texts},
    )
