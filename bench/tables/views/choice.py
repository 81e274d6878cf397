"""What a view is asked to show, and what the sections of all views have in common."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from bench.tables.metrics import Metric, metrics
from bench.tables.section import Column, Row, Section, words

SYSTEM = Column("System", words("system"), "left")
MADE = (Column("Weights", words("weights"), "left"), Column("Recipe", words("recipe"), "left"))
"""Where the first weights come from, and how it was trained: never left out of a table."""


class Choice(NamedTuple):
    """Which scores, and for subgroups which attribute."""

    metrics: tuple[Metric, ...] = ()
    """() for those of the view."""
    by: str = ""
    """Name of an attribute of videos; "" for the only one."""

    def scores(self, *names: str) -> tuple[Metric, ...]:
        """The chosen ones, else those named."""
        return self.metrics or metrics(names)


def restyled(
    section: Section,
    about: str,
    columns: Sequence[Column],
    rows: Sequence[Row],
    notes: Sequence[str],
) -> Section:
    """The section of a view: the title and key of the measured one, and what its data are.

    Args:
        section: a measured one, whose first note says which data stand behind it.
        about: what the view shows, for the title.
        columns: all of them.
        rows: in order.
        notes: of the view; the cautions of a chosen epoch and of folds not done are kept.
    """
    kept = [note for note in section.notes[1:] if "optimistic" in note or note.startswith("*")]
    if all(column.title != "Folds" for column in columns):  # nothing there bears the star
        kept = [note.replace("* incomplete", "Incomplete", 1) for note in kept]
    return replace(
        section,
        title=f"{section.title} · {about}",
        columns=tuple(columns),
        rows=tuple(rows),
        notes=(*section.notes[:1], *notes, *kept),
        best={},
        second={},
    )
