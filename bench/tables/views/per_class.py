"""The recall of every class."""

from collections.abc import Sequence

import numpy as np

from bench.tables.metrics import metrics, pooled, recall
from bench.tables.section import Column, Section, percent, share
from bench.tables.systems import Group, System
from bench.tables.views.choice import MADE, SYSTEM, Choice, restyled


def per_class(groups: Sequence[Group], choice: Choice) -> list[Section]:
    """A section each, with a column a class: which emotions a system tells apart."""
    del choice  # every class is shown, whatever score the rows are ordered by
    return [_section(group) for group in groups]


def _section(group: Group) -> Section:
    # classes of one section may stand in another order; the first system's is shown
    classes = list(dict.fromkeys(c for s in group.systems for c in s.request.classes))
    columns = [
        SYSTEM,
        *(Column(c, percent(f"recall:{c}"), accuracy=True) for c in classes),
        Column("UAR %", percent("uar"), accuracy=True),
        Column("Folds", share("folds", "folds_of", mark="*")),
        *MADE,
    ]
    rows = [_row(system, classes) for system in group.systems]
    counts = rows[0]
    videos = ", ".join(f"{c} {counts[f'videos:{c}']}" for c in classes)
    notes = [
        "Recall in %: of the videos of a class, those answered right; UAR is their mean. Folds are "
        "pooled, and seeds averaged.",
        f"Test videos of each class, {counts['system']}: {videos}.",
    ]
    return restyled(group.section, "recall of each class", columns, rows, notes)


def _row(system: System, classes: Sequence[str]) -> dict[str, object]:
    (uar,) = metrics(["uar"])
    videos = np.max([pooled(folds).sum(axis=1) for folds in system.seeds], axis=0)
    named = dict(zip(system.request.classes, map(int, videos), strict=True))
    return {
        **system.who,
        **{f"recall:{c}": recall(c).mean(system) for c in classes},
        **{f"videos:{c}": named.get(c, 0) for c in classes},
        "uar": uar.mean(system),
        **{name: system.row[name] for name in ("folds", "folds_of", "seeds")},
    }
