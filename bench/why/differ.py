"""Two results field by field: what keeps them out of one column, and what may differ in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bench.records import FoldRecord
from bench.schema import plain
from bench.why.fields import Change, changes, is_word

SYSTEM = ("model", "recipe", "objective", "weights", "extent")
"""Parts of a request in which the systems of one column differ."""

COLUMN = (
    *("dataset", "dataset_fingerprint", "classes", "protocol", "protocol_hash", "folds"),
    *("preset", "regime", "selection", "preprocessing", "preprocessing_fingerprint"),
    *("synthetic", "harmonised", "train_on", "train_on_fingerprint", "made"),
)
"""Parts of a request that a column has in common."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What two results do not share; `before` is the first one's."""

    incomparable: tuple[Change, ...]
    """What keeps them out of one column of a table."""
    barred: tuple[str, ...]
    """Parts of the key of a section that differ: () means that they may stand in one column."""
    system: tuple[Change, ...]
    """Model, recipe, objective, weights: what a comparison is about."""
    runs: tuple[Change, ...]
    """Machine, software, precision, seeds and folds."""
    words: tuple[Change, ...]
    """Titles, citations, locks: of no effect."""


def difference(a: Sequence[FoldRecord], b: Sequence[FoldRecord]) -> Difference:
    """Everything that two results do not have in common.

    Args:
        a: the folds of one identity.
        b: those of the other.
    """
    from bench.tables.key import key_of  # others need the fields alone, and not all tables

    first, second = plain(a[0].request), plain(b[0].request)
    system = changes(_part(first, SYSTEM), _part(second, SYSTEM))
    keys = key_of(a[0].request)._asdict(), key_of(b[0].request)._asdict()
    column = changes(_part(first, COLUMN), _part(second, COLUMN))
    return Difference(
        incomparable=tuple(change for change in column if not is_word(change.field)),
        barred=tuple(name for name in keys[0] if keys[0][name] != keys[1][name]),
        system=tuple(change for change in system if not is_word(change.field)),
        runs=changes(_runs(a), _runs(b)),
        words=tuple(change for change in (*column, *system) if is_word(change.field)),
    )


def _part(request: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: request[name] for name in names}


def _runs(records: Sequence[FoldRecord]) -> dict[str, Any]:
    """What was run where; of several values of the folds, all."""
    environments = [plain(record.environment) for record in records]
    packages = [environment.pop("packages") for environment in environments]
    return {
        "seeds": sorted({record.request.seed for record in records}),
        "folds done": sorted({record.request.fold.index + 1 for record in records}),
        "findings": sorted({f.text for r in records for f in r.request.findings}),
        "precision": _one([record.precision for record in records]),
        "environment": {key: _one([e[key] for e in environments]) for key in environments[0]},
        "packages": {
            name: _one([p.get(name) for p in packages])
            for name in sorted({name for p in packages for name in p})
        },
        "created": max(record.created for record in records),
    }


def _one(values: Sequence[Any]) -> Any:
    """The value that all share, or each distinct one."""
    distinct = list(dict.fromkeys(values))
    return distinct[0] if len(distinct) == 1 else distinct
