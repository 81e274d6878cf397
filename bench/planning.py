"""What was asked -> one resolved request a fold: presets applied, folds frozen, identity hashed."""

import dataclasses
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from bench import extras
from bench.errors import BenchError
from bench.records import (
    Extent,
    Finding,
    Fold,
    FoldRequest,
    InputSpec,
    ModelEntry,
    ObjectiveEntry,
    Preprocessing,
    Preset,
    Protocol,
    Recipe,
    RunSpec,
    Weights,
)
from bench.registry import Registry
from bench.sources import PreparedDataset, Source, content_fingerprint
from bench.store import digest

_FEWEST_STEPS = 12
"""A budget buys at least so many steps where halving the batch can give them."""


NO_OBJECTIVE = ObjectiveEntry("none", factory="", source="nothing is minimised in steps")

NO_RECIPE = Recipe(
    name="none",
    optimizer="sgd",  # of no effect, as is the learning rate: there are no epochs
    lr=0.0,
    batch_size=8,
    epochs=0,
    source="not trained in epochs here",
    objective=NO_OBJECTIVE.name,
)
"""How a system came about that no gradient trains here."""

ELSEWHERE = Preset("none", title="answered elsewhere")
"""The preset of imported answers."""


_UNKNOWN_TRAINING = Finding(
    "warning",
    "answers come from elsewhere; whether the system has seen the tested videos or people is not "
    "known.",
)


def require_answers(entry: ModelEntry, spec: RunSpec) -> None:
    """Stop at an entry that cannot answer what is asked, before any data are looked at.

    Args:
        entry: the model as the registry has it.
        spec: what the command line asked for.

    Raises:
        BenchError: its kind is never scored here, its libraries are not installed, or an option
            has no meaning for its kind.
    """
    if entry.kind == "cost-only":
        raise BenchError(
            f"model {entry.name!r} is of kind cost-only: it is counted, never trained or scored. "
            f"Choose another with `bench list models`."
        )
    if entry.kind == "imported":
        raise BenchError(
            f"model {entry.name!r} is answered elsewhere: bring its answers in with `bench import`."
        )
    extras.require(entry)
    if entry.kind != "classical":
        return
    if spec.selection != "last":
        raise BenchError(
            f"model {entry.name!r} is fitted once and has no epochs that --selection "
            f"{spec.selection} could choose from. Leave it out, or leave out the model."
        )
    if spec.weights not in (None, "none"):
        raise BenchError(
            f"model {entry.name!r} is fitted anew in every fold and takes no --weights "
            f"{spec.weights}. Leave it out, or leave out the model."
        )


def requests(
    entry: ModelEntry,
    prepared: PreparedDataset,
    spec: RunSpec,
    registry: Registry,
    weights: Weights,
) -> tuple[FoldRequest, ...]:
    """The folds of one model on one dataset, seed by seed.

    Args:
        entry: the model as the registry has it.
        prepared: the dataset with its folds and frame store.
        spec: what the command line asked for.
        registry: where recipes, presets and objectives are looked up.
        weights: the first weights, resolved.

    Raises:
        BenchError: a name is unknown, or a fold does not exist.
    """
    template = _template(entry, prepared, spec, registry, weights)
    chosen = chosen_folds(prepared.protocol, spec.folds)
    if spec.checkpoint:
        from bench.checkpoints import FOLD, INDEX

        made = {"made": "evaluated", "answers": _own_order(spec, template)}
        findings = (*prepared.findings, *_unlike(spec.checkpoint, chosen, template))
        template = replace(template, **made, findings=findings)
        if FOLD in spec.checkpoint or INDEX in spec.checkpoint:
            # its folds are asked today and tomorrow, and belong to one result
            template = replace(template, weights=replace(template.weights, sha256=None))
    template = replace(template, identity=identity(template))
    if spec.checkpoint:
        return tuple(_asked(template, fold, spec.checkpoint) for fold in chosen)
    preset = template.preset
    budget = preset.train_tmacs and entry.kind == "network"
    macs = _training_macs(template.model, len(template.classes)) if budget else 0
    labels = {video.id: video.label for video in prepared.dataset.videos}
    return tuple(
        _fold(template, _capped(fold, labels, preset, seed), seed, macs)
        for seed in spec.seeds
        for fold in chosen
    )


