"""A scenario that can be asked: the way in for notebooks and for the command line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from synaspis.analyses._dataset import CoverageDataset
from synaspis.analyses.coverage import Progress, coverage
from synaspis.scenario import Scenario, Sharing, load_scenario_document


@dataclass(frozen=True, eq=False)
class Study:
    """A checked scenario with its questions as methods."""

    scenario: Scenario

    @property
    def phases(self) -> tuple[str, ...]:
        """Ids of the phases, oldest first."""
        return tuple(self.scenario.document.phases)

    @property
    def threats(self) -> tuple[str, ...]:
        """Ids of the threats."""
        return tuple(self.scenario.document.threats)

    @property
    def partners(self) -> tuple[str, ...]:
        """Ids of the partners."""
        return self.scenario.membership.partners

    def coverage(
        self,
        phase: str | Sequence[str] | None = None,
        threat: str | Sequence[str] | None = None,
        *,
        partners: Sequence[str] | None = None,
        sharing: Sharing = "agreements",
        step_deg: float | None = None,
        contributions: bool = True,
        progress: Progress | None = None,
    ) -> CoverageDataset:
        """What the defence covers; a single phase or threat gives a Dataset without that dimension.

        phase, threat: one id, several, or all by default. The other arguments and errors are those of
        `synaspis.analyses.coverage.coverage`.
        """
        dataset = coverage(
            self.scenario,
            phases=[phase] if isinstance(phase, str) else phase,
            threats=[threat] if isinstance(threat, str) else threat,
            partners=partners,
            sharing=sharing,
            step_deg=step_deg,
            contributions=contributions,
            progress=progress,
        )
        single = {name: 0 for name, asked in (("phase", phase), ("threat", threat)) if isinstance(asked, str)}
        narrowed: CoverageDataset = dataset.isel(single)
        return narrowed

    def __repr__(self) -> str:
        return (
            f"<Study {self.scenario.id}: phases {', '.join(self.phases)}; threats {', '.join(self.threats)}>"
        )


def load_scenario(id_or_path: str | Path) -> Study:
    """Load a scenario that comes with the package, by its id, or a file of your own.

    Raises InputError with every fault of the file.
    """
    return Study(load_scenario_document(id_or_path))
