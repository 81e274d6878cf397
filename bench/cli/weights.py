"""`bench weights`: make and fetch them, see what a file holds, make an old one safe to read."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from bench.cli.options import Registries
from bench.cli.screen import errors, progress, say
from bench.errors import BenchError

app = typer.Typer(help="Pretrained weights.", no_args_is_help=True)

FOLDED = 5
"""Names of one kind that are shown, and how many more there are, unless all are asked for."""
CLASSES = 7
"""Classes of the network that a file is compared with, where neither option nor lock says so."""

WeightFile = Annotated[Path, typer.Argument(metavar="FILE", help="A file of weights.")]


@app.command()
def make() -> None:
    """Train the synthetic ResNet-18 trunk on drawn stills and keep it in the cache."""
    from bench.cache import cache_folder
    from bench.weights import make_synthetic_trunk

    with progress() as watch:
        made = make_synthetic_trunk(cache_folder(), watch=watch)
    say(f"{made.path}, sha256 {made.sha256}")


@app.command()
def fetch(
    detector: Annotated[str, typer.Argument(help="yunet or retinaface.")],
) -> None:
    """Download the weights of a face detector, once, and keep what has the known checksum."""
    from bench.frames.published import PUBLISHED
    from bench.frames.published import fetch as fetch_weights

    path = fetch_weights(detector)
    say(f"{path}, sha256 {PUBLISHED[detector].sha256}")


@app.command()
def check(
    file: WeightFile,
    model: Annotated[str, typer.Option("--model", help="Name of a model, see `bench list`.")],
    classes: Annotated[
        int | None, typer.Option(min=2, help="Classes of the network; else those of its lock.")
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help=f"Name every tensor, not the first {FOLDED} of a kind.")
    ] = False,
    registry: Registries = None,
) -> None:
    """Say what each name of a weight file is for a model; 1 where the model has more."""
    import torch

    from bench.network import build
    from bench.registry import load
    from bench.weights import match, read
    from bench.weights.matching import lacking

    entry = load(registry or ()).find("models", model)
    if entry.kind not in ("network", "cost-only"):
        raise BenchError(f"model {model!r} is {entry.kind} and has no weights. Choose a network.")
    state = read(file)
    with torch.device("meta"):
        network = build(
            entry, classes or (entry.complexity.classes if entry.complexity else CLASSES)
        )
    _, report = match(network, entry, state)
    missing = [
        name
        for name in lacking(network.state_dict(), report.matched)
        if not name.startswith(entry.unused)
    ]
    say(f"{file}: {len(state)} tensors, taken for {report.kind}")
    found = {
        "matched": report.matched,
        "missing": missing,
        "unexpected": report.unexpected,
        "skipped": report.skipped,
    }
    for what, names in found.items():
        _list(what, names, every=every)
    if missing:
        raise typer.Exit(1)


@app.command()
def convert(
    file: WeightFile,
    out: Annotated[Path, typer.Option("--out", help="The file to write, which is safe to read.")],
    trusted: Annotated[
        bool, typer.Option("--i-trust-this-file", help="Let it run what stands in it.")
    ] = False,
) -> None:
    """Unpickle an old file in a process of its own, and keep its tensors and plain values."""
    from bench.weights.conversion import check_request, warning
    from bench.weights.conversion import convert as convert_file

    check_request(file, out)
    if not trusted:
        raise BenchError(
            f"{warning(file)} It would keep tensors and plain values in {out}. Pass "
            f"--i-trust-this-file if you do."
        )
    errors.print(f"warning: {warning(file)}", markup=False)
    tensors = convert_file(file, out)
    say(f"wrote {out}: {tensors} tensors; see `bench weights check {out} --model NAME`")


def _list(what: str, names: Sequence[str], *, every: bool) -> None:
    say(f"  {what:<10} {len(names):>5}")
    shown = names if every else names[:FOLDED]
    for name in shown:
        say(f"    {name}")
    if len(shown) < len(names):
        say(f"    and {len(names) - len(shown)} more; --all names each")
