"""From what was asked to what can run: data found, read, split, audited, its frames stored."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bench.audit import audit, require_reason
from bench.cache import cache_folder
from bench.checkpoints import answered_classes, audited, maker_of, of_fold, weights_of
from bench.errors import BenchError
from bench.frames.notes import Note
from bench.frames.prepare import prepare
from bench.frames.store import fingerprint, store_folder
from bench.frames.summary import describe_summary
from bench.labels import SEVEN, SIX, harmonised, shared
from bench.network import outputs_of
from bench.objectives import asked_of, check, needed
from bench.planning import (
    NO_RECIPE,
    chosen_folds,
    requests,
    require_answers,
    teaching,
)
from bench.protocols import cross_corpus, freeze, labelled, split, thaw
from bench.protocols.known import known_folds
from bench.records import (
    Dataset,
    DatasetEntry,
    Finding,
    Fold,
    FoldRequest,
    ModelEntry,
    Places,
    Preset,
    Protocol,
    RunSpec,
    Weights,
)
from bench.registry import Registry
from bench.sources import (
    VARIABLE,
    PreparedDataset,
    Source,
    Watch,
    dataset_fingerprint,
    describe_dataset,
    find_root,
    joined,
    notes_of,
    open_dataset,
    preprocessing_of,
)
from bench.weights import resolve as resolve_weights

Tell = Callable[[str], None]


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

    # a sweep passes a model's own length under several names
    found = [registry.find("models", name) for name in spec.models]
    models = list({model.name: model for model in found}.values())
    for model in models:
        require_answers(model, spec)
    if spec.checkpoint:
        _require_network(models, spec.checkpoint)
    datasets = [registry.dataset(name) for name in spec.datasets]
    other = registry.dataset(spec.train_on) if spec.train_on else None
    _require_one_question(spec, other, datasets)
    _require_teachable(spec, models, registry)
    preset = registry.find("presets", spec.preset)
    device = device_name(spec.device)
    first = _first_weights(spec, models, preset, watch, make=not dry)
    for dataset in datasets:
        prepared = _prepared(spec, dataset, other, tell, watch, dry=dry)
        mine = _in_order(spec, prepared)
        for model, found in zip(models, first, strict=True):
            weights = found or weights_of(spec.checkpoint or "", _folds(spec, prepared.protocol))
            places = Places(prepared.stores, spec.results, weights.path, device, spec.keep)
            asked = requests(model, prepared, mine, registry, weights)
            for finding in asked[0].findings[len(prepared.findings) :]:
                tell(f"{model.name}: {finding.kind}: {finding.text}")
            yield Job(model, prepared, asked, places)


def _first_weights(
    spec: RunSpec, models: Sequence[ModelEntry], preset: Preset, watch: Watch, *, make: bool
) -> list[Weights | None]:
    """Those of each model; None where a checkpoint takes their place, one fold at a time."""
    if spec.checkpoint:
        return [None for _ in models]
    return [
        resolve_weights(model, _origin(spec, model, preset), cache_folder(), watch, make=make)
        for model in models
    ]


def _require_network(models: Sequence[ModelEntry], checkpoint: str) -> None:
    """Stop where a checkpoint is no answer: one network has it, and none of another kind."""
    if len(models) != 1 or models[0].kind != "network":
        names = ", ".join(model.name for model in models)
        raise BenchError(
            f"checkpoint {checkpoint} holds one trained network, and {names} is asked for. Name "
            f"one model of kind network with --model."
        )


def _folds(spec: RunSpec, protocol: Protocol) -> list[int]:
    return [fold.index for fold in chosen_folds(protocol, spec.folds)]


def _in_order(spec: RunSpec, prepared: PreparedDataset) -> RunSpec:
    """The request with the order in which its checkpoint answers the classes."""
    if not spec.checkpoint:
        return spec
    paths = [of_fold(spec.checkpoint, fold) for fold in _folds(spec, prepared.protocol)]
    order = answered_classes(paths, spec.answers, prepared.tested.dataset.classes)
    return replace(spec, answers=order)


def _require_one_question(
    spec: RunSpec, other: DatasetEntry | None, datasets: Sequence[DatasetEntry]
) -> None:
    if spec.allow_leak is not None:
        require_reason(spec.allow_leak)
    if spec.root is not None and len(datasets) > 1:
        raise BenchError(
            f"--root names one folder, but {len(datasets)} datasets are asked for. Set "
            f"{VARIABLE} to a folder that holds one folder a dataset."
        )
    if other is None:
        if spec.train_root:
            raise BenchError(
                "--train-root names the folder of the dataset of --train-on, which is not given. "
                "Pass --train-on NAME, or --root for the dataset itself."
            )
        return
    if spec.protocol or spec.split:
        raise BenchError(
            f"--train-on {spec.train_on} trains on the whole of it and tests the whole of the "
            f"dataset, so that --protocol and --split have no place. Leave one of them out."
        )
    if other in datasets:
        raise BenchError(
            f"--train-on {spec.train_on} is also the tested dataset. Leave it out: the folds of a "
            f"dataset train on its own videos."
        )


def _require_teachable(spec: RunSpec, models: Sequence[ModelEntry], registry: Registry) -> None:
    """Stop at an unknown recipe or objective, or at what cannot go together."""
    if spec.recipe:
        registry.find("recipes", spec.recipe)
    if spec.objective:
        registry.find("objectives", spec.objective)
    for model in models:
        recipe, objective = teaching(model, spec, registry)
        if recipe is NO_RECIPE:
            continue
        check(objective, recipe)
        if wanted := asked_of(objective):
            given = outputs_of(model, len(SEVEN))
            for output in wanted:
                needed(given, output, objective.name)


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

    Folds that ship with the dataset or with a file of ours are made anew, and must be the frozen.

    Args:
        entry: says which protocol is the default.
        dataset: the videos to split.
        results: where frozen protocols lie, one file a protocol and list of videos.
        name: another protocol than the default.
        file: a split file of the user's own.
        keep: write what was made anew.

    Raises:
        BenchError: there are no such folds, or others were frozen than ship now.
    """
    if file is not None:
        return split(dataset, "given", file=file)
    name = name or entry.protocol
    stem = f"{labelled(name, dataset)}-{dataset_fingerprint(dataset)}"
    frozen = results / "protocols" / entry.name / f"{stem}.json"
    if frozen.exists() and name not in known_folds(dataset):
        return thaw(frozen)
    protocol = split(dataset, name)
    if frozen.exists():
        _require_same(thaw(frozen), protocol, frozen)
    elif keep:
        freeze(protocol, frozen)
    return protocol


