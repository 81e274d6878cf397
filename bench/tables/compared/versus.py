"""`bench compare A B`: the difference of two systems, score by score and seed by seed."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from bench.errors import BenchError
from bench.statistics import (
    DRAWS,
    LEVEL,
    METRICS,
    Comparison,
    Metric,
    compare,
    least_p,
    mcnemar,
    resample,
    supported,
)
from bench.tables.compared.budget import budget, separation
from bench.tables.compared.members import Members, Stored, check_known, find, members
from bench.tables.compared.pairing import Paired, paired
from bench.tables.notes import DAGGER
from bench.tables.section import Column, Section, decimals, percent, words
from bench.tables.shown import between, decided, points, probability, small


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
            *_about_folds(both, decisive),
            *_about_videos(rows),
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


def numbers(done: Comparison) -> dict[str, Any]:
    """A comparison as raw cells of a row."""
    return {
        "score_first": done.first,
        "score_second": done.second,
        "difference": done.difference,
        "low": done.interval.low if done.interval else None,
        "high": done.interval.high if done.interval else None,
        "basis": done.basis,
        "t": done.test.t if done.test else None,
        "p": done.p,
        "effect": done.effect,
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


def words_or_zero(key: str) -> Any:
    """A count; nothing where nobody counted."""
    plain = words(key)
    return lambda row: "0" if row[key] == 0 else plain(row)


def p_title(rows: Sequence[dict[str, Any]]) -> str:
    """What was trained again, so that p can be had."""
    bases = {row["basis"] for row in rows}
    return "p over\nseeds" if "seeds" in bases and "folds" not in bases else "p over\nfolds"


def covered(level: float) -> str:
    """What an interval of that level covers, as in `95 %`."""
    return f"{100 * (1 - level):g} %"


# ---------------------------------------------------------------- notes


def about_pairs(both: Paired, level: float) -> list[str]:
    """What was paired, and what the interval is of."""
    several = len(both.seeds) > 1
    seeds = f"a mean over the seeds {_list(both.seeds)}" if several else f"seed {both.seeds[0]}"
    left = f" Left out: {both.left_out} answer(s) without one beside them." if both.left_out else ""
    said = [
        f"{len(both.answers.true)} videos in {_folds(both)}, pooled; {seeds}.{left}",
        f"Interval: how far the number would move in {covered(level)} of the cases had other "
        f"people been filmed; bootstrap of {both.of}, {DRAWS:,} draws, both systems on the same "
        f"ones.",
    ]
    if both.answers.clusters < 2:
        said[1] = f"No interval: the videos show {both.of}, which says nothing of others."
    return said


def _about_folds(both: Paired, row: dict[str, Any]) -> list[str]:
    k = both.answers.folds
    if row["basis"] == "none":
        return ["No p: one training of each system does not say what another would give."]
    if row["basis"] == "seeds":
        return [
            f"p: Student's t over {len(both.seeds)} seeds of the one fold; it speaks of other "
            f"trainings on the same videos."
        ]
    said = [about_test(both)]
    rank = f"With {k} folds no test of signs or ranks (Wilcoxon) goes below p {least_p(k):.4g}"
    said.append(f"{rank}; flipped signs give {row['signs_p']:.4g}.")
    if row["repeated_p"] is not None:
        said.append(
            f"Over folds and seeds (Bouckaert-Frank, {k} × {len(both.seeds)} trainings): p "
            f"{small(row['repeated_p'])}; it takes the same videos for new ones, and decides "
            f"nothing."
        )
    if row["p"] is None:
        said.append("No p: all folds differ by the same amount, so that there is no spread.")
    return said


def about_test(both: Paired) -> str:
    """The test over folds, and what it was told."""
    guess = " (assumed: the training videos are not known)" if both.assumed else ""
    return (
        f"p: corrected resampled t test (Nadeau-Bengio) over k = {both.answers.folds} folds with "
        f"test/training videos = {both.answers.ratio:.4g}{guess}; would other training videos show "
        f"the difference too? Effect size: mean over standard deviation of the folds' differences."
    )


def _about_videos(rows: Sequence[dict[str, Any]]) -> list[str]:
    if all(row["mcnemar_p"] is None for row in rows):
        return []
    return ["McNemar, an extra: takes videos for independent, and knows no person, fold or class."]


def about_support(metric: Metric, level: float, corrected: str = "") -> str:
    """The rule of decision."""
    return (
        f"Supported: of {metric.upper()}, where p{corrected} is below {level:g} and the interval "
        f"excludes 0."
    )


def about_choice(section: Section) -> list[str]:
    """The caution on epochs that were chosen on the test videos."""
    chosen = f"{DAGGER} optimistic: the epoch was chosen on the test videos."
    return [chosen] if section.optimistic else []


def _folds(both: Paired) -> str:
    numbers = [fold + 1 for fold in both.folds]
    return f"folds {_list(numbers)}" if len(numbers) > 1 else f"fold {numbers[0]}"


def _list(numbers: Sequence[int]) -> str:
    """1 to 5, or 1, 3, 4."""
    run = list(range(numbers[0], numbers[0] + len(numbers)))
    if len(numbers) > 2 and list(numbers) == run:
        return f"{numbers[0]} to {numbers[-1]}"
    return ", ".join(map(str, numbers))
