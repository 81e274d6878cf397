"""`bench compare --all`: every system with its interval, and every pair of a section."""

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

from bench.errors import BenchError
from bench.statistics import DRAWS, LEVEL, Metric, compare, holm, seeds_to_separate, supported
from bench.tables.compared.budget import budget, can_tell_seeds
from bench.tables.compared.intervals import intervals
from bench.tables.compared.joint import Joint, joint
from bench.tables.compared.members import Members, Stored, incomplete, members
from bench.tables.compared.notes import about_choice, about_support
from bench.tables.compared.numbers import covered, numbers, p_title, words_or_zero
from bench.tables.compared.pairing import Paired, paired
from bench.tables.compared.ranked import ranked
from bench.tables.section import Column, Section, decimals, words
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
        together = joint(rows)
        blocks.append(intervals(section, rows, together, level))
        if len(rows) > 1:
            blocks.append(_pairs(section, rows, together, (metric, level)))
        blocks.append(budget(section, rows, metric))
    return [*blocks, *ranked(groups, metric, level)]


def _pairs(
    section: Section,
    rows: Members,
    joint: Sequence[tuple[Joint, int]],
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
            Column(f"{covered(level)} interval\npoints", between("low", "high")),
            Column(p_title(table), probability("p")),
            Column("p\nHolm", probability("holm_p")),
            Column("Effect\nsize", decimals("effect", 2)),
            Column("Seeds to\nseparate", words("seeds_needed")),
            Column("Folds", words_or_zero("folds")),
            Column("Supported", decided("supported")),
        ),
        rows=tuple(table),
        notes=(*_about(rows, table, asked), *refused, *about_choice(section)),
        optimistic=section.optimistic,
    )


def _compared(
    rows: Members,
    joint: Sequence[tuple[Joint, int]],
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
            **numbers(done),
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
    yield f"Holm: p corrected for {done} tests in this table. " + about_support(
        metric, level, " (Holm)"
    )
    if any(row["seeds_needed"] is not None for row in table):
        yield (
            "Seeds to separate: of each fold, to show the difference in 4 of 5 repetitions (normal "
            "approximation); none: no number would do, as their folds differ by more."
        )
    yield from incomplete(rows)
