"""What any part of a defence defends under any sharing, from one computation."""

from synaspis.analyses.capability.capability import Capability
from synaspis.analyses.capability.compute import compute
from synaspis.analyses.capability.families import Families, Family
from synaspis.analyses.capability.rights import Pooling, named_clauses, only, with_agreements

__all__ = [
    "Capability",
    "Families",
    "Family",
    "Pooling",
    "compute",
    "named_clauses",
    "only",
    "with_agreements",
]
