"""The page of one model: entry, results, confusions, curves, folds, cost, and its card."""

from bench.report import links, models, plots, results
from bench.report.card import model_card
from bench.report.commands import commands
from bench.report.downloads import Files, addresses
from bench.report.gather import Material
from bench.report.pages import Commands, Matrix, Page, Part
from bench.report.results import Result
from bench.report.view import Link, Table, table
from bench.tables import Section
from bench.tables.section import Row


def model_page(material: Material, name: str, files: Files) -> Page:
    """Everything that is stored of one model.

    Args:
        material: of the results folder.
        name: of a model with a result or a cost.
        files: takes the card and the confusions.
    """
    entry, stem = material.models[name], links.stem(name)
    found = results.of_model(material, name)
    files.texts[f"models/{stem}.md"] = model_card(material, name)
    curves = plots.curves([(_brief(result), result.folds) for result in found], entry.title)
    parts: list[Part] = [
        table(models.facts(entry, material), "entry"),
        *_tables("measured", material.measured(name) if found else [], _to_confusion),
        *_tables("reported", models.quoted(entry, material)),
        *(_matrix(result, f"confusion-{stem}", files) for result in found),
        *([curves] if curves else []),
        *_tables("folds", results.runs(found), _to_confusion),
        *_tables("cost", material.costs(name)),
        Commands("reproduce", "Make it again", commands(found, entry)),
    ]
    lead = (f"{entry.kind} · {entry.name}",)
    downloads = addresses([("model card (markdown)", f"{stem}.md")])
    return Page(f"models/{stem}.html", entry.title, lead, tuple(parts), downloads)


def _tables(page: str, sections: list[Section], link: Link | None = None) -> list[Table]:
    return [table(section, anchor, link) for section, anchor in links.named(sections, page)]


def _matrix(result: Result, stem: str, files: Files) -> Matrix:
    identity = result.request.identity
    confusion = result.confusion
    return Matrix(
        anchor=links.anchor(identity),
        title=f"Confusion · {result.title} [{identity[:12]}]",
        synthetic=result.synthetic,
        confusion=confusion,
        downloads=files.confusion(f"{stem}-{links.slug(identity)}", confusion, up="../"),
    )


def _to_confusion(row: Row) -> str:
    return f"#{links.anchor(str(row['identity']))}"


def _brief(result: Result) -> str:
    """A result in a legend."""
    r = result.request
    return f"{result.dataset}, {r.protocol}, {r.preset.name} [{r.identity[:8]}]"
