"""`bench compare --all`: every system with its interval, and every pair of a section."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import numpy as np

from bench.errors import BenchError
from bench.statistics import (
    DRAWS,
    LEVEL,
    METRICS,
    Metric,
    compare,
    holm,
    interval,
    pooled,
    resample,
    seeds_to_separate,
    supported,
)
from bench.tables.compared import versus
from bench.tables.compared.budget import budget, can_tell_seeds
from bench.tables.compared.members import Members, Stored, members
from bench.tables.compared.pairing import Folds, Paired, paired
from bench.tables.compared.ranked import ranked
from bench.tables.section import Column, Section, decimals, percent, share, words
from bench.tables.shown import between, decided, points, probability

NEVER = "none"
"""In place of a number of seeds: no number would do."""


def every_pair(
    sections: Sequence[Section],
    folds: Stored,
    metric: Metric = "uar",
    level: float = LEVEL,
) -> list[Section]:
    """Scores with intervals, all pairs and the spread of each section; ranks over the datasets.

    Args:
        sections: as `comparison` gives them.
        folds: the folds that they were made from.
        metric: the score that is compared.
        level: of the tests of one table together, and of each interval.
    """
    blocks: list[Section] = []
    groups = members(sections, folds)
    for section, rows in groups:
        joint = _joint(rows)
        blocks.append(_scores(section, rows, joint, level))
        if len(rows) > 1:
            blocks.append(_pairs(section, rows, joint, (metric, level)))
        blocks.append(budget(section, rows, metric))
    return [*blocks, *ranked(groups, metric, level)]


@dataclass(slots=True)
class _Joint:
    """Systems that answered the same, so that they share their draws."""

    systems: list[Folds] = field(default_factory=list[Folds])
    known: Paired | None = None
    drawn: Mapping[Metric, np.ndarray] = field(default_factory=dict[Metric, np.ndarray])

    def paired(self) -> Paired:
        """All of them, side by side."""
        self.known = self.known or paired(self.systems)
        return self.known

    def resampled(self, metric: Metric) -> np.ndarray:
        """Their resampled scores, shape (draws, systems, seeds)."""
        self.drawn = self.drawn or resample(self.paired().answers)
        return self.drawn[metric]


def _joint(rows: Members) -> list[tuple[_Joint, int]]:
    """For each row the systems that answered the same, and its place among them."""
    found: dict[tuple[Any, ...], _Joint] = {}
    places: list[tuple[_Joint, int]] = []
    for member in rows:
        folds = member.folds()
        joint = found.setdefault(_extent(folds), _Joint())
        places.append((joint, len(joint.systems)))
        joint.systems.append(folds)
    return places


def _extent(mine: Folds) -> tuple[Any, ...]:
    """What a system answered: seeds, folds, videos."""
    return tuple(
        (r.request.seed, r.request.fold.index, tuple(sorted({p.video for p in r.predictions})))
        for r in mine
    )


# ---------------------------------------------------------------- systems


def _scores(
    section: Section, rows: Members, joint: Sequence[tuple[_Joint, int]], level: float
) -> Section:
    table = tuple(
        {
            "system": member.title,
            "model": member.row["model"],
            "identity": member.row["identity"],
            **_alone(*place, level),
            "folds": member.row["folds"],
            "folds_of": member.row["folds_of"],
            "seeds": member.row["seeds"],
            "weights": member.row["weights"],
            "recipe": member.row["recipe"],
        }
        for member, place in zip(rows, joint, strict=True)
    )
    covered = versus.covered(level)
    return Section(
        title=f"Scores and how sure they are · {section.title}",
        key=section.key,
        columns=(
            Column("System", words("system"), "left"),
            *(
                column
                for name in METRICS
                for column in (
                    Column(f"{name.upper()} %", percent(name), accuracy=True),
                    Column(f"{covered} interval\n{name.upper()} %", _ends(name)),
                )
            ),
            Column("Clusters", words("clusters")),
            Column("Folds", share("folds", "folds_of", mark="*")),
            Column("Seeds", words("seeds")),
            Column("Weights", words("weights"), "left"),
            Column("Recipe", words("recipe"), "left"),
        ),
        rows=table,
        notes=(
            f"Interval: how far the score would move in {covered} of the cases had other people "
            f"been filmed, for the networks as they were trained; bootstrap over clusters, "
            f"{DRAWS:,} draws. Two intervals that overlap do not say that two systems are alike.",
            *_incomplete(rows),
            *versus.about_choice(section),
        ),
        optimistic=section.optimistic,
    )


def _ends(metric: Metric) -> Any:
    return between(f"{metric}_low", f"{metric}_high", sign=False)


def _alone(joint: _Joint, place: int, level: float) -> dict[str, Any]:
    both = joint.paired()
    cells: dict[str, Any] = {"clusters": both.of}
    for metric in METRICS:
        found = interval(
            joint.resampled(metric)[:, place].mean(axis=-1), both.answers.clusters, level
        )
        cells[metric] = float(pooled(both.answers, metric)[place].mean())
        cells[f"{metric}_low"] = found.low if found else None
        cells[f"{metric}_high"] = found.high if found else None
    return cells


# ---------------------------------------------------------------- pairs


def _pairs(
    section: Section,
    rows: Members,
    joint: Sequence[tuple[_Joint, int]],
    asked: tuple[Metric, float],
) -> Section:
    metric, level = asked
    refused: list[str] = []
    table = list(_compared(rows, joint, asked, refused))
    holms = holm([row["p"] for row in table])
    for row, corrected in zip(table, holms, strict=True):
        row["holm_p"] = corrected
        found = row.pop("interval")
        row["supported"] = supported(corrected, found, level)
    return Section(
        title=f"Every pair by {metric.upper()} · {section.title}",
        key=section.key,
        columns=(
            Column("Higher", words("first"), "left"),
            Column("Lower", words("second"), "left"),
            Column("Difference\npoints", points("difference"), accuracy=True),
            Column(f"{versus.covered(level)} interval\npoints", between("low", "high")),
            Column(versus.p_title(table), probability("p")),
            Column("p\nHolm", probability("holm_p")),
            Column("Effect\nsize", decimals("effect", 2)),
            Column("Seeds to\nseparate", words("seeds_needed")),
            Column("Folds", versus.words_or_zero("folds")),
            Column("Supported", decided("supported")),
        ),
        rows=tuple(table),
        notes=(*_about(rows, table, asked), *refused, *versus.about_choice(section)),
        optimistic=section.optimistic,
    )


def _compared(
    rows: Members,
    joint: Sequence[tuple[_Joint, int]],
    asked: tuple[Metric, float],
    refused: list[str],
) -> Iterator[dict[str, Any]]:
    """One row a pair, the higher score first; why a pair has none goes to `refused`."""
    metric, level = asked
    for first, second in combinations(range(len(rows)), 2):
        (one, left), (other, right) = joint[first], joint[second]
        drawn = None
        try:
            if one is other:
                whole = one.paired()
                both = _of(whole, (left, right))
                drawn = one.resampled(metric)[:, [left, right]]
            else:
                both = paired([one.systems[left], other.systems[right]])
        except BenchError as error:
            refused.append(f"Not compared: {error}")
            continue
        done = compare(both.answers, metric, level, drawn)
        pair = (rows[first], rows[second])
        if done.difference < 0:
            pair = pair[::-1]
            done = done.turned()
        yield {
            **{
                f"{side}": member.title
                for side, member in zip(("first", "second"), pair, strict=True)
            },
            **{
                f"{side}_identity": member.row["identity"]
                for side, member in zip(("first", "second"), pair, strict=True)
            },
            **versus.numbers(done),
            "seeds_needed": _needed(both, metric, level),
            "folds": both.answers.folds,
            "interval": done.interval,
        }


def _of(whole: Paired, places: tuple[int, int]) -> Paired:
    answers = whole.answers.of(places, range(len(whole.seeds)))
    return Paired(answers, whole.seeds, whole.folds, whole.clusters, whole.assumed, 0)


def _needed(both: Paired, metric: Metric, level: float) -> int | str | None:
    if not can_tell_seeds(both):
        return None
    return seeds_to_separate(both.answers, metric, level) or NEVER


def _about(
    rows: Members, table: Sequence[dict[str, Any]], asked: tuple[Metric, float]
) -> Iterator[str]:
    metric, level = asked
    yield (
        f"Pairs are made of answers to the same videos under the same seeds; interval of the "
        f"difference: bootstrap over people, {DRAWS:,} draws."
    )
    if any(row["basis"] == "folds" for row in table):
        yield (
            "p: corrected resampled t test over the folds (Nadeau-Bengio): would other training "
            "videos show the difference too?"
        )
    if any(row["basis"] == "seeds" for row in table):
        yield "Of one fold, p is Student's t over its seeds."
    if any(row["basis"] == "none" for row in table):
        yield "No p of one training: it does not say what another would give."
    done = sum(row["p"] is not None for row in table)
    yield f"Holm: p corrected for {done} tests in this table. " + versus.about_support(
        metric, level, " (Holm)"
    )
    if any(row["seeds_needed"] is not None for row in table):
        yield (
            "Seeds to separate: of each fold, to show the difference in 4 of 5 repetitions (normal "
            "approximation); none: no number would do, as their folds differ by more."
        )
    yield from _incomplete(rows)


def _incomplete(rows: Members) -> list[str]:
    lacking = [member.title for member in rows if not member.complete]
    if not lacking:
        return []
    return [f"Incomplete, and compared on the folds it has: {', '.join(lacking)}."]
