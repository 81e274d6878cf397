"""`bench data`, `bench folds`, `bench weights`: what a run stands on."""

from pathlib import Path
from typing import Annotated

import typer

from bench.cli.options import Format, Registries, Results, Root
from bench.cli.screen import progress, say, show, show_json
from bench.errors import unknown

app = typer.Typer(help="Datasets: twins, frames, checks.", no_args_is_help=True)
weights = typer.Typer(help="Pretrained weights.", no_args_is_help=True)

DatasetName = Annotated[str, typer.Argument(help="Name of a dataset, see `bench list datasets`.")]


@app.command()
def synth(
    like: Annotated[str, typer.Option(help="Dataset whose layout is written: mmi.")],
    out: Annotated[Path, typer.Option(help="Folder to make.")],
    subjects: Annotated[int, typer.Option(min=1, help="People to draw.")] = 20,
    seed: Annotated[int, typer.Option(help="Other people, other motion.")] = 0,
) -> None:
    """Write a synthetic twin of a licensed dataset, in its distributor's exact layout."""
    from bench.synthesis import TWINS

    if like not in TWINS:
        raise unknown("twin", like, TWINS)
    from bench.registry import resolve

    with progress() as watch:
        resolve(TWINS[like], f"twin {like!r}")(out, subjects=subjects, seed=seed, watch=watch)
    say(f"wrote a twin of {like} with {subjects} drawn people into {out}: SYNTHETIC DATA")


@app.command()
def prepare(
    dataset: DatasetName,
    root: Root = None,
    detector: Annotated[str | None, typer.Option(help="haar, yunet or none.")] = None,
    workers: Annotated[int, typer.Option(help="Processes; 0: one a core.")] = 0,
    registry: Registries = None,
) -> None:
    """Find and crop the faces of every video and keep the frames for all later runs."""
    from dataclasses import replace

    from bench.cache import cache_folder
    from bench.frames.prepare import describe_summary
    from bench.frames.prepare import prepare as prepare_frames
    from bench.frames.store import store_folder
    from bench.preparation import find_root, open_dataset
    from bench.registry import load

    entry = load(registry or ()).dataset(dataset)
    preprocessing = entry.preprocessing
    if detector:
        preprocessing = replace(preprocessing, detector=detector)
    with progress() as watch:
        folder = find_root(entry, root, watch)
        data = open_dataset(entry, folder)
        store = store_folder(cache_folder(), entry.name, folder, preprocessing)
        summary = prepare_frames(data, folder, preprocessing, store, workers=workers, watch=watch)
    for line in describe_summary(summary):
        say(line)


@app.command()
def check(dataset: DatasetName, root: Root = None, registry: Registries = None) -> None:
    """Compare a folder with what was published: counts, missing and broken files, duplicates."""
    from bench.datasets.check import check as check_tree
    from bench.datasets.check import describe
    from bench.preparation import describe_dataset, find_root, open_dataset
    from bench.registry import load

    entry = load(registry or ()).dataset(dataset)
    with progress() as watch:
        folder = find_root(entry, root, watch)
        data = open_dataset(entry, folder)
        report = check_tree(data, entry, folder, watch=watch)
    say(next(describe_dataset(entry, data)))
    for line in describe(report):
        say(line)
    if not report.clean:
        raise typer.Exit(1)


@app.command()
def sheet(
    out: Annotated[Path, typer.Option(help="PNG to write.")] = Path("expressions.png"),
) -> None:
    """Draw the contact sheet of the embedded data: people by expressions."""
    from bench.synthesis.sheet import contact_sheet

    contact_sheet(out)
    say(f"drew {out}")


def folds(  # noqa: PLR0913  (one parameter an option, as typer reads them)
    dataset: DatasetName,
    root: Root = None,
    protocol: Annotated[str | None, typer.Option(help="See `bench list protocols`.")] = None,
    split: Annotated[Path | None, typer.Option(help="A split file of your own.")] = None,
    freeze: Annotated[Path | None, typer.Option(help="Write the folds to this file.")] = None,
    results: Results = Path("results"),
    registry: Registries = None,
    format: Format = "text",
) -> None:
    """Show the folds of a protocol: sizes, class balance, hash."""
    from bench.audit import audit
    from bench.preparation import find_root, open_dataset, split_dataset
    from bench.protocols import describe
    from bench.protocols import freeze as write
    from bench.registry import load
    from bench.schema import plain

    entry = load(registry or ()).dataset(dataset)
    with progress() as watch:
        folder = find_root(entry, root, watch)
    data = open_dataset(entry, folder)
    made = split_dataset(entry, data, results, name=protocol, file=split, keep=False)
    warnings = audit(made, data)
    if freeze:
        write(made, freeze)
    rows = describe(made, data)
    if format == "json":
        show_json({"protocol": made.name, "hash": made.hash, "folds": plain(rows)})
        return
    show(
        ["fold", "train", "test", "subjects", *data.classes],
        [
            [row.index, row.train.videos, row.test.videos, row.test.subjects, *counts]
            for row in rows
            if (counts := row.test.classes.values())
        ],
        f"{made.name} of {entry.title}: test videos of each class",
    )
    say(f"hash {made.hash[:12]}, made by {made.source}")
    for warning in warnings:
        say(f"note: {warning}")


@weights.command()
def make() -> None:
    """Train the synthetic ResNet-18 trunk on drawn stills and keep it in the cache."""
    from bench.cache import cache_folder
    from bench.weights import make_synthetic_trunk

    with progress() as watch:
        made = make_synthetic_trunk(cache_folder(), watch=watch)
    say(f"{made.path}, sha256 {made.sha256}")