def identity(request: FoldRequest) -> str:
    """Hash of everything that makes two results comparable; seed and fold stay outside.

    Titles, sources, notes and locked numbers are words about an entry and stay outside.
    """
    model = request.model
    part = model.pretraining if request.weights.origin != "none" else None
    other = request.train_on is not None
    made = {"made": request.made, "answers": request.answers} if request.made != "trained" else {}
    return digest(
        {
            "factory": [model.factory, model.classes_arg, model.args, model.kind],
            "input": model.input,
            "recipe": [replace(request.recipe, source=""), request.regime],
            "preset": replace(request.preset, title=""),
            "objective": replace(request.objective, source=""),
            "selection": request.selection,
            "weights": [request.weights, [part.module, part.keys] if part else None],
            "preprocessing": request.preprocessing_fingerprint,
            "dataset": [request.dataset, request.dataset_fingerprint],
            "classes": request.classes,
            "protocol": [request.protocol, request.protocol_hash],
            "synthetic": request.synthetic,
            # a run on one dataset has the identity that it had before there were two
            **({"train on": [request.train_on, request.train_on_fingerprint]} if other else {}),
            **made,
            # what the features of a library's network are, which some objectives compare
            **({"head": model.head} if model.head else {}),
        }
    )[:12]


def fit_input(spec: InputSpec, preset: Preset) -> InputSpec:
    """The input at the preset's size; a network of fixed geometry keeps its own."""
    if preset.size is None or spec.min_size is None or preset.size >= spec.size:
        return spec
    return replace(spec, size=max(preset.size, spec.min_size))


