"""`bench list` and `bench show`: what can be run, and what cannot, without importing any of it."""

from collections.abc import Iterator
from inspect import getdoc
from typing import Annotated

import typer

from bench.cli.options import Format, Registries
from bench.cli.screen import described, put, say, show, show_json, table_width
from bench.errors import BenchError, unknown
from bench.records import DatasetEntry
from bench.schema import plain

_COLUMNS = {
    "models": ("name", "kind", "title", "recipe", "params"),
    "datasets": ("name", "title", "protocol", "videos", "subjects"),
    "recipes": ("name", "optimizer", "lr", "batch_size", "epochs", "source"),
    "presets": ("name", "title"),
    "objectives": ("name", "source"),
    "transforms": ("name", "about"),
    "unbuilt": ("name", "title", "reason"),
    "protocols": ("name", "title"),
}


def list_entries(
    section: Annotated[str, typer.Argument(help=f"{', '.join(_COLUMNS)}.")] = "models",
    registry: Registries = None,
    format: Format = "text",
) -> None:
    """List what the registry holds."""
    rows = _rows(section, registry)
    if format == "json":
        show_json(rows)
        return
    columns = _COLUMNS[section]
    show(columns, [[row.get(column) for column in columns] for row in rows], section)


def show_entry(
    name: Annotated[
        str, typer.Argument(help="Name of a model, dataset, recipe or preset.", show_default=False)
    ] = "",
    paper: Annotated[
        bool, typer.Option("--paper", help="Who answers each row of the CEFLNet paper's tables.")
    ] = False,
    registry: Registries = None,
    format: Annotated[
        str, typer.Option("--format", help="text or json; with --paper also markdown, csv, latex.")
    ] = "text",
) -> None:
    """Show an entry, defaults included; of a dataset also the tree that is read."""
    if paper == bool(name):
        raise BenchError(
            f"show was given {f'{name!r} and --paper' if name else 'nothing to show'}; expected "
            f"one of the two: `bench show NAME`, with a name that `bench list` prints, or "
            f"`bench show --paper`."
        )
    if paper:
        _show_ledger(registry, format)
    else:
        _show_entry(name, registry, format)


def _show_entry(name: str, registry: Registries, format: str) -> None:
    from bench.registry import SECTIONS, load

    if format not in ("text", "json"):
        raise unknown("format", format, ("text", "json"))
    loaded = load(registry or ())
    found = {s: getattr(loaded, s)[name] for s in SECTIONS if name in getattr(loaded, s)}
    base, at, _ = name.partition("@")
    if not found and at and base in loaded.models:
        found = {"models": loaded.find("models", name)}
    if not found:
        error = unknown("entry", name, {n for s in SECTIONS for n in getattr(loaded, s)})
        raise BenchError(f"{error} See `bench list` with {', '.join(SECTIONS)}.")
    if format == "json":
        show_json({section: plain(entry) for section, entry in found.items()})
        return
    for section, entry in found.items():
        file = loaded.files.get((section, name)) or loaded.files[section, base]
        say(f"{section.removesuffix('s')} {name}  ({file.name})")
        for line in described(plain(entry), 1):
            say(line)
        for line in _about_dataset(entry) if isinstance(entry, DatasetEntry) else ():
            say(line)


def _show_ledger(registry: Registries, format: str) -> None:
    from bench.registry import load
    from bench.tables import ledger, load_reported, render

    loaded = load(registry or ())
    section = ledger(load_reported(), loaded.models, loaded.unbuilt)
    put(render([section], format, table_width()).rstrip("\n"))


def _rows(section: str, registry: Registries) -> list[dict[str, object]]:
    if section == "protocols":
        from bench.protocols import NAMES

        return [{"name": name, "title": title} for name, title in NAMES.items()]
    if section == "transforms":
        from bench.frames.transforms import TRANSFORMS

        return [{"name": f"MODEL@{name}", "about": t.about} for name, t in TRANSFORMS.items()]
    from bench.registry import SECTIONS, load

    if section not in SECTIONS:
        raise unknown("section", section, _COLUMNS)
    rows = [plain(entry) for entry in getattr(load(registry or ()), section).values()]
    for row in rows:
        if row.get("complexity"):
            row["params"] = row["complexity"]["params"]
        row |= {name: (row.get("published") or {}).get(name) for name in ("videos", "subjects")}
    return rows


def _about_dataset(entry: DatasetEntry) -> Iterator[str]:
    """What its loader says of the tree that it reads, and the protocols that ship for it."""
    from bench.protocols.blocks import names
    from bench.registry import resolve

    if own := names(entry.name):
        yield f"  protocols that ship as files: {', '.join(own)}"
    loader = resolve(entry.loader, f"dataset {entry.name!r}")
    yield ""
    yield from (getdoc(loader) or "").partition("\n\nRaises:")[0].splitlines()
