"""A scenario that can be asked: the way in for notebooks and for the command line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from synaspis.analyses._dataset import CoverageDataset
from synaspis.analyses.coverage import Progress, coverage
from synaspis.scenario import Scenario, Sharing, load_scenario_document

if TYPE_CHECKING:  # each is loaded when it is asked: solvers and compiled kernels take seconds
    from synaspis.analyses.assurance import AssuranceResult
    from synaspis.analyses.consequences import ConsequencesResult
    from synaspis.analyses.cooperation import CooperationResult
    from synaspis.analyses.cost import CostResult
    from synaspis.analyses.plan import PlanResult
    from synaspis.analyses.raid import RaidResult


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

    def raid(self, raid: str | Path | None = None, **options: Any) -> RaidResult:
        """How many missiles of a stated raid get through.

        raid: its file, by default the one that comes with the scenario. options and errors: those of
        `synaspis.analyses.raid.raid`.
        """
        from synaspis.analyses.raid import raid as ask

        return ask(self.scenario, raid, **options)

    def cooperation(self, **options: Any) -> CooperationResult:
        """What sharing is worth; options and errors: those of `synaspis.analyses.cooperation.cooperation`."""
        from synaspis.analyses.cooperation import cooperation as ask

        return ask(self.scenario, **options)

    def cost(self, **options: Any) -> CostResult:
        """What it costs, and who pays; options and errors: those of `synaspis.analyses.cost.cost`."""
        from synaspis.analyses.cost import cost as ask

        return ask(self.scenario, **options)

    def assurance(self, **options: Any) -> AssuranceResult:
        """Whether a third party's deterrent is affected.

        options and errors: those of `synaspis.analyses.assurance.assurance`.
        """
        from synaspis.analyses.assurance import assurance as ask

        return ask(self.scenario, **options)

    def plan(self, **options: Any) -> PlanResult:
        """What to build next; options and errors: those of `synaspis.analyses.plan.plan`."""
        from synaspis.analyses.plan import plan as ask

        return ask(self.scenario, **options)

    def consequences(self, phase: str, threat: str, **options: Any) -> ConsequencesResult:
        """Whom intercepts touch; options and errors: of `synaspis.analyses.consequences.consequences`."""
        from synaspis.analyses.consequences import consequences as ask

        return ask(self.scenario, phase, threat, **options)

    def __repr__(self) -> str:
        return (
            f"<Study {self.scenario.id}: phases {', '.join(self.phases)}; threats {', '.join(self.threats)}>"
        )


def load_scenario(id_or_path: str | Path) -> Study:
    """Load a scenario that comes with the package, by its id, or a file of your own.

    Raises InputError with every fault of the file.
    """
    return Study(load_scenario_document(id_or_path))
