"""`bench report`: stored records to a static site, or to the card of one model."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bench.cli.options import Registries, Results
from bench.cli.screen import left_out, say
from bench.errors import BenchError

if TYPE_CHECKING:
    from bench.report import Material


def report(
    out: Annotated[
        Path | None,
        typer.Option(help="Folder of the site; with --model the file of the card."),
    ] = None,
    model: Annotated[
        str, typer.Option(help="Write the card of this model, in markdown, and no site.")
    ] = "",
    results: Results = Path("results"),
    registry: Registries = None,
) -> None:
    """Write a site of all results that needs no server, or the card of one model."""
    from bench.report import gather

    if out is None and not model:
        raise BenchError(
            "bench report has nothing to write; pass --out DIR for a site, or --model NAME for a "
            "card."
        )
    material = gather(results, registry or ())
    left_out(material.damaged)
    if model:
        _card(material, model, out)
    elif out is not None:
        _site(material, out)


def _card(material: "Material", model: str, out: Path | None) -> None:
    from bench.report import model_card
    from bench.store import write_atomically

    text = model_card(material, model)
    if out is None:
        say(text.rstrip("\n"))
        return
    write_atomically(out, text)
    say(f"wrote the card of {model} to {out}")


def _site(material: "Material", out: Path) -> None:
    from bench.report import build, write

    files = build(material)
    write(files, out)
    pages = sum(path.endswith(".html") for path in files)
    size = sum(map(len, files.values())) / 1e6
    say(f"wrote {pages} pages, {size:.1f} MB: open {out / 'index.html'} in a browser")