def _require_same(frozen: Protocol, shipped: Protocol, path: Path) -> None:
    if frozen.hash != shipped.hash:
        raise BenchError(
            f"{path} has other folds than {shipped.name!r} of dataset {shipped.dataset!r} now: "
            f"their hash is {frozen.hash[:12]}, that of {shipped.source} {shipped.hash[:12]}. "
            f"Remove the file to use these, or pass it with --split to go on with it."
        )


def _prepared(
    spec: RunSpec,
    entry: DatasetEntry,
    other: DatasetEntry | None,
    tell: Tell,
    watch: Watch,
    *,
    dry: bool,
) -> PreparedDataset:
    opened = [_opened(entry, "--root", spec, tell, watch)]
    if other:
        opened.append(_opened(other, "--train-root", spec, tell, watch))
    classes = _classes(spec, [source.dataset for source in opened])
    if classes:
        opened = [replace(one, dataset=harmonised(one.dataset, classes)) for one in opened]
    tested, trained = opened[0], opened[1] if other else None
    prepared = PreparedDataset(tested, _protocol(spec, tested, trained, keep=not dry), trained)
    folds = chosen_folds(prepared.protocol, spec.folds)  # refused before hours of preparing
    if spec.checkpoint:
        weights_of(spec.checkpoint, [fold.index for fold in folds])
        _in_order(spec, prepared)
    known = _seen_before(spec, folds, prepared)
    for finding in known:
        tell(f"{finding.kind}: {finding.text}")
    if not dry:
        for source in prepared.sources:
            # always asked, since it also notices a video that changed since it was prepared
            summary = prepare(
                source.dataset, source.root, source.preprocessing, source.store, watch=watch
            )
            for line in describe_summary(summary):
                tell(f"  {line}")
    return replace(prepared, findings=(*known, *_audited(prepared, spec.allow_leak, tell)))


