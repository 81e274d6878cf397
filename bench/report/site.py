"""The pages of a report: which tables and plots stand where, and what each row leads to."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from bench.report import links, plots
from bench.report.datasets import datasets
from bench.report.downloads import Files
from bench.report.gather import TESTED, Material
from bench.report.model_page import model_page
from bench.report.pages import Page, Part
from bench.report.provenance import provenance
from bench.report.view import Link, Table, table
from bench.tables import Column, Section
from bench.tables.section import Row, words

TITLES = {
    "index": "Leaderboard",
    "reported": "Reported and measured",
    "classes": "Per class",
    "models": "Models",
    "cost": "Cost",
    "data": "Datasets and protocols",
    "significance": "Significance",
    "provenance": "Provenance",
}
"""Page -> its title, in the order of the navigation."""

LEADS = {
    "index": (
        "One table for everything that may stand in one column: the same dataset, protocol, "
        "preset, recipes and rule for choosing the epoch. Rows of two tables do not compare.",
    ),
    "reported": (
        "The tables of the CEFLNet paper: what it reports, and what was measured here. The two "
        "never share a column.",
    ),
    "classes": ("How many videos of each class every system finds.",),
    "models": ("Every model with a stored result or a stored cost.",),
    "cost": (
        "Exact counts, and times of each machine and setting. Times of two machines or settings do "
        "not compare.",
    ),
    "data": ("What was tested on, how it was divided, and what the audit of the folds found.",),
    "significance": (
        "Which differences the stored answers support, as `bench compare --all` says it; of a "
        f"table of more than {TESTED} systems for the first {TESTED}.",
    ),
    "provenance": ("Where every number comes from.",),
}

_MODELS = Section(
    "Models",
    {},
    (
        Column("Model", words("system"), "left"),
        Column("Name", words("model"), "left"),
        Column("Kind", words("kind"), "left"),
        Column("Results", words("results")),
        Column("Folds", words("folds")),
        Column("Timed", words("timed"), "left"),
        Column("Source", words("source"), "left"),
    ),
    (),
    (),
)


@dataclass
class Site:
    """Pages, and the files that lie beside them."""

    material: Material
    files: Files = field(default_factory=Files)

    def pages(self) -> list[Page]:
        """All pages, in the order of the navigation; those of models last."""
        material = self.material
        shared = [
            self._leaderboard(),
            self._page("reported", material.reported()),
            self._page("classes", material.classes(), link=self._to_result),
            self._page("models", [self._listed_models()], link=self._to_model),
            self._page("cost", material.costs(), link=self._to_model),
            self._page("data", datasets(material)),
            self._page("significance", material.significance()),
            self._page("provenance", provenance(material), link=self._to_result),
        ]
        return [*shared, *(model_page(material, name, self.files) for name in material.models)]

    def _leaderboard(self) -> Page:
        sections = self.material.measured()
        parts: list[Part] = []
        for section, stem in links.named(sections, "leaderboard"):
            parts.append(self._table(section, stem, self._to_result))
            plot = plots.scatter(section, f"{stem}-scatter")
            parts += [plot] if plot else []
        return Page("index.html", TITLES["index"], LEADS["index"], tuple(parts), filters=True)

    def _page(self, name: str, sections: Sequence[Section], link: Link | None = None) -> Page:
        parts = tuple(self._table(s, stem, link) for s, stem in links.named(sections, name))
        return Page(f"{name}.html", TITLES[name], LEADS[name], parts)

    def _listed_models(self) -> Section:
        folds = {name: self.material.of(name) for name in self.material.models}
        timed = {record.model.name for record in self.material.counted if record.timing}
        rows = tuple(
            {
                "system": entry.title,
                "model": name,
                "kind": entry.kind,
                "results": len({(r.request.dataset, r.request.identity) for r in folds[name]}),
                "folds": len(folds[name]),
                "timed": "yes" if name in timed else "no",
                "source": entry.source,
            }
            for name, entry in self.material.models.items()
        )
        return replace(_MODELS, rows=tuple(sorted(rows, key=lambda row: row["results"] == 0)))

    def _table(self, section: Section, stem: str, link: Link | None) -> Table:
        return replace(table(section, stem, link), downloads=self.files.table(stem, section))

    def _to_model(self, row: Row) -> str:
        return links.to_model(row, self.material.models)

    def _to_result(self, row: Row) -> str:
        return links.to_result(row, self.material.models)
