"""What the gate found."""

from dataclasses import dataclass

from bench.check.drift import Drift
from bench.check.published import Printed
from bench.imports import Breach


@dataclass(frozen=True, slots=True)
class Refused:
    """An entry that cannot be counted, or gives wrong shapes."""

    model: str
    reason: str


@dataclass(frozen=True, slots=True)
class Report:
    """All findings of one run of the gate."""

    counted: tuple[str, ...]
    """Models that were recounted."""
    drifts: tuple[Drift, ...]
    shaped: tuple[str, ...]
    """Models that were asked for the shape of their outputs."""
    refused: tuple[Refused, ...]
    printed: tuple[Printed, ...]
    breaches: tuple[Breach, ...]
    notes: tuple[str, ...]
    """What is worth knowing and no failure."""

    @property
    def clean(self) -> bool:
        """Whether nothing was found."""
        unequal = [printed for printed in self.printed if printed.verdict != "equal"]
        return not (self.drifts or self.refused or unequal or self.breaches)
