"""Every fold and seed on a row of its own."""

from collections.abc import Sequence

from bench.index import Folds
from bench.tables.metrics import Metric
from bench.tables.section import Column, Section, percent, share, words
from bench.tables.systems import Group, System
from bench.tables.views.choice import MADE, SYSTEM, Choice, restyled


def folds(groups: Sequence[Group], choice: Choice) -> list[Section]:
    """A section each: systems in order, then seeds, then folds, numbered from 1."""
    return [_section(group, choice.scores("uar", "war", "f1")) for group in groups]


def _section(group: Group, metrics: Sequence[Metric]) -> Section:
    columns = [
        SYSTEM,
        Column("Seed", words("seed")),
        Column("Fold", words("fold")),
        *(Column(m.title, percent(m.key), accuracy=True) for m in metrics),
        Column("Videos", share("seen", "videos")),
        Column("Epochs", words("epochs")),
        Column("Machine", words("machine"), "left"),
        *MADE,
    ]
    rows = [_row(s, one, metrics) for s in group.systems for one in s.results.singly()]
    notes = [
        "One row a fold: a score of few videos, of which single ones move it far. Videos: seen of "
        "all of the fold. Fold 1 is stored as fold-0, and --folds 0 asks for it."
    ]
    return restyled(group.section, "every fold", columns, rows, notes)


def _row(system: System, fold: Folds, metrics: Sequence[Metric]) -> dict[str, object]:
    (result,) = fold
    return {
        **system.who,
        "seed": result.seed,
        "fold": result.fold + 1,
        **{m.key: m.of(fold, "official") for m in metrics},
        "videos": int(result.counts.sum()),
        "seen": int(result.counts_seen.sum()),
        "epochs": result.epochs or None,
        "selected_epoch": result.selected_epoch,
        "machine": result.environment.machine,
        "seconds": sum(result.seconds.values()),
        "created": result.created,
    }
