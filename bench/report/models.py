"""What a model is: its entry, and what papers report of it."""

from collections.abc import Mapping

from bench.records import ModelEntry, Sampling
from bench.report.gather import Material
from bench.tables import Column, Section
from bench.tables.section import words

FACTS = (Column("", words("what"), "left"), Column("Value", words("value"), "left"))
"""Columns of a section that lists facts."""


def facts(entry: ModelEntry, material: Material) -> Section:
    """The entry: what the model is, where it comes from, what it is fed and how it is trained."""
    registered = entry.name in material.registry.models or "@" in entry.name
    # a record holds the input of its preset, which may be smaller than the entry's
    entry = material.registry.models.get(entry.name, entry)
    pretraining = entry.pretraining
    told = {
        "Name": entry.name,
        "Kind": entry.kind,
        "Source": entry.source,
        "Differs": entry.note,
        "Built by": entry.factory,
        "Arguments": ", ".join(f"{name} = {value}" for name, value in sorted(entry.args.items())),
        "Input": _input(entry),
        "Recipe": entry.recipe,
        "Weights accepted": ", ".join(pretraining.origins) if pretraining else "",
        "Published weights": pretraining.url if pretraining else "",
        "Needs": f"video-fer-bench[{entry.needs}]" if entry.needs else "",
        "Registry": "" if registered else "not in the registry: shown as its records describe it",
    }
    return listed("What it is", told)


def listed(title: str, told: Mapping[str, object]) -> Section:
    """Facts as a section of two columns; empty ones are left out."""
    rows = tuple({"what": what, "value": str(value)} for what, value in told.items() if value)
    return Section(title, {}, FACTS, rows, ())


def quoted(entry: ModelEntry, material: Material) -> list[Section]:
    """What papers report of this model, every verified number with its place; or nothing."""
    names = {*entry.reported, *(name for some in entry.reported_with.values() for name in some)}
    rows = [
        row for row in material.quotes if row["system"] in names and row["status"] == "verified"
    ]
    columns = {
        "system": "System",
        "dataset": "Dataset",
        "protocol": "Protocol",
        "setting": "Setting",
        "metric": "Metric",
        "value": "Value %",
        "table": "Place",
        "source": "Source",
    }
    section = Section(
        "Reported by papers (REPORTED ONLY)",
        {"data": "reported"},
        tuple(
            Column(title, words(key), "right" if key == "value" else "left")
            for key, title in columns.items()
        ),
        tuple({**row, "setting": _setting(row)} for row in rows),
        ("Quoted as printed; other protocols and other data than measured here.",),
    )
    return [section] if rows else []


def _setting(quote: Mapping[str, str]) -> str:
    """In what the rows of one table of a paper differ, besides the system."""
    frames = quote["frames_per_clip"]
    said = (quote["feature_setting"], quote["ablation"], frames and f"{frames} frames a clip")
    return ", ".join(filter(None, said))


def _input(entry: ModelEntry) -> str:
    spec = entry.input

    def frames(of: Sampling) -> str:
        return f"{of.rule}, {of.length or 'all'} frames" + (
            f" in {of.clips} clips" if of.clips > 1 else ""
        )

    test = "" if spec.train == spec.test else f"; tested with {frames(spec.test)}"
    return f"{frames(spec.train)}, {spec.size}×{spec.size} pixels{test}"
