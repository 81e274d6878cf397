"""The model card: all that is stored of one model, as markdown."""

import re
from collections.abc import Sequence

from bench.report import models, results
from bench.report.commands import commands
from bench.report.gather import Material
from bench.tables import Section, render


def model_card(material: Material, name: str) -> str:
    """One model in markdown: entry, results, what papers report, classes, cost, how to make it.

    Args:
        material: of the results folder.
        name: of a model in the results or in the registry.

    Raises:
        BenchError: there is no such model.
    """
    entry = material.entry(name)
    found = results.of_model(material, name)
    parts = [f"# {_inline(entry.title)}", _tables("Entry", [models.facts(entry, material)])]
    measured = material.measured(name) if found else []
    parts.append(_tables("Measured", measured) if measured else "## Measured\n\nNot measured yet.")
    parts.append(_tables("Reported", models.quoted(entry, material)))
    parts.append(_tables("Per class", material.classes(name) if found else []))
    parts.append(_tables("Folds", results.runs(found)))
    parts.append(_tables("Cost", material.costs(name)))
    lines = "\n".join(commands(found, entry))
    parts.append(f"## Make it again\n\n```sh\n{lines}\n```")
    return "\n\n".join(filter(None, parts)) + "\n"


def _tables(title: str, sections: Sequence[Section]) -> str:
    return f"## {title}\n\n{render(sections, 'markdown').rstrip()}" if sections else ""


def _inline(text: str) -> str:
    """Text of a heading that stays text, on one line."""
    escaped = re.sub(r"([\\`*_\[\]<>#|])", r"\\\1", " ".join(text.split()))
    return escaped.replace("\\<", "&lt;").replace("\\>", "&gt;")