def extent_of(recipe: Recipe, preset: Preset, videos: int, macs: int) -> Extent:
    """How much of a recipe one fold trains within a preset's limits.

    Args:
        recipe: as published.
        preset: its caps on epochs, batch size and training budget.
        videos: training videos of the fold.
        macs: of one forward pass for one video; a training step costs about three.
    """
    batch = max(1, min(recipe.batch_size, preset.batch_size or recipe.batch_size, videos))
    epochs = min(recipe.epochs, preset.epochs or recipe.epochs)
    afford = None
    if preset.train_tmacs and macs:
        step = 3 * macs / 1e12
        while batch > 1 and preset.train_tmacs / (step * batch) < _FEWEST_STEPS:
            batch //= 2
        afford = max(1, int(preset.train_tmacs / (step * batch)))
        epochs = min(epochs, afford)
    steps = max(1, videos // batch if recipe.drop_last else -(-videos // batch))
    if afford is not None:
        steps = min(steps, max(1, afford // epochs))
    lr = recipe.lr
    if recipe.optimizer == "sgd":
        # the linear scaling rule (Goyal et al., 2017): a smaller batch takes smaller steps
        lr *= batch / recipe.batch_size
    return Extent(epochs, steps, batch, lr)


def _first_weights_doubt(weights: Weights) -> tuple[Finding, ...]:
    """Whose faces a file of weights has seen, nobody can tell from it."""
    if weights.origin in ("none", "imagenet", "synthetic"):
        return ()
    text = (
        f"first weights come from {weights.origin}; whether what they were trained on shares "
        f"people with the tested videos is not known."
    )
    return (Finding("warning", text),)


def _template(
    entry: ModelEntry,
    prepared: PreparedDataset,
    spec: RunSpec,
    registry: Registry,
    weights: Weights,
) -> FoldRequest:
    """What all folds and seeds of a run have in common."""
    preset: Preset = registry.find("presets", spec.preset)
    full, objective = teaching(entry, spec, registry)
    shrunk = replace(entry, input=fit_input(entry.input, preset))
    tested, trained = prepared.tested, prepared.trained
    return FoldRequest(
        model=shrunk,
        dataset=tested.entry.name,
        classes=tested.dataset.classes,
        dataset_fingerprint=content_fingerprint(tested),
        protocol=prepared.protocol.name,
        protocol_hash=prepared.protocol.hash,
        fold=Fold(0, (), ()),
        folds=len(prepared.protocol.folds),
        recipe=full,
        extent=Extent(full.epochs, 0, full.batch_size, full.lr),
        regime="common" if spec.recipe and full is not NO_RECIPE else "own",
        objective=objective,
        preset=preset,
        selection=spec.selection,
        weights=replace(weights, path=None),
        preprocessing=tested.preprocessing,
        preprocessing_fingerprint=tested.preprocessing_fingerprint,
        identity="",
        seed=0,
        synthetic=any(source.dataset.synthetic for source in prepared.sources),
        harmonised=tested.dataset.harmonised,
        train_on=trained.entry.name if trained else None,
        train_on_fingerprint=_trained_fingerprint(trained) if trained else None,
        findings=(*prepared.findings, *_first_weights_doubt(weights)),
    )


def answered_elsewhere(
    entry: ModelEntry, prepared: PreparedDataset, spec: RunSpec, registry: Registry
) -> FoldRequest:
    """What the folds of imported answers have in common: of how they were made nothing is known.

    Args:
        entry: the model, of the registry or not.
        prepared: the dataset with its folds.
        spec: what the command line asked for.
        registry: where the preset is looked up that nothing is taken from.
    """
    template = _template(entry, prepared, spec, registry, Weights("elsewhere", None))
    template = replace(
        template,
        model=entry,
        recipe=NO_RECIPE,
        objective=NO_OBJECTIVE,
        regime="own",
        preset=ELSEWHERE,
        preprocessing=Preprocessing("elsewhere", size=0, margin=0.0),
        preprocessing_fingerprint="",
        findings=(*prepared.findings, _UNKNOWN_TRAINING),
        made="imported",
    )
    return replace(template, identity=identity(template))


def _own_order(spec: RunSpec, template: FoldRequest) -> tuple[str, ...]:
    """The order in which a checkpoint answers, where it is not that of the dataset."""
    return () if spec.answers == template.classes else spec.answers


def teaching(entry: ModelEntry, spec: RunSpec, registry: Registry) -> tuple[Recipe, ObjectiveEntry]:
    """The recipe and the objective in force; what is not trained here has none of its own.

    Args:
        entry: the model as the registry has it.
        spec: what the command line asked for.
        registry: where both are looked up.
    """
    if entry.kind != "network" or spec.checkpoint:
        return NO_RECIPE, NO_OBJECTIVE
    recipe: Recipe = registry.find("recipes", spec.recipe or entry.recipe)
    return recipe, registry.find("objectives", spec.objective or recipe.objective)


def _trained_fingerprint(source: Source) -> str:
    pixels = content_fingerprint(source)
    return digest([pixels, source.preprocessing_fingerprint])[:12]


def _fold(template: FoldRequest, fold: Fold, seed: int, macs: int) -> FoldRequest:
    extent = extent_of(template.recipe, template.preset, len(fold.train), macs)
    return replace(template, fold=fold, seed=seed, extent=extent)


def _unlike(pattern: str, folds: Sequence[Fold], template: FoldRequest) -> tuple[Finding, ...]:
    from bench.checkpoints import unlike

    return unlike(pattern, folds, template.model.input, template.preprocessing)


def _asked(template: FoldRequest, fold: Fold, pattern: str) -> FoldRequest:
    """A fold that is answered by a finished checkpoint."""
    from bench.checkpoints import weights_of

    weights = replace(weights_of(pattern, [fold.index]), path=None)
    return replace(template, fold=fold, weights=weights)


def _training_macs(entry: ModelEntry, classes: int) -> int:
    from bench.measurement.complexity import macs_only
    from bench.network import build

    length = entry.input.train.length
    if length is None:
        raise BenchError(
            f"model {entry.name!r} trains on all frames of a video; a preset with a training "
            f"budget needs a fixed number. Give input.train another rule."
        )
    shape = (3, length, entry.input.size, entry.input.size)
    return macs_only(lambda: build(entry, classes), shape)


def chosen_folds(protocol: Protocol, asked: tuple[int, ...] | None) -> Sequence[Fold]:
    """The folds of these numbers, from 0; None: all.

    Raises:
        BenchError: the protocol has no such fold.
    """
    if asked is None:
        return protocol.folds
    count = len(protocol.folds)
    wrong = [index for index in asked if not 0 <= index < count]
    if wrong:
        raise BenchError(
            f"--folds {wrong[0]} is none of protocol {protocol.name!r}; counted from 0, as their "
            f"files are, it has {'fold-0 alone' if count == 1 else f'fold-0 to fold-{count - 1}'}. "
            f"Choose among them."
        )
    return [protocol.folds[index] for index in asked]


def _capped(fold: Fold, labels: dict[str, str], preset: Preset, seed: int) -> Fold:
    """The fold with at most so many training videos as the preset allows, even over the classes."""
    if preset.train_videos is None or len(fold.train) <= preset.train_videos:
        return fold
    rng = np.random.default_rng((seed, fold.index))
    by_class: dict[str, list[str]] = {}
    for index in rng.permutation(len(fold.train)):
        video = fold.train[index]
        by_class.setdefault(labels[video], []).append(video)
    rounds = max(len(ids) for ids in by_class.values())
    dealt = [ids[i] for i in range(rounds) for _, ids in sorted(by_class.items()) if i < len(ids)]
    return dataclasses.replace(fold, train=tuple(sorted(dealt[: preset.train_videos])))
