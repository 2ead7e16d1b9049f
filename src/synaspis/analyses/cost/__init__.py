"""What it costs, and who pays: life-cycle cost by year, nation and rule."""

from synaspis.analyses.cost.benefit import BENEFITS, benefit_shares
from synaspis.analyses.cost.case import CaseDocument
from synaspis.analyses.cost.cost import RATE_MAX, Defended, cost
from synaspis.analyses.cost.finance import annuity_factor, discount_factors, present_value
from synaspis.analyses.cost.ledger import Ledger, Line, Range
from synaspis.analyses.cost.loader import case_ids, check_case, load_case, packaged_case
from synaspis.analyses.cost.parts import CATEGORIES
from synaspis.analyses.cost.result import Amount, Comparison, CostResult, Payment, RuleCost, YearCost
from synaspis.analyses.cost.rules import MEANING, RULES
from synaspis.analyses.cost.tables import load_tables

__all__ = [
    "BENEFITS",
    "CATEGORIES",
    "MEANING",
    "RATE_MAX",
    "RULES",
    "Amount",
    "CaseDocument",
    "Comparison",
    "CostResult",
    "Defended",
    "Ledger",
    "Line",
    "Payment",
    "Range",
    "RuleCost",
    "YearCost",
    "annuity_factor",
    "benefit_shares",
    "case_ids",
    "check_case",
    "cost",
    "discount_factors",
    "load_case",
    "load_tables",
    "packaged_case",
    "present_value",
]
