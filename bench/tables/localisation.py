"""Table 7 of the paper: how often the clip that a model weighs most shows the apex."""

import statistics
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple

from bench.measurement.localisation import ASIDE, RULE, Located, locate
from bench.records import FoldRecord, FoldRequest
from bench.tables.paper_columns import compared, measured, optional, origin
from bench.tables.paper_notes import about_numbers, named
from bench.tables.paper_scores import Outcome, Scored, describe, proportion, whom
from bench.tables.paper_settings import Known, Run
from bench.tables.section import NOTHING, Column, Row, Section, percent, words

APEX = (
    "An apex is marked by MMI (onset-apex-offset markers of action units), by CK+ (the last frame "
    "of a sequence), by the synthetic faces, and in lists of one's own with apex_first and "
    "apex_last. BU-4DFE, AFEW and DFEW mark none; the paper does not say what it compared with."
)


class _Shared(NamedTuple):
    """What results of one section have in common; as in a comparison, none of it is mixed."""

    data: str
    dataset: str
    protocol: str
    preset: str
    regime: str
    objective: str
    selection: str
    made: str
    protocol_hash: str
    dataset_fingerprint: str
    preprocessing_fingerprint: str
    train_on_fingerprint: str


def measure(run: Run) -> dict[str, Any]:
    """Share of the videos that can be asked about in which the located clip shows the apex.

    Returns:
        what `proportion` gives, with `chance`, a fraction over the same videos; `asked`, how many
        these are; and how many cannot be asked about, by the reasons of `ASIDE`.
    """
    found = [locate(p) for seed in run.seeds for r in seed for p in r.predictions]
    chances = [said.chance for said in found if isinstance(said, Located)]
    aside = Counter(said for said in found if not isinstance(said, Located))
    return {
        **proportion([[_outcomes(record) for record in seed] for seed in run.seeds]),
        "chance": statistics.fmean(chances) if chances else None,
        "asked": len(chances),
        **{reason: aside[reason] for reason in ASIDE},
    }


def columns(rows: Sequence[Row], titles: tuple[str, str]) -> tuple[Column, ...]:
    """Those of any compared number, with the chance level and the videos behind it."""
    plain = list(compared(rows, titles))
    at = next((n for n, column in enumerate(plain) if column.title == "Verdict"), None)
    if at is not None:
        plain[at:at] = _CHANCE
    return tuple(plain)


def notes(rows: Sequence[Row]) -> list[str]:
    """The rule, where an apex is known, and the videos that could not be asked about."""
    said = [RULE, APEX]
    for row in rows:
        aside = [f"{row[reason]} {why}" for reason, why in ASIDE.items() if row.get(reason)]
        if aside:
            said.append(f"Not asked, {named(row)}: videos {', '.join(aside)}.")
    return list(dict.fromkeys(said))


def elsewhere(runs: Sequence[Run], scores: Scored, known: Known) -> list[Section]:
    """Results that locate clips and stand beside no row of the paper, in sections of their own.

    Args:
        runs: results of any system.
        scores: what stands beside the rows of the paper.
        known: entries of the registry.
    """
    shown = {row.get("identity") for mine in scores.rows for row in mine}
    groups: dict[_Shared, list[Run]] = defaultdict(list)
    for run in runs:
        if run.complete and run.request.identity not in shown and any(map(_outcomes, run.folds)):
            groups[_shared(run.request)].append(run)
    return [_section(shared, groups[shared], known) for shared in sorted(groups)]


_CHANCE = (
    Column(
        "Chance\n%", lambda row: NOTHING if row.get("chance") is None else percent("chance")(row)
    ),
    Column("Videos\nasked", optional("asked")),
)


def _section(shared: _Shared, runs: Sequence[Run], known: Known) -> Section:
    entry = known.datasets.get(shared.dataset)
    rows = [{"system": run.request.model.title, **measure(run), **describe(run)} for run in runs]
    rows.sort(key=lambda row: (-row["measured"], row["system"], row["identity"]))
    parts = [entry.title if entry else shared.dataset, shared.protocol, f"preset {shared.preset}"]
    parts += [f"epoch by {shared.selection}"] if shared.selection != "last" else []
    parts += [shared.made] if shared.made != "trained" else []
    parts += [f"recipe {shared.regime} for all"] if shared.regime != "own" else []
    parts += [f"objective {shared.objective}"] if shared.objective != "own" else []
    synthetic = " (SYNTHETIC)" if shared.data == "synthetic" else ""
    return Section(
        title=f"Locating the emotion-rich clip · {' · '.join(parts)}{synthetic}",
        key={"table": "Table 7", **shared._asdict()},
        columns=(
            Column("System", words("system"), "left"),
            *measured("Located %\nmeasured"),
            *_CHANCE,
            *origin("Folds"),
        ),
        rows=tuple(rows),
        notes=("It stands beside no number of the paper.", *about_numbers(rows), *notes(rows)),
    )


def _outcomes(record: FoldRecord) -> list[Outcome]:
    """Of the videos that can be asked about."""
    found = [(p, locate(p)) for p in record.predictions]
    return [(whom(p), said.hit) for p, said in found if isinstance(said, Located)]


def _shared(request: FoldRequest) -> _Shared:
    own = request.objective.name == request.recipe.objective
    return _Shared(
        data="synthetic" if request.synthetic else "real",
        dataset=request.dataset,
        protocol=request.protocol,
        preset=request.preset.name,
        regime="own" if request.regime == "own" else request.recipe.name,
        objective="own" if own else request.objective.name,
        selection=request.selection,
        made=request.made,
        protocol_hash=request.protocol_hash,
        dataset_fingerprint=request.dataset_fingerprint,
        preprocessing_fingerprint=request.preprocessing_fingerprint,
        train_on_fingerprint=request.train_on_fingerprint or "",
    )
