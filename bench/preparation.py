"""From what was asked to what can run: data found, read, split, audited, its frames stored."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bench.audit import audit
from bench.cache import cache_folder
from bench.datasets.tree import readable
from bench.errors import BenchError
from bench.frames.prepare import describe_summary, prepare
from bench.frames.store import fingerprint, store_folder
from bench.planning import PreparedDataset, requests
from bench.planning import fingerprint as dataset_fingerprint
from bench.protocols import freeze, split, thaw
from bench.records import (
    Dataset,
    DatasetEntry,
    FoldRequest,
    ModelEntry,
    Places,
    Preset,
    Protocol,
    RunSpec,
)
from bench.registry import Registry, resolve
from bench.synthesis import TWINS, is_synthetic
from bench.weights import resolve as resolve_weights

Watch = Callable[..., Any]
Tell = Callable[[str], None]

VARIABLE = "BENCH_DATA"
"""Environment variable: the folder that holds one folder a dataset."""


@dataclass(frozen=True, slots=True)
class Job:
    """One model on one dataset, ready to run fold by fold."""

    entry: ModelEntry
    """As the registry has it, before the preset."""
    prepared: PreparedDataset
    requests: tuple[FoldRequest, ...]
    places: Places


def lay_out(
    spec: RunSpec, registry: Registry, tell: Tell, watch: Watch, *, dry: bool = False
) -> Iterator[Job]:
    """The jobs of a run, dataset by dataset and model by model, each with its data prepared.

    Args:
        spec: what was asked.
        registry: where names are looked up; all of them, and first weights, before data are.
        tell: takes one line for a person.
        watch: wraps an iterable to show progress.
        dry: prepare no frames and freeze no folds.

    Raises:
        BenchError: a name is unknown, data are missing, or a fold leaks.
    """
    from bench.device import device_name

    models = [registry.find("models", name) for name in spec.models]
    datasets = [registry.dataset(name) for name in spec.datasets]
    if spec.root is not None and len(datasets) > 1:
        raise BenchError(
            f"--root names one folder, but {len(datasets)} datasets are asked for. Set "
            f"{VARIABLE} to a folder that holds one folder a dataset."
        )
    preset = registry.find("presets", spec.preset)
    device = device_name(spec.device)
    first = [
        resolve_weights(model, _origin(spec, model, preset), cache_folder(), watch, make=not dry)
        for model in models
    ]
    for dataset in datasets:
        prepared = _prepared(spec, dataset, tell, watch, dry=dry)
        for model, weights in zip(models, first, strict=True):
            places = Places(str(prepared.store), spec.results, weights.path, device)
            yield Job(model, prepared, requests(model, prepared, spec, registry, weights), places)


def find_root(entry: DatasetEntry, asked: Path | None, watch: Watch) -> Path:
    """The folder of a dataset: as asked, under BENCH_DATA, or generated into the cache.

    Raises:
        BenchError: there is no such folder.
    """
    if asked is not None:
        return _folder(asked, entry, "Check --root.")
    shelf = os.environ.get(VARIABLE)
    if shelf and (Path(shelf) / entry.name).is_dir():
        return Path(shelf) / entry.name
    if entry.generator:
        folder = cache_folder() / "datasets" / entry.name
        resolve(entry.generator, f"dataset {entry.name!r}")(folder, watch=watch)
        return folder
    raise BenchError(
        f"dataset {entry.name!r} has no folder: it is licensed and comes from its distributor. "
        f"Pass --root DIR, or set {VARIABLE} to a folder that holds {entry.name}/.{_twin(entry)}"
    )


def _twin(entry: DatasetEntry) -> str:
    if entry.name not in TWINS:
        return ""
    return f" `bench data synth --like {entry.name}` makes a synthetic twin to try with."


def open_dataset(entry: DatasetEntry, root: Path) -> Dataset:
    """Names, labels and subjects of a dataset; no pixels.

    Raises:
        BenchError: the folder does not hold this dataset, or holds no video of it.
    """
    with readable(entry.name):
        dataset: Dataset = resolve(entry.loader, f"dataset {entry.name!r}")(root)
    if not dataset.videos:
        reasons = ", ".join(f"{count} {why}" for why, count in dataset.left_out.items())
        raise BenchError(
            f"dataset {entry.name!r} in {root} holds no video that can be scored"
            f"{f' (left out: {reasons})' if reasons else ''}. Check --root."
        )
    return replace(dataset, name=entry.name, synthetic=is_synthetic(root))


def split_dataset(
    entry: DatasetEntry,
    dataset: Dataset,
    results: Path,
    *,
    name: str | None = None,
    file: Path | None = None,
    keep: bool = True,
) -> Protocol:
    """The folds of a dataset: frozen on first use, read back ever after.

    Args:
        entry: says which protocol is the default.
        dataset: the videos to split.
        results: where frozen protocols lie, one file a protocol and list of videos.
        name: another protocol than the default.
        file: a split file of the user's own.
        keep: write what was made anew.
    """
    if file is not None:
        return split(dataset, "given", file=file)
    name = name or entry.protocol
    frozen = results / "protocols" / entry.name / f"{name}-{dataset_fingerprint(dataset)}.json"
    if frozen.exists():
        return thaw(frozen)
    protocol = split(dataset, name)
    if keep:
        freeze(protocol, frozen)
    return protocol


def describe_dataset(entry: DatasetEntry, dataset: Dataset) -> Iterator[str]:
    """The lines that say what was found, what was left out and why, and what is missing."""
    kind = " (SYNTHETIC DATA)" if dataset.synthetic else ""
    yield f"{entry.title}{kind}: {len(dataset.videos)} videos of {len(dataset.classes)} classes"
    yield from (f"  note: {note}" for note in dataset.notes)
    for why, count in sorted(dataset.left_out.items()):
        yield f"  left out: {count} {why}"
    for video, why in sorted(dataset.missing.items()):
        yield f"  missing: {video}, {why}"


def _prepared(
    spec: RunSpec, entry: DatasetEntry, tell: Tell, watch: Watch, *, dry: bool
) -> PreparedDataset:
    root = find_root(entry, Path(spec.root) if spec.root else None, watch)
    dataset = open_dataset(entry, root)
    for line in describe_dataset(entry, dataset):
        tell(line)
    file = Path(spec.split) if spec.split else None
    protocol = split_dataset(
        entry, dataset, Path(spec.results), name=spec.protocol, file=file, keep=not dry
    )
    for warning in audit(protocol, dataset):
        tell(f"note: {warning}")
    preprocessing = entry.preprocessing
    if spec.detector:
        preprocessing = replace(preprocessing, detector=spec.detector)
    folder = store_folder(cache_folder(), entry.name, root, preprocessing)
    if not dry:
        # always asked, since it also notices a video that changed since it was prepared
        for line in describe_summary(prepare(dataset, root, preprocessing, folder, watch=watch)):
            tell(f"  {line}")
    return PreparedDataset(
        entry=entry,
        root=root,
        dataset=dataset,
        protocol=protocol,
        preprocessing=preprocessing,
        preprocessing_fingerprint=fingerprint(preprocessing),
        store=folder,
    )


def _origin(spec: RunSpec, model: ModelEntry, preset: Preset) -> str | None:
    """The first weights: as asked, as the preset says where the model takes it, or its own."""
    if spec.weights is None and model.pretraining and preset.weights in model.pretraining.origins:
        return preset.weights
    return spec.weights


def _folder(path: Path, entry: DatasetEntry, remedy: str) -> Path:
    if not path.is_dir():
        state = "is a file" if path.exists() else "does not exist"
        raise BenchError(
            f"root {path} of dataset {entry.name!r} {state}; expected the folder that the "
            f"distributor ships. {remedy}"
        )
    return path
