"""What a reader must know under a comparison: what was paired, tested and decided."""

from collections.abc import Sequence
from typing import Any

from bench.statistics import DRAWS, Metric, least_p
from bench.tables.compared.numbers import covered
from bench.tables.compared.pairing import Paired
from bench.tables.notes import DAGGER
from bench.tables.section import Section
from bench.tables.shown import small


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


def about_folds(both: Paired, row: dict[str, Any]) -> list[str]:
    """Which test over folds or seeds gave p, what it asks, and what others would give."""
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


def about_videos(rows: Sequence[dict[str, Any]]) -> list[str]:
    """The caution on McNemar's test, where it was made."""
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
