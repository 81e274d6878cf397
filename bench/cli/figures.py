"""`bench figure`: stored records to pictures for a paper, without torch and without data."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bench.cli.options import Registries, Results, Root, names
from bench.cli.screen import left_out, say, show
from bench.errors import BenchError

if TYPE_CHECKING:
    from bench.figures.drawing import Drawing
    from bench.figures.groups import Group
    from bench.tables.stored import Stored

app = typer.Typer(help="Figures for a paper: PNG, PDF and a caption of each.", no_args_is_help=True)

SHOWS = {
    "confusion": "Fig. 5: confusion matrices, over models or over datasets",
    "activation": "Fig. 6: activation over the clips, with the located clip and the true apex",
    "embedding": "Fig. 7: t-SNE of the features of videos, by model",
    "lengths": "Fig. 8: accuracy and MACs against clips per video and frames per clip",
    "pareto": "accuracy against MACs and against latency, with the Pareto front",
    "curves": "training curves: loss, validation, test videos after each epoch",
    "latency": "distribution of the times of a forward pass, by machine",
    "critical-difference": "mean ranks over datasets, and what a test cannot separate",
}

Out = Annotated[Path, typer.Option("--out", help="Folder to write into.")]
Dataset = Annotated[
    str, typer.Option("--dataset", help="Only these datasets, separated by commas.")
]
Model = Annotated[str, typer.Option("--model", help="Only these models, separated by commas.")]
Formats = Annotated[str, typer.Option("--format", help="Of png, pdf and svg, with commas.")]


MetricName = Annotated[Literal["uar", "war"], typer.Option("--metric", help="What is drawn.")]

FIGURES, BOTH = Path("figures"), "png,pdf"


@app.command("list")
def list_figures() -> None:
    """Show what can be drawn."""
    show(("name", "shows"), SHOWS.items())


@app.command()
def confusion(
    results: Results = Path("results"),
    dataset: Dataset = "",
    model: Model = "",
    over: Annotated[
        Literal["models", "datasets"], typer.Option(help="What differs between panels.")
    ] = "models",
    out: Out = FIGURES,
    format: Formats = BOTH,
) -> None:
    """Draw which class was taken for which (Fig. 5)."""
    from bench.figures.confusion import confusions

    _write(confusions(_groups(_stored(results), dataset, model), over), out, format)


@app.command()
def activation(  # noqa: PLR0913  (one parameter an option, as typer reads them)
    results: Results = Path("results"),
    dataset: Dataset = "",
    model: Model = "",
    video: Annotated[
        str,
        typer.Option(help="Ids of videos, separated by commas; else one of each of four classes."),
    ] = "",
    root: Root = None,
    frames: Annotated[
        bool, typer.Option(help="Show frames that this machine has prepared.")
    ] = True,
    out: Out = FIGURES,
    format: Formats = BOTH,
) -> None:
    """Draw the activation over the clips of a few videos (Fig. 6)."""
    from bench.figures.activation import activations, no_pictures

    groups = _groups(_stored(results), dataset, model)
    picture = no_pictures
    if frames:
        from bench.cache import cache_folder
        from bench.figures.pictures import stored_pictures

        picture = stored_pictures(cache_folder(), root)
    _write(activations(groups, names(video), picture), out, format)


@app.command()
def embedding(  # noqa: PLR0913
    results: Results = Path("results"),
    dataset: Dataset = "",
    model: Model = "",
    fold: Annotated[
        int, typer.Option(min=0, help="By its file, from 0: 0 is fold-0, the fold 1.")
    ] = 0,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the run.")] = 0,
    out: Out = FIGURES,
    format: Formats = BOTH,
) -> None:
    """Draw the features of videos by t-SNE (Fig. 7)."""
    from bench.figures.beside import Beside
    from bench.figures.embedding import embeddings

    groups = _groups(_stored(results), dataset, model)
    _write(embeddings(groups, Beside(results, left_out).features, fold, seed), out, format)


@app.command()
def lengths(  # noqa: PLR0913
    results: Results = Path("results"),
    dataset: Dataset = "",
    model: Model = "",
    metric: MetricName = "uar",
    registry: Registries = None,
    out: Out = FIGURES,
    format: Formats = BOTH,
) -> None:
    """Draw accuracy against clips per video and frames per clip (Fig. 8)."""
    from bench.figures.lengths import lengths as draw
    from bench.tables import load_reported

    stored = _stored(results, registry)
    groups = _groups(stored, dataset, model, costs=True)
    _write(draw(groups, metric, load_reported(), stored.registry.datasets), out, format)


@app.command()
def pareto(
    results: Results = Path("results"),
    dataset: Dataset = "",
    model: Model = "",
    metric: MetricName = "uar",
    out: Out = FIGURES,
    format: Formats = BOTH,
) -> None:
    """Draw accuracy against MACs and against latency."""
    from bench.figures.pareto import paretos

    stored = _stored(results)
    groups = _groups(stored, dataset, model, costs=True)
    _write(paretos(groups, stored.costs, metric), out, format)


@app.command()
def curves(
    results: Results = Path("results"),
    dataset: Dataset = "",
    model: Model = "",
    metric: MetricName = "uar",
    out: Out = FIGURES,
    format: Formats = BOTH,
) -> None:
    """Draw loss, validation and test videos over epochs."""
    from bench.figures.beside import Beside
    from bench.figures.curves import curves as draw

    groups = _groups(_stored(results), dataset, model)
    _write(draw(groups, Beside(results, left_out).epochs, metric), out, format)


@app.command()
def latency(
    results: Results = Path("results"),
    model: Model = "",
    out: Out = FIGURES,
    format: Formats = BOTH,
) -> None:
    """Draw the distribution of the times of a forward pass."""
    from bench.figures.latency import latencies

    _write(latencies(_stored(results).costs, names(model)), out, format)


@app.command("critical-difference")
def critical_difference(
    results: Results = Path("results"),
    dataset: Dataset = "",
    model: Model = "",
    metric: MetricName = "uar",
    out: Out = FIGURES,
    format: Formats = BOTH,
) -> None:
    """Draw mean ranks over datasets, where there are enough datasets for a test."""
    from bench.figures.critical_difference import rankings

    _write(rankings(_groups(_stored(results), dataset, model), metric), out, format)


def _groups(stored: "Stored", dataset: str, model: str, *, costs: bool = False) -> "list[Group]":
    """What may share a picture; costs only where a figure draws them, as notes speak of them."""
    from bench.figures.groups import groups
    from bench.tables import Query

    folder, results = stored.folder, stored.results
    if not results:
        raise BenchError(
            f"{folder} holds no stored result to draw. Run `bench run --model NAME --dataset "
            f"NAME` first, or pass --results DIR."
        )
    beside, entries = stored.costs if costs else (), stored.registry.datasets
    query = Query(tuple(names(dataset)), tuple(names(model)), "none")
    found = groups(results, beside, query, entries)
    if not found:
        there = {f"{r.request.model.name} on {r.request.dataset}" for r in results}
        raise BenchError(
            f"{folder} holds no result of {model or 'any model'} on {dataset or 'any dataset'}; "
            f"stored are {', '.join(sorted(there))}. Name one of those, or run it first."
        )
    return found


def _stored(results: Path, registry: Registries = None) -> "Stored":
    from bench.tables.stored import Stored

    return Stored(results, registry or (), left_out)


def _write(drawings: "Sequence[Drawing]", out: Path, format: str) -> None:
    from bench.figures.drawing import write

    for drawing in drawings:
        for path in write(drawing, out, names(format)):
            say(f"wrote {path}")
