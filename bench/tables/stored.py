"""What tables are made from: a results folder and the registry, read when they are needed."""

from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path

from bench import index
from bench.index import Folds, folds_of, result_of
from bench.records import CostRecord, FoldRecord
from bench.registry import Registry, load
from bench.store import Damage, fold_path, load_costs, load_folds


class Stored:
    """A results folder and the registry, each read once and only when a table needs it."""

    def __init__(
        self,
        folder: Path,
        registries: Sequence[Path] = (),
        tell: Callable[[Sequence[Damage]], None] = lambda _: None,
        *,
        recompute: bool = False,
    ) -> None:
        """Keep where to look.

        Args:
            folder: of stored records.
            registries: files beside ours.
            tell: is given what is damaged, once for each kind of record.
            recompute: read every prediction anew, in place of the index.
        """
        self.folder = folder
        self.recompute = recompute
        self._registries = registries
        self.tell = tell
        self._told: set[str] = set()

    @cached_property
    def results(self) -> Folds:
        """All finished folds."""
        if self.recompute:
            paths = (fold_path(self.folder, record.request) for record in self.records)
            return folds_of([*map(result_of, self.records, map(str, paths))])
        found, damaged = index.load(self.folder)
        self._say(damaged)
        return found

    @cached_property
    def records(self) -> tuple[FoldRecord, ...]:
        """All finished folds with their predictions."""
        found, damaged = load_folds(self.folder)
        self._say(damaged)
        return found

    @cached_property
    def costs(self) -> tuple[CostRecord, ...]:
        """All costs."""
        found, damaged = load_costs(self.folder)
        self._say(damaged)
        return found

    @cached_property
    def registry(self) -> Registry:
        """Ours, and those beside it."""
        return load(self._registries)

    def _say(self, damaged: Sequence[Damage]) -> None:
        fresh = [damage for damage in damaged if damage.reason not in self._told]
        self._told.update(damage.reason for damage in fresh)
        self.tell(index.few(fresh))
