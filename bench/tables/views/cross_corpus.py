"""What is left of a score on another dataset: trained on one, tested on each."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from bench.errors import BenchError
from bench.tables.metrics import Metric
from bench.tables.section import NOTHING, Column, Row, Section, Show, percent, words
from bench.tables.systems import Group, System
from bench.tables.views.choice import MADE, SYSTEM, Choice
from bench.tables.views.unmixed import facts, require_one, synthetic, told_apart

_APART = ("data", "classes", "preset", "preset_hash", "regime", "objective", "selection", "made")
"""Parts of the key in which all cells of one matrix agree."""


class _Cell(NamedTuple):
    facts: Mapping[str, str]
    system: System

    @property
    def crosses(self) -> bool:
        return self.system.request.train_on is not None


def cross_corpus(groups: Sequence[Group], choice: Choice) -> list[Section]:
    """A matrix for each label set and way to train: rows trained on, columns tested on.

    Raises:
        BenchError: nothing was trained on another dataset, or a column would mix two preparations.
    """
    cells = [_Cell(facts(group, s), s) for group in groups for s in group.systems]
    matrices: dict[tuple[str, ...], list[_Cell]] = defaultdict(list)
    for cell in cells:
        matrices[tuple(cell.facts[name] for name in _APART)].append(cell)
    crossed = {key: mine for key, mine in matrices.items() if any(c.crosses for c in mine)}
    if not crossed:
        raise BenchError(
            "no stored result was trained on another dataset. Run one with `bench run --dataset "
            "TESTED --train-on OTHER --labels 6`."
        )
    metric = choice.scores("war")[0]
    return told_apart([_section(crossed[key], metric) for key in sorted(crossed)])


def _section(cells: Sequence[_Cell], metric: Metric) -> Section:
    corpora = {c.facts[n] for c in cells if c.crosses for n in ("dataset", "train_on")}
    names = sorted(corpora)
    cells = [cell for cell in cells if cell.facts["dataset"] in corpora]
    for hash in ("dataset_fingerprint", "preprocessing_fingerprint"):
        remedy = "Name fewer with --dataset or --model."
        require_one((((c.facts["dataset"],), c.facts[hash]) for c in cells), hash, remedy)
    rows, several = _rows(cells, names, metric)
    first = cells[0].facts
    classes = first["classes"].replace("/", ", ")
    choices = [f"preset {first['preset']}"] if first["made"] != "imported" else [first["made"]]
    choices += [first["regime"]] if first["regime"] != "own" else []
    choices += [f"objective {first['objective']}"] if first["objective"] != "own" else []
    choices += [f"epoch by {first['selection']}"] if first["selection"] != "last" else []
    title = f"Cross-corpus · {metric.title.replace(chr(10), ' ')} · {' · '.join(choices)}"
    return Section(
        title=synthetic(title, first["data"]),
        key={name: first[name] for name in _APART},
        columns=(
            SYSTEM,
            Column("Trained on", words("train_on"), "left"),
            *(Column(name, _shown(name), accuracy=True) for name in names),
            *MADE,
        ),
        rows=tuple(rows),
        notes=(
            f"Columns: the dataset that is tested, all of it. Classes: {classes}.",
            "In parentheses: trained and tested within one dataset, on other subjects, over the "
            "folds of its protocol.",
            *_lacking(rows),
            *several,
        ),
        optimistic=first["selection"] == "test",
    )


def _shown(name: str) -> Show:
    def show(row: Row) -> str:
        shown = percent(name)(row)
        shown += "*" if name in row["incomplete"] else ""
        within = row["train_on"] == name and shown != NOTHING
        return f"({shown})" if within else shown

    return show


def _rows(
    cells: Sequence[_Cell], names: Sequence[str], metric: Metric
) -> tuple[list[dict[str, Any]], list[str]]:
    """One row a system and corpus it was trained on, and what could not be placed."""
    placed: dict[tuple[str, ...], dict[str, list[_Cell]]] = defaultdict(lambda: defaultdict(list))
    for cell in cells:
        who = tuple(str(cell.system.row[name]) for name in ("model", "weights", "recipe"))
        placed[*who, cell.facts["train_on"]][cell.facts["dataset"]].append(cell)
    crossing = {place[:3] for place, mine in placed.items() if _crosses(mine)}
    rows: list[dict[str, Any]] = []
    several: list[str] = []
    for place in sorted(p for p in placed if p[:3] in crossing):
        mine = placed[place]
        one = next(iter(mine.values()))[0]
        title = one.system.request.model.title
        row: dict[str, Any] = {**one.system.who, "system": title, "train_on": place[3]}
        for name in names:
            there = mine.get(name, [])
            row[name] = metric.mean(there[0].system) if len(there) == 1 else None
            if len(there) > 1:
                protocols = ", ".join(sorted({c.facts["protocol"] for c in there}))
                several.append(
                    f"Not shown, since {len(there)} results of {title} trained on {place[3]} and "
                    f"tested on {name} would share a cell ({protocols})."
                )
        row["incomplete"] = [
            n for n in names if row[n] is not None and not _whole(mine[n][0].system)
        ]
        row["protocols"] = {name: c[0].facts["protocol"] for name, c in sorted(mine.items())}
        rows.append(row)
    return rows, several


def _whole(system: System) -> bool:
    """Whether every seed finished every fold."""
    return system.row["folds"] >= system.row["folds_of"]


def _lacking(rows: Sequence[Row]) -> list[str]:
    if not any(row["incomplete"] for row in rows):
        return []
    return ["* some folds are not done, so that the cell does not compare with complete ones."]


def _crosses(mine: Mapping[str, Sequence[_Cell]]) -> bool:
    return any(cell.crosses for cells in mine.values() for cell in cells)
