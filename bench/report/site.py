"""The pages of a report: which tables and plots stand where, and what each row leads to."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from urllib.parse import quote

from bench.report import card, models, plots, sources
from bench.report.gather import TESTED, Material
from bench.report.models import Confusion, Result
from bench.report.plots import Plot
from bench.report.view import Link, Table, slug, split_badges, table
from bench.tables import Column, Section, render
from bench.tables.section import Row, words

ENDINGS = {"csv": "csv", "json": "json", "latex": "tex", "markdown": "md"}
"""Format of a download -> how its file ends."""


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

_LISTED = 25
"""So many parts a page lists at its top; of more, the headings tell."""

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


@dataclass(frozen=True, slots=True)
class Matrix:
    """A confusion, as one part of a page."""

    anchor: str
    title: str
    synthetic: bool
    confusion: Confusion
    kind: str = field(default="matrix", init=False)


@dataclass(frozen=True, slots=True)
class Commands:
    """Lines for a shell."""

    anchor: str
    title: str
    lines: tuple[str, ...]
    kind: str = field(default="commands", init=False)


Part = Table | Plot | Matrix | Commands


@dataclass(frozen=True, slots=True)
class Page:
    """One page before it is HTML."""

    path: str
    """Relative to the folder of the report."""
    title: str
    lead: tuple[str, ...]
    """Sentences under the title."""
    parts: tuple[Part, ...]
    downloads: tuple[tuple[str, str], ...] = ()
    """Label and file, of the page as a whole."""
    filters: bool = False
    """Whether rows can be filtered."""

    @property
    def up(self) -> str:
        """What leads from the page to the folder of the report."""
        return "../" * self.path.count("/")

    @property
    def contents(self) -> list[Table | Matrix | Commands]:
        """What a long page says it holds; nothing for a short one, or one that is too long."""
        found = [part for part in self.parts if not isinstance(part, Plot)]
        return found if 2 < len(found) <= _LISTED else []

    def facets(self, name: str) -> list[str]:
        """What the tables of the page can be filtered by."""
        tables = [part for part in self.parts if isinstance(part, Table)]
        return sorted({part.facets[name] for part in tables} - {""})

    @property
    def plots(self) -> list[Plot]:
        """Every plot of the page, also those in groups."""
        return [part for part in self.parts if isinstance(part, Plot)]


@dataclass
class Site:
    """Pages, and the files that lie beside them."""

    material: Material
    files: dict[str, str] = field(default_factory=dict[str, str])
    """Path of a download -> its text."""

    def pages(self) -> list[Page]:
        """All pages, in the order of the navigation; those of models last."""
        shared = [
            self._leaderboard(),
            self._page("reported", self.material.reported()),
            self._page("classes", self.material.classes(), link=self._to_result),
            self._page("models", [self._listed_models()], link=self._to_model),
            self._page("cost", self.material.costs(), link=self._to_model),
            self._page("data", sources.datasets(self.material)),
            self._page("significance", self.material.significance()),
            self._page("provenance", sources.provenance(self.material)),
        ]
        return [*shared, *(self._model(name) for name in self.material.models)]

    # ---------------------------------------------------------------- shared pages

    def _leaderboard(self) -> Page:
        sections = self.material.measured()
        parts: list[Part] = []
        for section, stem in _named(sections, "leaderboard"):
            parts.append(self._table(section, stem, self._to_result))
            plot = plots.scatter(section, f"{stem}-scatter")
            parts += [plot] if plot else []
        return Page("index.html", "Leaderboard", LEADS["index"], tuple(parts), filters=True)

    def _page(self, name: str, sections: Sequence[Section], link: Link | None = None) -> Page:
        parts = tuple(self._table(s, stem, link) for s, stem in _named(sections, name))
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

    # ---------------------------------------------------------------- the page of a model

    def _model(self, name: str) -> Page:
        material, entry = self.material, self.material.models[name]
        stem, found = _stem(name), models.results(material, name)
        self.files[f"models/{stem}.md"] = card.model_card(material, name)
        groups = {
            "measured": material.measured(name) if found else [],
            "reported": models.quoted(entry, material),
            "classes": material.classes(name) if found else [],
            "folds": models.runs(found),
            "cost": material.costs(name),
        }
        told = {
            page: [table(section, anchor) for section, anchor in _named(sections, page)]
            for page, sections in groups.items()
        }
        curves = plots.curves([(_brief(r), r.folds) for r in found], entry.title)
        parts: list[Part] = [table(models.facts(entry, material), "entry")]
        parts += [*told["measured"], *told["reported"], *told["classes"]]
        parts += [
            Matrix(r.anchor, f"Confusion · {_short(r)}", r.synthetic, r.confusion) for r in found
        ]
        parts += [curves] if curves else []
        parts += [*told["folds"], *told["cost"]]
        parts.append(Commands("reproduce", "Make it again", models.commands(found, entry)))
        lead = (f"{entry.kind} · {entry.name}",)
        downloads = _quoted([("model card (markdown)", f"{stem}.md")])
        return Page(f"models/{stem}.html", entry.title, lead, tuple(parts), downloads)

    # ---------------------------------------------------------------- tables and their files

    def _table(self, section: Section, stem: str, link: Link | None) -> Table:
        downloads = self._write(f"tables/{stem}", [section], ENDINGS)
        return replace(table(section, stem, link), downloads=downloads)

    def _write(
        self, stem: str, sections: Sequence[Section], formats: Iterable[str]
    ) -> tuple[tuple[str, str], ...]:
        if not any(section.rows for section in sections):
            return ()
        names = {f: f"{stem}.{ENDINGS[f]}" for f in formats}
        self.files |= {path: render(sections, format) for format, path in names.items()}
        return _quoted(names.items())

    def _to_model(self, row: Row) -> str:
        """The page of a row's model; "" where it has none."""
        name = str(row.get("model", ""))
        return f"models/{quote(_stem(name))}.html" if name in self.material.models else ""

    def _to_result(self, row: Row) -> str:
        """The place of a row's result on the page of its model."""
        page = self._to_model(row)
        return f"{page}#{models.anchor(str(row['identity']))}" if page else ""


def _short(result: Result) -> str:
    return f"{result.title} [{result.request.identity[:12]}]"


def _brief(result: Result) -> str:
    """A result in a legend."""
    r = result.request
    return f"{r.dataset}, {r.preset.name} [{r.identity[:8]}]"


def _quoted(files: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Names of files as addresses: a model may be called `net@clips=3`."""
    return tuple((label, quote(path)) for label, path in files)


def _stem(model: str) -> str:
    """File name of a model's page; what cannot be one on every disk gets a hash."""
    if re.fullmatch(r"[a-z0-9_][a-z0-9_.@=+-]{0,80}", model):
        return model
    return f"{slug(model)}-{sha256(model.encode()).hexdigest()[:8]}"


def _named(sections: Sequence[Section], page: str) -> Iterator[tuple[Section, str]]:
    """Sections with a name that is theirs alone on the page."""
    used: dict[str, int] = {}
    for section in sections:
        plain, _ = split_badges(section.title)
        name = f"{page}-{slug(plain)}"
        used[name] = used.get(name, 0) + 1
        yield section, name if used[name] == 1 else f"{name}-{used[name]}"
