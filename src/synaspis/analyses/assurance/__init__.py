"""Does a defence affect the strategic deterrent of a third party? A verdict with its band, as a statement."""

from synaspis.analyses.assurance.band import Verdict
from synaspis.analyses.assurance.document import AssuranceDocument, load_assurance_document
from synaspis.analyses.assurance.reach import Commit
from synaspis.analyses.assurance.result import AssuranceResult, Bound, Case, Judgement
from synaspis.analyses.assurance.run import assurance

__all__ = [
    "AssuranceDocument",
    "AssuranceResult",
    "Bound",
    "Case",
    "Commit",
    "Judgement",
    "Verdict",
    "assurance",
    "load_assurance_document",
]
