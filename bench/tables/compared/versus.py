"""`bench compare A B`: the difference of two systems, score by score and seed by seed."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from bench.errors import BenchError
from bench.statistics import (
    LEVEL,
    METRICS,
    Comparison,
    Metric,
    compare,
    mcnemar,
    resample,
    supported,
)
from bench.tables.compared.budget import budget, separation
from bench.tables.compared.members import Members, Stored, check_known, find, members
from bench.tables.compared.notes import (
    about_choice,
    about_folds,
    about_pairs,
    about_support,
    about_videos,
)
from bench.tables.compared.numbers import covered, numbers, p_title, words_or_zero
from bench.tables.compared.pairing import Paired, paired
from bench.tables.section import Column, Section, decimals, percent
from bench.tables.shown import between, decided, points, probability


def versus(
    sections: Sequence[Section],
    folds: Stored,
    names: tuple[str, str],
    metric: Metric = "uar",
    level: float = LEVEL,
) -> list[Section]:
    """Two blocks for each section that holds both systems: their difference, and its sources.

    Args:
        sections: as `comparison` gives them, of the datasets to look at.
        folds: the folds that they were made from.
        names: two models or identities.
        metric: the score that decides; the other one is shown and decides nothing.
        level: of the test and of the interval.

    Raises:
        BenchError: a name means no row or several, or no section holds both systems.
    """
    groups = members(sections, folds)
    for name in names:
        check_known(name, groups)
    blocks: list[Section] = []
    for section, rows in groups:
        found = [find(name, section, rows) for name in names]
        first, second = found
        if first is None or second is None:
            continue
        if first.row["identity"] == second.row["identity"]:
            raise BenchError(
                f"{names[0]!r} and {names[1]!r} are one and the same system. Name two of them."
            )
        both = paired([first.folds(), second.folds()])
        titles = (first.title, second.title)
        spread = budget(section, (first, second), metric)
        blocks += [
            _block(section, titles, both, (metric, level)),
            replace(spread, notes=(*spread.notes, *separation(both, metric, level))),
        ]
    if not blocks:
        raise BenchError(_apart(names, groups))
    return blocks


def _apart(names: tuple[str, str], groups: Sequence[tuple[Section, Members]]) -> str:
    stands = [
        f"{name!r} stands in " + "; ".join(s.title for s, rows in groups if find(name, s, rows))
        for name in names
    ]
    return (
        f"{names[0]!r} and {names[1]!r} share no table, so that nothing of them is comparable: "
        f"{', and '.join(stands)}. Run both on the same dataset with the same protocol and preset."
    )


def _block(
    section: Section, titles: tuple[str, str], both: Paired, asked: tuple[Metric, float]
) -> Section:
    metric, level = asked
    rows = list(_rows(both, metric, level))
    decisive = next(row for row in rows if row["supported"] is not None)
    return Section(
        title=f"{titles[0]} against {titles[1]} · {section.title}",
        key=section.key,
        columns=_columns(titles, both, rows, level),
        rows=tuple({"first": titles[0], "second": titles[1], **row} for row in rows),
        notes=(
            *about_pairs(both, level),
            *about_folds(both, decisive),
            *about_videos(rows),
            about_support(metric, level),
            *about_choice(section),
        ),
        optimistic=section.optimistic,
    )


def _rows(both: Paired, metric: Metric, level: float) -> Iterator[dict[str, Any]]:
    several = len(both.seeds) > 1
    drawn = resample(both.answers)
    for name in sorted(METRICS, key=lambda name: name != metric):
        done = compare(both.answers, name, level, drawn[name])
        decides = supported(done.p, done.interval, level) if name == metric else None
        flips = _flips(both, 0) if name == "war" and not several else {}
        yield _row(name, None if several else both.seeds[0], done, decides) | flips
        for place, seed in enumerate(both.seeds) if several else ():
            one = both.answers.of((0, 1), (place,))
            alone = compare(one, name, level, drawn[name][:, :, [place]])
            flips = _flips(both, place) if name == "war" else {}
            yield _row(name, seed, alone, None) | flips


def _row(
    metric: Metric, seed: int | None, done: Comparison, decides: bool | None
) -> dict[str, Any]:
    return {
        "metric": metric,
        "seed": seed,
        **numbers(done),
        "repeated_p": done.repeated.p if done.repeated else None,
        "signs_p": done.signs,
        "only_first": None,
        "only_second": None,
        "mcnemar_p": None,
        "supported": decides,
    }


def _flips(both: Paired, seed: int) -> dict[str, Any]:
    first, second = both.answers.right[:, seed]
    found = mcnemar(int(np.sum(first & ~second)), int(np.sum(second & ~first)))
    return {"only_first": found.first, "only_second": found.second, "mcnemar_p": found.p}


def _columns(
    titles: Sequence[str], both: Paired, rows: Sequence[dict[str, Any]], level: float
) -> tuple[Column, ...]:
    seed = [Column("Seed", lambda row: "mean" if row["seed"] is None else str(row["seed"]))]
    return (
        Column("Score", lambda row: row["metric"].upper(), "left"),
        *(seed if len(both.seeds) > 1 else ()),
        Column(f"{titles[0]}\n%", percent("score_first"), accuracy=True),
        Column(f"{titles[1]}\n%", percent("score_second"), accuracy=True),
        Column("Difference\npoints", points("difference"), accuracy=True),
        Column(f"{covered(level)} interval\npoints", between("low", "high")),
        Column(p_title(rows), probability("p")),
        Column("Effect\nsize", decimals("effect", 2)),
        Column("Only first\nright", words_or_zero("only_first")),
        Column("Only second\nright", words_or_zero("only_second")),
        Column("McNemar\np", probability("mcnemar_p")),
        Column("Supported", decided("supported")),
    )
