"""`bench new`: the first files of a model or a dataset of one's own."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from bench.cli.options import Registries
from bench.cli.screen import console, say

app = typer.Typer(help="Start a model or a dataset of your own.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="Name of the entry, as in my-net.")]
Out = Annotated[Path | None, typer.Option(help="Folder to make; else ./NAME.")]


@app.command()
def model(
    name: Name,
    kind: Annotated[str, typer.Option(help="network or classical.")] = "network",
    out: Out = None,
    registry: Registries = None,
) -> None:
    """Write a model of one file with its registry block and its test, which pass as they are."""
    _write("models", kind, name, out or Path(name), registry)


@app.command()
def dataset(name: Name, out: Out = None, registry: Registries = None) -> None:
    """Write a dataset of one file with its registry block and its test, which pass as they are."""
    _write("datasets", "dataset", name, out or Path(name), registry)


def _write(
    section: Literal["models", "datasets"],
    kind: str,
    name: str,
    folder: Path,
    registry: Registries,
) -> None:
    from bench.registry import load
    from bench.scaffold import write

    for path in write(section, kind, name, folder, load(registry or ())):
        say(f"wrote {path}")
    say("")
    say("next:")
    for line in (folder / "README.md").read_text(encoding="utf-8").splitlines()[2:]:
        console.print(line, markup=False, soft_wrap=True)  # a command is copied as one line
