"""`bench data`: what a run stands on."""

import os
from pathlib import Path
from typing import Annotated

import typer

from bench.cli.audit import audit
from bench.cli.options import Registries, Root, Storage
from bench.cli.screen import progress, resumable, say, show
from bench.errors import BenchError, unknown
from bench.synthesis import TWINS

app = typer.Typer(help="Datasets: twins, frames, checks.", no_args_is_help=True)
app.command()(audit)

DatasetName = Annotated[str, typer.Argument(help="Name of a dataset, see `bench list datasets`.")]


@app.command()
def synth(
    like: Annotated[str, typer.Option(help=f"Dataset whose tree is written: {', '.join(TWINS)}.")],
    out: Annotated[Path, typer.Option(help="Folder to make.")],
    subjects: Annotated[
        int, typer.Option(min=1, help="People to draw; more where the dataset's folds need more.")
    ] = 20,
    seed: Annotated[int, typer.Option(help="Other people, other motion.")] = 0,
    full: Annotated[
        bool, typer.Option("--full", help="List the tree at its published count, without video.")
    ] = False,
) -> None:
    """Write a synthetic twin of a licensed dataset, in its distributor's exact layout."""
    if like not in TWINS:
        raise unknown("twin", like, TWINS)
    from bench.registry import resolve
    from bench.synthesis.twin import write

    plan = resolve(TWINS[like], f"twin {like!r}")
    with progress() as watch:
        layout = write(like, plan, out, subjects, seed, watch, full=full)
    if full:
        say(f"listed a twin of {like} at full count into {out}, without video: SYNTHETIC DATA")
        return
    people = len({shot.person for shot in layout.shots})
    say(f"wrote a twin of {like} with {people} drawn people into {out}: SYNTHETIC DATA")


@app.command()
def prepare(  # noqa: PLR0913  (one parameter an option, as typer reads them)
    dataset: DatasetName,
    root: Root = None,
    detector: Annotated[str | None, typer.Option(help="haar, yunet, retinaface or none.")] = None,
    weights: Annotated[
        Path | None,
        typer.Option(
            help="File of the detector; BENCH_YUNET or BENCH_RETINAFACE for all commands."
        ),
    ] = None,
    storage: Storage = None,
    align: Annotated[
        bool | None, typer.Option(help="Turn and scale each face by its eyes, nose and mouth.")
    ] = None,
    workers: Annotated[int, typer.Option(min=0, help="Processes; 0: one a core.")] = 0,
    estimate: Annotated[
        bool, typer.Option("--estimate", help="Only say how long it takes, with how much disk.")
    ] = False,
    registry: Registries = None,
) -> None:
    """Find and crop the faces of every video and keep the frames for all later runs."""
    from bench.cache import cache_folder
    from bench.frames.estimate import describe_estimate
    from bench.frames.estimate import estimate as estimate_frames
    from bench.frames.prepare import prepare as prepare_frames
    from bench.frames.store import store_folder
    from bench.frames.summary import describe_summary
    from bench.registry import load
    from bench.sources import find_root, open_dataset, preprocessing_of

    entry = load(registry or ()).dataset(dataset)
    asked = preprocessing_of(entry, detector, align, storage)
    if weights:
        _use_weights(weights, asked.detector)
    with resumable("what is prepared is kept"), progress() as watch:
        folder = find_root(entry, root, watch)
        data = open_dataset(entry, folder)
        store = store_folder(cache_folder(), entry.name, folder, asked)
        if estimate:
            found = estimate_frames(data, folder, asked, store, workers=workers, watch=watch)
            lines = describe_estimate(found)
        else:
            summary = prepare_frames(data, folder, asked, store, workers=workers, watch=watch)
            lines = describe_summary(summary)
    for line in lines:
        say(line)


def _use_weights(file: Path, detector: str) -> None:
    """What the variable of a detector does for every command, for this one."""
    from bench.frames.published import PUBLISHED

    if detector not in PUBLISHED:
        raise BenchError(
            f"--weights {file}: detector {detector!r} has none. Choose one that has with "
            f"--detector: {', '.join(PUBLISHED)}."
        )
    os.environ[PUBLISHED[detector].variable] = str(file)


@app.command()
def check(
    dataset: DatasetName,
    root: Root = None,
    every: Annotated[
        bool, typer.Option("--all", help="Name every problem, not the first ten of a kind.")
    ] = False,
    registry: Registries = None,
) -> None:
    """Compare a folder with what was published: counts, missing and broken files, duplicates."""
    from bench.datasets.check import check as check_tree
    from bench.datasets.check import describe
    from bench.registry import load
    from bench.sources import describe_dataset, find_root, open_dataset

    entry = load(registry or ()).dataset(dataset)
    with progress() as watch:
        folder = find_root(entry, root, watch)
        data = open_dataset(entry, folder)
        report = check_tree(data, entry, folder, watch=watch)
    say(next(describe_dataset(entry, data)))
    for line in describe(report, every=every):
        say(line)
    if not report.clean:
        raise typer.Exit(1)


@app.command("map")
def map_labels(
    dataset: DatasetName,
    to: Annotated[str, typer.Option(help="6 basic emotions, or 7 with neutral.")],
    root: Root = None,
    out: Annotated[Path | None, typer.Option(help="Write a list for the dataset csv.")] = None,
    registry: Registries = None,
) -> None:
    """Show what becomes of each label in a label set that datasets share."""
    from bench.label_map import fold_numbers, label_map, manifest, unsaid
    from bench.labels import SEVEN, SIX, harmonised
    from bench.registry import load
    from bench.sources import find_root, open_dataset
    from bench.store import write_atomically

    sets = {"6": SIX, "7": SEVEN}
    if to not in sets:
        raise unknown("label set", to, sets)
    entry = load(registry or ()).dataset(dataset)
    with progress() as watch:
        folder = find_root(entry, root, watch)
    data = open_dataset(entry, folder)
    mapped = harmonised(data, sets[to])
    rows = [[one.label, one.name or "left out", one.videos] for one in label_map(data, sets[to])]
    show(["label", "class", "videos"], rows)
    for reason, count in mapped.left_out.items():
        say(f"left out: {count} ({reason})")
    say(f"kept: {len(mapped.videos)} of {len(data.videos)} videos in {len(mapped.classes)} classes")
    if out:
        fold_of = fold_numbers(mapped, entry.protocol)
        write_atomically(out, manifest(mapped, fold_of))
        say(f"wrote {out}{f', with the folds of {entry.protocol}' if fold_of else ''}")
        say(f"save it as manifest.csv in {folder} and read it as the dataset csv")
        for sentence in unsaid(mapped):
            say(f"note: {sentence}")


@app.command()
def sheet(
    out: Annotated[Path, typer.Option(help="PNG to write.")] = Path("expressions.png"),
) -> None:
    """Draw the contact sheet of the embedded data: people by expressions."""
    from bench.synthesis.sheet import contact_sheet

    contact_sheet(out)
    say(f"drew {out}")
