"""Which stored results a person means by a name: found by their paths, before any is read."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.errors import BenchError, unknown
from bench.records import FoldRecord
from bench.store import Damage, load_scorable

SHOWN = 12
"""So many candidates are said."""

_SHORTEST = 4
"""Characters of an identity that are taken for its beginning."""


@dataclass(frozen=True, slots=True)
class Place:
    """One number of a table by what its folder says: seeds and folds are below it."""

    folder: Path
    dataset: str
    protocol: str
    model: str
    identity: str

    def __str__(self) -> str:
        """As a person may name it, and what else would tell it apart."""
        return f"{self.identity} ({self.model}/{self.dataset}, {self.protocol})"


@dataclass(frozen=True, slots=True)
class Cell:
    """A place and its folds."""

    place: Place
    records: tuple[FoldRecord, ...]
    """In order of seed and fold; one at least."""
    paths: tuple[Path, ...]
    """Of the records, in their order."""
    damaged: tuple[Damage, ...]


def find(results: Path, asked: str, filters: dict[str, str] | None = None) -> Cell:
    """The one result that a name means.

    Args:
        results: the results folder.
        asked: `model`, `model/dataset`, or the beginning of an identity.
        filters: what it must have besides; dataset, protocol, preset, selection -> name, "" is any.

    Raises:
        BenchError: nothing is stored under that name, or several results are; they are said.
    """
    filters = {name: value for name, value in (filters or {}).items() if value}
    every = _places(results)
    if not every:
        raise BenchError(f"{results} holds no stored result. Run one, or pass --results DIR.")
    named = _named(every, asked)
    cells = [_read(place) for place in named if _passes(place, filters)]
    cells = [cell for cell in cells if _fits(cell, filters)]
    if len(cells) == 1 and cells[0].records:
        return cells[0]
    if len(cells) == 1:
        raise BenchError(f"{cells[0].place} has no fold that can be read. Run it again.")
    if not cells:
        said = ", ".join(f"{name} {value}" for name, value in filters.items())
        raise BenchError(f"{asked!r} has no result with {said}. {_candidates(map(_read, named))}")
    raise BenchError(
        f"{asked!r} names {len(cells)} results. Name an identity, or choose with --dataset, "
        f"--protocol, --preset or --selection. {_candidates(cells)}"
    )


def _places(results: Path) -> list[Place]:
    folders = sorted((results / "accuracy").glob("*/*/*/*/"))
    return [Place(f, *f.relative_to(results / "accuracy").parts) for f in folders if f.is_dir()]


def _named(every: Sequence[Place], asked: str) -> list[Place]:
    model, slash, dataset = asked.partition("/")
    if slash:
        found = [place for place in every if (place.model, place.dataset) == (model, dataset)]
    else:
        found = [place for place in every if asked in (place.model, place.identity)]
        start = asked if len(asked) >= _SHORTEST else "\0"
        found = found or [place for place in every if place.identity.startswith(start)]
    if found:
        return found
    names = {place.model for place in every}
    if slash and model in names:
        raise unknown(
            f"dataset of {model}", dataset, [p.dataset for p in every if p.model == model]
        )
    raise unknown("result", asked, names)


def _passes(place: Place, filters: dict[str, str]) -> bool:
    """Whether the path already says that it is another one."""
    return all(getattr(place, name, value) == value for name, value in filters.items())


def _read(place: Place) -> Cell:
    records: list[tuple[FoldRecord, Path]] = []
    damaged: list[Damage] = []
    for path in sorted(place.folder.glob("seed-*/fold-*.json")):
        try:
            records.append((load_scorable(path), path))
        except BenchError as error:
            damaged.append(Damage(path, str(error)))
    records.sort(key=lambda pair: (pair[0].request.seed, pair[0].request.fold.index))
    paths = tuple(path for _, path in records)
    return Cell(place, tuple(record for record, _ in records), paths, tuple(damaged))


def _fits(cell: Cell, filters: dict[str, str]) -> bool:
    if not cell.records:
        return True
    request = cell.records[0].request
    mine = {"preset": request.preset.name, "selection": request.selection}
    return all(mine.get(name, value) == value for name, value in filters.items())


def _candidates(cells: "Sequence[Cell] | map[Cell]") -> str:
    said = [_told(cell) for cell in cells]
    more = f" and {len(said) - SHOWN} more" if len(said) > SHOWN else ""
    return f"Stored: {'; '.join(said[:SHOWN])}{more}."


def _told(cell: Cell) -> str:
    if not cell.records:
        return f"{cell.place} (cannot be read)"
    request = cell.records[0].request
    chosen = f"preset {request.preset.name}, selection {request.selection}"
    return f"{cell.place.identity} ({cell.place.model}/{cell.place.dataset}, {chosen})"
