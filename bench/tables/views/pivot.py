"""Any two sides of the results as rows and columns: `bench table --rows ... --columns ...`."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

from bench.errors import BenchError, unknown
from bench.tables.metrics import Metric, mean, metrics, recall
from bench.tables.section import Column, Row, Section, Show, percent, words
from bench.tables.systems import Group, System
from bench.tables.views.choice import MADE
from bench.tables.views.unmixed import (
    HASHES,
    differing,
    facts,
    joined,
    require_one,
    synthetic,
    told_apart,
)

_APART = (
    *("data", "dataset", "train_on", "protocol", "preset", "regime", "objective", "selection"),
    "made",
)
"""Never mixed: a section each, unless they are rows or columns."""

_SYSTEM = ("model", "weights", "recipe", "identity")
_FINER = ("seed", "fold", "class")
SIDES = (*_SYSTEM, *_APART, *_FINER)


class _Unit(NamedTuple):
    """The folds of one seed, or less, that give one number."""

    facts: Mapping[str, str]
    value: float | None
    whole: bool
    """Whether all folds of the seed are done."""


def pivot(
    groups: Sequence[Group], rows: Sequence[str], columns: Sequence[str], asked: Sequence[Metric]
) -> list[Section]:
    """Each cell is the mean of a score over systems and seeds of one kind, folds pooled.

    Args:
        groups: measured sections with what is behind their rows.
        rows: names of `SIDES`; several make one label.
        columns: the same.
        asked: the first score counts; () is WAR, or the recall where classes are a side.

    Raises:
        BenchError: a side is unknown or named twice, or a cell would mix what is never mixed.
    """
    sides = (*rows, *columns)
    for side in sides:
        if side not in SIDES:
            raise unknown("side of a table", side, SIDES)
    if not rows or not columns or len(set(sides)) < len(sides):
        raise BenchError("--rows and --columns go together, with each name in one of them, once.")
    if "class" in sides and asked:
        raise BenchError("a table with class as a side shows the recall; leave --metric out.")
    metric = (*asked, *metrics(["war"]))[0]
    tables: dict[tuple[str, ...], list[_Unit]] = defaultdict(list)
    apart = [name for name in _APART if name not in sides]
    # what is trained within its own dataset differs in train_on with the dataset alone
    apart = ["elsewhere" if name == "train_on" else name for name in apart]
    apart += [name for name, of in HASHES.items() if not set(of) & set(sides)]
    for group in groups:
        for system in group.systems:
            for unit in _units(group, system, sides, metric):
                tables[tuple(unit.facts[name] for name in apart)].append(unit)
    title = "Recall %" if "class" in sides else metric.title.replace("\n", " ")
    found = [_section(tables[key], rows, columns, apart, title) for key in sorted(tables)]
    return told_apart(found)


def _units(group: Group, system: System, sides: Sequence[str], metric: Metric) -> Iterator[_Unit]:
    known = facts(group, system)
    classes = system.request.classes if "class" in sides else ("",)
    for folds in system.seeds:
        whole = len(folds) == system.request.folds
        for part in folds.singly() if "fold" in sides else [folds]:
            finer = {"seed": str(part.seeds[0]), "fold": str(part.numbers[0] + 1)}
            for name in classes:
                measure = recall(name) if name else metric
                mine = {**known, **finer, "class": name}
                yield _Unit(mine, measure.of(part, "official"), whole or "fold" in sides)


def _section(
    units: Sequence[_Unit],
    rows: Sequence[str],
    columns: Sequence[str],
    apart: Sequence[str],
    title: str,
) -> Section:
    _refuse_mixtures(units, rows, columns)
    cells: dict[tuple[str, ...], dict[tuple[str, ...], list[_Unit]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for unit in units:
        cells[_label(unit, rows)][_label(unit, columns)].append(unit)
    tops = _in_order(columns, [_label(unit, columns) for unit in units])
    most = {u.facts["model"] for u in units}
    body = [_row(rows, label, cells[label], most) for label in _in_order(rows, list(cells))]
    first = units[0].facts
    fixed = [first[name] for name in apart if name in ("dataset", "protocol", "preset")]
    fixed += [
        f"{n} {first[n]}" for n in ("regime", "objective") if n in apart and first[n] != "own"
    ]
    fixed += [first["made"]] if "made" in apart and first["made"] != "trained" else []
    chosen = "selection" in apart and first["selection"] != "last"
    fixed += [f"epoch by {first['selection']}"] if chosen else []
    said = " · ".join((title, f"{' and '.join(rows)} by {' and '.join(columns)}", *fixed))
    named = (*rows, *columns)
    made = [c for c, name in zip(MADE, ("weights", "recipe"), strict=True) if name not in named]
    return Section(
        title=synthetic(said, first["data"]),
        key={name: first[name] for name in apart},
        columns=(
            *(Column(name.replace("_", " ").capitalize(), words(name), "left") for name in rows),
            *(Column(" · ".join(top), _shown(top), accuracy=True) for top in tops),
            *made,
        ),
        rows=tuple(body),
        notes=tuple(_notes(body, tops, rows, columns, most)),
        optimistic=any(unit.facts["selection"] == "test" for unit in units),
    )


def _label(unit: _Unit, sides: Sequence[str]) -> tuple[str, ...]:
    return tuple(unit.facts[side] for side in sides)


def _in_order(sides: Sequence[str], labels: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """As they come, the best section and system first; seeds and folds by number."""
    found = list(dict.fromkeys(labels))
    numbers = [n for n, side in enumerate(sides) if side in ("seed", "fold")]
    return sorted(found, key=lambda label: [int(label[n]) for n in numbers])


def _row(
    rows: Sequence[str],
    label: tuple[str, ...],
    cells: Mapping[tuple[str, ...], Sequence[_Unit]],
    most: set[str],
) -> dict[str, Any]:
    units = list(chain.from_iterable(cells.values()))
    row: dict[str, Any] = {name: joined(u.facts[name] for u in units) for name in _SYSTEM[1:3]}
    row |= dict(zip(rows, label, strict=True))
    for top, mine in cells.items():
        name = "/".join(top)
        row[name] = mean([unit.value for unit in mine])
        row[f"numbers:{name}"] = len(mine)
        row[f"whole:{name}"] = all(unit.whole for unit in mine)
        row[f"all_systems:{name}"] = {unit.facts["model"] for unit in mine} == most
    return row


def _shown(top: tuple[str, ...]) -> Show:
    name = "/".join(top)

    def show(row: Row) -> str:
        shown = percent(name)({name: row.get(name)})
        lacks = "" if row.get(f"whole:{name}", True) else "*"
        return shown + lacks

    return show


def _notes(
    body: Sequence[Row],
    tops: Sequence[tuple[str, ...]],
    rows: Sequence[str],
    columns: Sequence[str],
    most: set[str],
) -> Iterator[str]:
    over = [name for name in ("model", "seed") if name not in (*rows, *columns)]
    pooled = "" if "fold" in (*rows, *columns) else ", folds pooled"
    words = " and ".join(f"{name}s" for name in over)
    yield (
        f"Each cell: the mean over {words}{pooled}." if over else f"Each cell: one number{pooled}."
    )
    names = ["/".join(top) for top in tops]
    if any(not row.get(f"whole:{name}", True) for row in body for name in names):
        yield "* some folds are not done, so that the cell does not compare with complete ones."
    if "model" in over:
        fewer = [n for row in body for n in names if not row.get(f"all_systems:{n}", True)]
        yield f"Models: {', '.join(sorted(most))}."
        if fewer:
            yield "Some cells lack some of these models, and do not compare with the others."


def _refuse_mixtures(units: Sequence[_Unit], rows: Sequence[str], columns: Sequence[str]) -> None:
    sides = (*rows, *columns)
    for name, of in HASHES.items():
        places = [side for side in of if side in sides]
        found = ((_label(unit, places), unit.facts[name]) for unit in units)
        require_one(found, name, "Name fewer results with --dataset or --model.")
    for cell in _by_cell(units, sides).values():
        identities = [unit.facts for unit in cell]
        apart = differing(identities, _SYSTEM[1:])
        if apart:
            model, others = cell[0].facts["model"], " or ".join(apart)
            raise BenchError(
                f"{' · '.join(_label(cell[0], sides))} would average results of {model} that "
                f"differ in {', '.join(apart)}, which is never done. Add {others} to --rows or "
                f"--columns."
            )


def _by_cell(
    units: Sequence[_Unit], sides: Sequence[str]
) -> Mapping[tuple[str, ...], Sequence[_Unit]]:
    """Units of one model in one cell."""
    found: dict[tuple[str, ...], list[_Unit]] = defaultdict(list)
    for unit in units:
        found[(*_label(unit, sides), unit.facts["model"])].append(unit)
    return found
