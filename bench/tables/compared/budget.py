"""Where the spread of a score comes from: folds, seeds, machines."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from bench.index import Result
from bench.measurement import accuracy
from bench.statistics import LEVEL, Metric, components, pooled, seeds_to_separate
from bench.tables.compared.members import Member
from bench.tables.compared.pairing import Paired
from bench.tables.section import Column, Section, percent, words

_SCORES = {"uar": accuracy.uar, "war": accuracy.war}
_PARTS = ("fold", "seed", "machine")


def budget(section: Section, rows: Sequence[Member], metric: Metric) -> Section:
    """Standard deviations of one fold's score by source, one row a system.

    Args:
        section: where the systems stand.
        rows: the systems.
        metric: the score.
    """
    table = tuple(_row(member, metric) for member in rows)
    return Section(
        title=f"Where the spread of {metric.upper()} comes from · {section.title}",
        key=section.key,
        columns=(
            Column("System", words("system"), "left"),
            Column("Trainings", words("trainings")),
            *(
                Column(f"{part.title()}\n{unit}", percent(f"{name}_{part}"))
                for name, unit in (("sd", "± points"), ("share", "% of variance"))
                for part in _PARTS
                if any(row[f"{name}_{part}"] is not None for row in table)
            ),
        ),
        rows=table,
        notes=tuple(_about(table)),
    )


def _row(member: Member, metric: Metric) -> dict[str, Any]:
    parts = components(_scores(member.system.results, metric))
    variances = {"fold": parts.fold, "seed": parts.seed, "machine": parts.machine}
    # without seeds the fold's part holds the seed's, and a share of it would say something else
    whole = sum(v or 0.0 for v in variances.values()) if parts.seed is not None else 0.0
    return {
        "system": member.title,
        "model": member.row["model"],
        "identity": member.row["identity"],
        "trainings": len(member.system.results),
        "mixed": parts.mixed,
        **{f"sd_{name}": None if v is None else math.sqrt(v) for name, v in variances.items()},
        **{
            f"share_{name}": None if v is None or not whole else v / whole
            for name, v in variances.items()
        },
    }


def _scores(
    results: Sequence[Result], metric: Metric
) -> Mapping[tuple[int, str], tuple[float, ...]]:
    """Score of each training, by fold and machine."""
    found: dict[tuple[int, str], list[float]] = defaultdict(list)
    for result in results:
        place = result.fold, result.environment.machine
        found[place].append(_SCORES[metric](result.counts))
    return {place: tuple(scores) for place, scores in found.items()}


def _about(rows: Sequence[dict[str, Any]]) -> list[str]:
    said = [
        "Standard deviation of the score of one fold: from other test and training videos (fold), "
        "from training again (seed), and from another machine; nested effects, by moments."
    ]
    if any(row["mixed"] for row in rows):
        said.append(
            "Seed: where no fold was trained twice on one machine, it holds the machine's part too."
        )
    if any(row["sd_seed"] is None for row in rows):
        said.append("Of one seed its part cannot be told from that of the fold, which holds both.")
    if all(row["sd_machine"] is None for row in rows):
        said.append("Machine: nothing was trained on two machines in one fold, under two seeds.")
    return said


def can_tell_seeds(both: Paired) -> bool:
    """Whether the seed's part of a difference can be told from the fold's."""
    return len(both.seeds) > 1 and len(both.folds) > 1


def separation(both: Paired, metric: Metric, level: float = LEVEL) -> list[str]:
    """How many seeds would settle which of two is better, as notes."""
    if not can_tell_seeds(both):
        return [
            f"How many seeds would separate them is not known: that takes two seeds of several "
            f"folds, and there are {len(both.seeds)} of {len(both.folds)}."
        ]
    first, second = pooled(both.answers, metric).mean(axis=1).tolist()
    gap = f"{abs(100 * (first - second)):.2f} points of {metric.upper()}"
    needed = seeds_to_separate(both.answers, metric, level)
    if needed is None:
        return [
            f"No number of seeds would separate them: {gap} are less than what their folds differ "
            f"by (normal approximation)."
        ]
    return [
        f"If {gap} are the truth, {needed} seed(s) of each fold show it in 4 of 5 "
        f"repetitions (normal approximation, so that few folds need more)."
    ]
