"""Does a defence affect the strategic deterrent of a third party? A verdict with its band, as a statement."""

from synaspis.analyses.assurance.band import Verdict
from synaspis.analyses.assurance.document import AssuranceDocument, load_assurance_document
from synaspis.analyses.assurance.reach import Commit
from synaspis.analyses.assurance.result import AssuranceResult, Bound, Case, Judgement
from synaspis.analyses.assurance.run import assurance
from synaspis.analyses.assurance.statement import (
    Statement,
    countersign,
    read_statement,
    state,
    write_envelope,
    write_statement,
)
from synaspis.analyses.assurance.statement_check import verify_statement

__all__ = [
    "AssuranceDocument",
    "AssuranceResult",
    "Bound",
    "Case",
    "Commit",
    "Judgement",
    "Statement",
    "Verdict",
    "assurance",
    "countersign",
    "load_assurance_document",
    "read_statement",
    "state",
    "verify_statement",
    "write_envelope",
    "write_statement",
]
