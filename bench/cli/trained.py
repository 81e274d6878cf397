"""`bench eval`, `bench predict` and `bench import`: systems that were trained before."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bench.cli.options import Format, Registries, Results, Root, names, numbers
from bench.cli.run import work_through
from bench.cli.run_options import takes_spec
from bench.cli.screen import errors, progress, say, show, show_json
from bench.errors import BenchError
from bench.records import InputSpec, ModelEntry, RunSpec, Sampling

if TYPE_CHECKING:
    from bench.predicting import Predicted
    from bench.registry import Registry

Classes = Annotated[
    str | None,
    typer.Option(help="Order in which the checkpoint answers, as in happy,sad,...; else its own."),
]


@takes_spec(
    without=(
        "recipe",
        "objective",
        "seeds",
        "selection",
        "weights",
        "keep_weights",
        "record_epochs",
    )
)
def evaluate(
    spec: RunSpec,
    checkpoint: Annotated[
        str, typer.Option(help="File of the network; {fold}, {index}: number of a fold from 1, 0.")
    ],
    classes: Classes = None,
    registry: Registries = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Ask done folds again.")] = False,
) -> None:
    """Score a trained network fold by fold without training: same folds, gate and records."""
    from bench.registry import load

    spec = replace(spec, checkpoint=checkpoint, answers=tuple(names(classes or "")))
    work_through(spec, load(registry or ()), overwrite=overwrite)


def predict(  # noqa: PLR0913  (one parameter an option, as typer reads them)
    video: Annotated[Path, typer.Argument(help="A video file, or a folder of its frames.")],
    model: Annotated[str, typer.Option(help="The network.")],
    checkpoint: Annotated[Path, typer.Option(help="File of the trained network.")],
    classes: Classes = None,
    detector: Annotated[
        str | None, typer.Option(help="haar, yunet, retinaface or none; else as it was trained.")
    ] = None,
    picture: Annotated[
        Path | None, typer.Option(help="Draw the answer into this PNG, PDF or SVG.")
    ] = None,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or cuda:N.")] = "auto",
    registry: Registries = None,
    format: Format = "text",
) -> None:
    """Ask a trained network about one video: class, scores, activation over the clips."""
    from bench.device import device_name
    from bench.predicting import predict_video
    from bench.registry import load

    if picture:
        from bench.figures.answer import require_format

        require_format(picture)
    entry = load(registry or ()).find("models", model)
    found = predict_video(
        video,
        entry,
        checkpoint,
        classes=names(classes or ""),
        detector=detector,
        device=device_name(device),
    )
    if picture:
        from bench.figures.answer import draw_answer

        draw_answer(found, f"{video.name}: {found.answer} ({entry.title})", picture)
    if format == "json":
        show_json(_as_json(found))
        return
    say(f"{video}: {found.answer}, {entry.title}{'' if found.face else ' (no face was found)'}")
    show(["class", "score"], [[n, f"{s:.3f}"] for n, s in _best_first(found)])
    if found.clip_scores:
        spans = [f"{first} to {last - 1}" for first, last in found.spans]
        activation = [f"{score:.3f}" for score in found.clip_scores]
        show(["frames of the clip", "activation"], list(zip(spans, activation, strict=True)))
    if picture:
        say(f"drew {picture}")


def _best_first(found: "Predicted") -> list[tuple[str, float]]:
    pairs = zip(found.classes, found.scores, strict=True)
    return sorted(pairs, key=lambda pair: -pair[1])


def _as_json(found: "Predicted") -> dict[str, object]:
    return {
        "answer": found.answer,
        "scores": dict(zip(found.classes, found.scores, strict=True)),
        "clip_scores": found.clip_scores,
        "spans": found.spans,
        "frames": found.frames,
        "face": found.face,
    }


def import_answers(  # noqa: PLR0913  (one parameter an option, as typer reads them)
    file: Annotated[
        Path, typer.Argument(help="csv: video, and predicted or one column of scores a class.")
    ],
    model: Annotated[str, typer.Option(help="Name of the system; it may be in no registry.")],
    dataset: Annotated[str, typer.Option(help="Dataset that it answered.")],
    root: Root = None,
    protocol: Annotated[str | None, typer.Option(help="See `bench list protocols`.")] = None,
    split: Annotated[Path | None, typer.Option(help="A split file of your own.")] = None,
    labels: Annotated[
        str | None, typer.Option(help="6 or 7: only the basic emotions, 7 with neutral.")
    ] = None,
    seed: Annotated[str, typer.Option(help="The seed of this training, if there are several.")] = (
        "0"
    ),
    logits: Annotated[
        bool, typer.Option("--logits", help="Scores are logits; a softmax is taken of them.")
    ] = False,
    title: Annotated[str | None, typer.Option(help="How tables call it.")] = None,
    source: Annotated[str | None, typer.Option(help="Citation, or where it lives.")] = None,
    allow_leak: Annotated[
        str | None, typer.Option(help="Why near-duplicates across the sides may stay.")
    ] = None,
    allow_missing: Annotated[
        bool, typer.Option("--allow-missing", help="Count videos without an answer as wrong.")
    ] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace answers imported before.")
    ] = False,
    registry: Registries = None,
    results: Results = Path("results"),
) -> None:
    """Bring in the answers of a system that lives elsewhere; they are scored like all others."""
    from bench.answers import read_answers, require_whole
    from bench.imported import store_answers
    from bench.planning import answered_elsewhere
    from bench.preparation import divided
    from bench.registry import load

    number, *more = numbers(seed, "--seed")
    if more:
        raise BenchError(f"--seed {seed} names {len(more) + 1} seeds; a file holds answers of one.")
    if labels not in (None, "6", "7"):
        raise BenchError(f"--labels is {labels!r}; expected 6 or 7.")
    loaded = load(registry or ())
    spec = RunSpec(
        models=(model,),
        datasets=(dataset,),
        root=str(root) if root else None,
        protocol=protocol,
        split=str(split) if split else None,
        labels=int(labels) if labels else None,
        seeds=(number,),
        allow_leak=allow_leak,
        results=str(results),
    )
    entry = _entry(model, title, source, loaded)
    if not file.is_file():
        raise BenchError(f"{file} is no file. Check the path.")
    with progress() as watch:
        prepared = divided(spec, loaded, say, watch)
    folds = read_answers(file, prepared.dataset, prepared.protocol, logits=logits, tell=say)
    if not allow_missing:
        require_whole(folds, file)
    template = replace(answered_elsewhere(entry, prepared, spec, loaded), seed=number)
    for line in store_answers(folds, template, file, results, overwrite=overwrite):
        say(line)


def _entry(name: str, title: str | None, source: str | None, loaded: "Registry") -> ModelEntry:
    """The entry of that name, or one for a system that is in no registry."""
    from bench.registry import require_name

    if name in loaded.models:
        if title or source:
            raise BenchError(
                f"model {name!r} is in the registry, with its title and source. Leave --title and "
                f"--source out, or choose another name."
            )
        return loaded.models[name]
    require_name(name, f"model {name!r}")
    if source is None:
        errors.print(
            f"note: {name} is in no registry and --source is not given: tables say so.",
            markup=False,
        )
    unseen = Sampling("all")
    return ModelEntry(
        name=name,
        title=title or name,
        kind="imported",
        factory="",
        source=source or "not stated",
        input=InputSpec(unseen, unseen, size=0),
    )