def _seen_before(
    spec: RunSpec, folds: Sequence[Fold], prepared: PreparedDataset
) -> tuple[Finding, ...]:
    """What a checkpoint, or a file of first weights that tells it, has seen of the tested side."""
    file = spec.checkpoint
    if file is None and spec.weights and maker_of(Path(spec.weights).expanduser()):
        file = spec.weights
    if file is None:
        return ()
    return audited(file, folds, prepared.dataset, prepared.protocol, spec.allow_leak)


def divided(spec: RunSpec, registry: Registry, tell: Tell, watch: Watch) -> PreparedDataset:
    """The one dataset of a request with its folds, frozen and audited; no frame is looked at.

    Raises:
        BenchError: data are missing, there are no such folds, or they leak.
    """
    if spec.split and spec.protocol:
        raise BenchError("--split and --protocol each name folds. Leave one of them out.")
    tested = _opened(registry.dataset(spec.datasets[0]), "--root", spec, tell, watch)
    if classes := _classes(spec, [tested.dataset]):
        tested = replace(tested, dataset=harmonised(tested.dataset, classes))
    prepared = PreparedDataset(tested, _protocol(spec, tested, None, keep=True))
    return replace(prepared, findings=_audited(prepared, spec.allow_leak, tell))


def _audited(prepared: PreparedDataset, allow: str | None, tell: Tell) -> tuple[Finding, ...]:
    """What the audit lets pass, said; and of how many videos it saw nothing but names."""
    notes: dict[str, Note] = {}
    for source in prepared.sources:
        notes |= notes_of(source.store, source.dataset)
    dataset = prepared.dataset
    if unseen := len(dataset.videos) - len(notes):
        tell(f"not compared yet, since not prepared: contents and looks of {unseen} videos")
    findings = audit(prepared.protocol, dataset, notes, allow=allow)
    for finding in findings:
        tell(f"{finding.kind}: {finding.text}")
    return findings


def _opened(entry: DatasetEntry, option: str, spec: RunSpec, tell: Tell, watch: Watch) -> Source:
    root = spec.root if option == "--root" else spec.train_root
    folder = find_root(entry, Path(root) if root else None, watch, option)
    dataset = open_dataset(entry, folder)
    for line in describe_dataset(entry, dataset):
        tell(line)
    preprocessing = preprocessing_of(entry, spec.detector, spec.align, spec.storage)
    return Source(
        entry=entry,
        root=folder,
        dataset=dataset,
        preprocessing=preprocessing,
        preprocessing_fingerprint=fingerprint(preprocessing),
        store=store_folder(cache_folder(), entry.name, folder, preprocessing),
    )


def _classes(spec: RunSpec, datasets: Sequence[Dataset]) -> Sequence[str]:
    """The basic emotions that are asked for, or that both datasets have; none: a set's own."""
    if spec.labels:
        return SIX if spec.labels == len(SIX) else SEVEN
    return shared(*datasets) if len(datasets) > 1 else ()


def _protocol(spec: RunSpec, tested: Source, trained: Source | None, *, keep: bool) -> Protocol:
    results = Path(spec.results)
    if trained is None:
        file = Path(spec.split) if spec.split else None
        return split_dataset(
            tested.entry,
            tested.dataset,
            results,
            name=spec.protocol,
            file=file,
            keep=keep,
        )
    protocol = cross_corpus(tested.dataset, trained.dataset)
    if keep:
        both = dataset_fingerprint(joined(tested.dataset, trained.dataset))
        name = f"{protocol.name}-{both}.json"
        freeze(protocol, results / "protocols" / tested.entry.name / name)
    return protocol


def _origin(spec: RunSpec, model: ModelEntry, preset: Preset) -> str | None:
    """The first weights: as asked, as the preset says where the model takes it, or its own."""
    if spec.weights is None and model.pretraining and preset.weights in model.pretraining.origins:
        return preset.weights
    return spec.weights
