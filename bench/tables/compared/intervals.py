"""Every system of a section with its scores, and how sure they are."""

from collections.abc import Sequence
from typing import Any

from bench.statistics import DRAWS, METRICS, Metric, interval, pooled
from bench.tables.compared.joint import Joint
from bench.tables.compared.members import Members, incomplete
from bench.tables.compared.notes import about_choice
from bench.tables.compared.numbers import covered
from bench.tables.section import Column, Section, percent, share, words
from bench.tables.shown import between


def intervals(
    section: Section, rows: Members, joint: Sequence[tuple[Joint, int]], level: float
) -> Section:
    """Scores of all videos that a system answered, each with an interval over people.

    Args:
        section: where the systems stand.
        rows: the systems.
        joint: for each row the systems that answered the same, and its place among them.
        level: the share of intervals that may miss.
    """
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
    share_of = covered(level)
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
                    Column(f"{share_of} interval\n{name.upper()} %", _ends(name)),
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
            f"Interval: how far the score would move in {share_of} of the cases had other people "
            f"been filmed, for the networks as they were trained; bootstrap over clusters, "
            f"{DRAWS:,} draws. Two intervals that overlap do not say that two systems are alike.",
            *incomplete(rows),
            *about_choice(section),
        ),
        optimistic=section.optimistic,
    )


def _ends(metric: Metric) -> Any:
    return between(f"{metric}_low", f"{metric}_high", sign=False)


def _alone(joint: Joint, place: int, level: float) -> dict[str, Any]:
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
