"""Which stored results answer a row of the paper, and what sets a result apart from its setting."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from bench.index import Result
from bench.records import DatasetEntry, FoldRecord, FoldRequest, ModelEntry, Preset

Done: TypeAlias = Result | FoldRecord
"""A finished fold, as the index knows it or whole."""

CLIPS = 7
"""Clips of a video in the paper's own setting."""

FOLDS = {"BU-3DFE": 10, "MMI": 10, "AFEW 8.0": 1, "DFEW": 5}
"""Dataset of the paper -> folds of its protocol there."""

OFFICIAL = frozenset({"AFEW 8.0", "DFEW"})
"""Datasets whose folds are the distributor's; the lists of the others are not published."""

NOT_OF_A_FILE = frozenset({"none", "imagenet", "synthetic"})
"""Origins of first weights that are no file of the user's."""


@dataclass(frozen=True, slots=True)
class Known:
    """Entries of the registry by name: what papers call them."""

    models: Mapping[str, ModelEntry]
    datasets: Mapping[str, DatasetEntry]

    def entry_of(self, quote: Mapping[str, str]) -> tuple[str, str] | None:
        """Name of the entry that is a quoted system, and its objective where that is not its own.

        None where there is no such entry, or one that is only counted.
        """
        for name, entry in self.models.items():
            others = entry.reported_with.items()
            if quote["system"] in entry.reported:
                return name, ""
            if with_ := next((o for o, systems in others if quote["system"] in systems), ""):
                return name, with_
        return None

    def dataset_of(self, quote: Mapping[str, str]) -> str | None:
        """Name of the dataset that a row is about."""
        entries = self.datasets.items()
        return next((name for name, d in entries if quote["dataset"] in d.reported), None)

    def names(self, dataset: str) -> tuple[str, ...]:
        """What papers call a dataset."""
        return self.datasets[dataset].reported if dataset in self.datasets else ()


def whole(fold: Done) -> FoldRecord:
    """A fold with its predictions.

    Raises:
        BenchError: it was damaged or taken away since it was listed.
    """
    return fold if isinstance(fold, FoldRecord) else fold.load()


@dataclass(frozen=True, slots=True)
class Run:
    """All done folds of one identity: what may be behind one cell."""

    seeds: tuple[tuple[Done, ...], ...]
    """Of each seed with all of its folds, those in order; of none: of every seed what there is."""
    complete: bool
    partial: int = 0
    """Seeds without all folds that are left out, beside complete ones."""

    @property
    def request(self) -> FoldRequest:
        """That of its first fold."""
        return self.seeds[0][0].request

    def records(self) -> list[list[FoldRecord]]:
        """Its folds by seed, with their predictions.

        Raises:
            BenchError: one was damaged or taken away since it was listed.
        """
        return [[whole(fold) for fold in seed] for seed in self.seeds]


def runs(folds: Iterable[Done]) -> list[Run]:
    """Folds by identity, in a fixed order; of a fold that was stored twice the newest counts."""
    found: dict[tuple[str, str], dict[tuple[int, int], Done]] = defaultdict(dict)
    for fold in sorted(folds, key=lambda fold: fold.created):
        request = fold.request
        found[request.model.name, request.identity][_place(fold)] = fold
    return sorted((_run(found[key]) for key in sorted(found)), key=_order)


def answers(quote: Mapping[str, str], request: FoldRequest, known: Known) -> bool:
    """Whether a result is of the system, objective, dataset and frames of a clip of a row."""
    base, varied, _ = request.model.name.partition("@")
    entry = known.models.get(base, request.model)
    objective, own = request.objective.name, request.recipe.objective
    systems = entry.reported_with.get(objective) or (entry.reported if objective == own else ())
    test, frames = request.model.input.test, quote["frames_per_clip"]
    lengths = test.clips, str(test.frames)
    return (
        quote["system"] in systems
        and quote["dataset"] in known.names(request.dataset)
        and (lengths == (CLIPS, frames) if frames else not varied)
        and not request.model.input.transform
    )


def deviations(quote: Mapping[str, str], run: Run) -> list[str]:
    """What keeps a result from standing beside a reported number; nothing: it may stand there."""
    request, dataset = run.request, quote["dataset"]
    preset, made, origin = request.preset, request.made, request.weights.origin
    said = [
        (request.synthetic, "synthetic data"),
        (request.train_on, f"trained on {request.train_on}"),
        (request.harmonised, f"{len(request.classes)} classes that datasets share"),
        (replace(preset, name="", title="") != Preset("", ""), f"preset {preset.name}"),
        (request.regime == "common", f"recipe {request.recipe.name} for all"),
        (made == "imported", "answers imported from elsewhere"),
        (made == "evaluated", "a checkpoint that was trained elsewhere"),
        (origin == "synthetic", "weights synthetic"),
        (
            _from_faces(quote) and made == "trained" and origin in NOT_OF_A_FILE - {"synthetic"},
            f"weights {origin}, not of faces",
        ),
        (
            request.folds != FOLDS[dataset] or not _official(dataset, request.protocol),
            f"protocol {request.protocol} of {request.folds} fold(s), where the paper has "
            f"{FOLDS[dataset]}{' official' if dataset in OFFICIAL else ''}",
        ),
        (not run.complete, f"{_most(run)} of {request.folds} folds done"),
    ]
    return [words for apart, words in said if apart]


def _from_faces(quote: Mapping[str, str]) -> bool:
    """CEFLNet with the rows of its ablation, and FAN, start from a trunk trained on faces."""
    system = quote["system"]
    return system == "FAN" or system.startswith("CEFLNet") or bool(quote["ablation"])


def _official(dataset: str, protocol: str) -> bool:
    return dataset not in OFFICIAL or protocol.startswith("official")


def _place(fold: Done) -> tuple[int, int]:
    if isinstance(fold, Result):
        return fold.seed, fold.fold
    return fold.request.seed, fold.request.fold.index


def _run(folds: Mapping[tuple[int, int], Done]) -> Run:
    seeds: dict[int, list[Done]] = defaultdict(list)
    for (seed, _), fold in sorted(folds.items(), key=lambda item: item[0]):
        seeds[seed].append(fold)
    every = [tuple(mine) for mine in seeds.values()]
    whole = [mine for mine in every if len(mine) == mine[0].request.folds]
    return Run(tuple(whole or every), bool(whole), len(every) - len(whole) if whole else 0)


def _most(run: Run) -> int:
    return max(len(mine) for mine in run.seeds)


def _order(run: Run) -> tuple[int, str, str, str, str]:
    """As published before others, the last epoch before chosen ones."""
    request = run.request
    chosen = ("last", "validation", "test").index(request.selection)
    return chosen, request.dataset, request.model.name, request.protocol, request.identity
