"""What to build next: sites, numbers and years under a budget, by an exact solver."""

__all__: list[str] = []
