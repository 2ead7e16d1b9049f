"""What to build next: sites, numbers and years under a budget, by an exact solver."""

from synaspis.analyses.plan.conflict import Conflict, conflict_of
from synaspis.analyses.plan.front import Front, FrontPoint, front
from synaspis.analyses.plan.greedy import greedy_plan
from synaspis.analyses.plan.problem import Budget, Built, Group, Means, Minimum, Option, Problem, held
from synaspis.analyses.plan.reading import PlanInput, check_plan, read_plan
from synaspis.analyses.plan.result import PlanResult
from synaspis.analyses.plan.run import plan
from synaspis.analyses.plan.solve import Best, best_plan

__all__ = [
    "Best",
    "Budget",
    "Built",
    "Conflict",
    "Front",
    "FrontPoint",
    "Group",
    "Means",
    "Minimum",
    "Option",
    "PlanInput",
    "PlanResult",
    "Problem",
    "best_plan",
    "check_plan",
    "conflict_of",
    "front",
    "greedy_plan",
    "held",
    "plan",
    "read_plan",
]
