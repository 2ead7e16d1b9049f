"""Rows and columns for HiGHS, one thread and one seed, so that the same problem gives the same answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

import highspy
import numpy as np
from numpy.typing import NDArray

from synaspis.core.errors import SynaspisError

Floats = NDArray[np.float64]
Terms = Mapping[int, float]

FEASIBILITY = 1.0e-9
"""Tolerance of HiGHS on rows, bounds and whole numbers: a city of ten million, in thousands, times this is
far less than one person."""


class UnsolvedError(SynaspisError):
    """The solver stopped before it had proved an answer."""


class Answer(NamedTuple):
    """Outcome of one run of the solver.

    values: (column,). value: of the objective. bound: proved limit that no solution can pass.
    nodes: of the search tree.
    """

    values: Floats
    value: float
    bound: float
    nodes: int


@dataclass(eq=False)
class Program:
    """A mixed-integer program that grows column by column and row by row; owned by who builds it."""

    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    whole: list[int] = field(default_factory=list)
    row_lower: list[float] = field(default_factory=list)
    row_upper: list[float] = field(default_factory=list)
    terms: list[Terms] = field(default_factory=list)

    def column(self, upper: float = 1.0, *, lower: float = 0.0, whole: bool = False) -> int:
        """Add a column between two bounds and return its number."""
        self.lower.append(lower)
        self.upper.append(upper)
        if whole:
            self.whole.append(len(self.lower) - 1)
        return len(self.lower) - 1

    def row(
        self, terms: Terms, *, lower: float = -highspy.kHighsInf, upper: float = highspy.kHighsInf
    ) -> None:
        """Add a row: a sum of columns between two bounds."""
        self.terms.append(terms)
        self.row_lower.append(lower)
        self.row_upper.append(upper)

    @contextmanager
    def but(
        self, terms: Terms, *, lower: float = -highspy.kHighsInf, upper: float = highspy.kHighsInf
    ) -> Iterator[None]:
        """Add a row for as long as a block runs."""
        self.row(terms, lower=lower, upper=upper)
        try:
            yield
        finally:
            for part in (self.terms, self.row_lower, self.row_upper):
                part.pop()

    @property
    def size(self) -> dict[str, int]:
        """Columns, of them whole numbers, and rows."""
        return {"columns": len(self.lower), "whole_numbers": len(self.whole), "rows": len(self.terms)}

    def solve(self, objective: Terms, *, maximise: bool, time_limit_s: float | None = None) -> Answer | None:
        """Find the best value of a sum of columns; None if nothing satisfies all rows.

        time_limit_s: of this run, in seconds; no limit if None.
        Raises UnsolvedError if the solver stops for another reason without any solution.
        """
        solver = highspy.Highs()  # type: ignore[no-untyped-call]
        solver.silent()
        for name, value in (
            ("threads", 1), ("parallel", "off"), ("random_seed", 0),
            ("mip_rel_gap", 0.0), ("mip_abs_gap", 1.0e-6),
            ("mip_feasibility_tolerance", FEASIBILITY), ("primal_feasibility_tolerance", FEASIBILITY),
        ):  # fmt: skip
            solver.setOptionValue(name, value)
        if time_limit_s is not None:
            solver.setOptionValue("time_limit", time_limit_s)
        solver.passModel(self._lp(objective, maximise))
        solver.run()
        status = solver.getModelStatus()
        if status in (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible):
            return None
        info = solver.getInfo()
        if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            raise UnsolvedError(
                f"the solver stopped without a plan: {solver.modelStatusToString(status)}. "
                "Give it more time, fewer candidates or fewer years."
            )
        values = np.array(solver.getSolution().col_value, dtype=np.float64)
        value = float(info.objective_function_value)
        bound = float(info.mip_dual_bound) if self.whole else value
        return Answer(values, value, bound, int(info.mip_node_count) if self.whole else 0)

    def _lp(self, objective: Terms, maximise: bool) -> highspy.HighsLp:
        lp = highspy.HighsLp()
        columns, rows = len(self.lower), len(self.terms)
        lp.num_col_, lp.num_row_ = columns, rows
        cost = np.zeros(columns)
        cost[list(objective)] = list(objective.values())
        lp.col_cost_ = cost
        lp.col_lower_, lp.col_upper_ = np.array(self.lower), np.array(self.upper)
        lp.row_lower_, lp.row_upper_ = np.array(self.row_lower), np.array(self.row_upper)
        lp.sense_ = highspy.ObjSense.kMaximize if maximise else highspy.ObjSense.kMinimize
        kinds = [highspy.HighsVarType.kContinuous] * columns
        for column in self.whole:
            kinds[column] = highspy.HighsVarType.kInteger
        lp.integrality_ = kinds
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = np.cumsum([0, *map(len, self.terms)], dtype=np.int32)
        lp.a_matrix_.index_ = np.fromiter((c for t in self.terms for c in t), dtype=np.int32)
        lp.a_matrix_.value_ = np.fromiter((v for t in self.terms for v in t.values()), dtype=np.float64)
        return lp


def added(parts: Iterable[tuple[int, float]]) -> dict[int, float]:
    """Sum of terms, equal columns together."""
    total: dict[int, float] = {}
    for column, factor in parts:
        total[column] = total.get(column, 0.0) + factor
    return total
