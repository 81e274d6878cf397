"""Stored folds and costs to sections: one for everything that may stand in one column."""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache, partial
from typing import Any, NamedTuple

from bench.index import Folds, Result, folds_of
from bench.records import CostRecord, DatasetEntry, FoldRecord, FoldRequest
from bench.tables import accounts, notes, reported, scores
from bench.tables.cost import beside
from bench.tables.key import Key, apart, order_of, tell_apart, title_of
from bench.tables.not_run import not_run
from bench.tables.query import Query, select
from bench.tables.reported import Quote, Quotes
from bench.tables.section import Column, Section, percent, share, spread, words
from bench.tables.systems import by_key, by_system, newest
from bench.tables.tested import tested


class _Known(NamedTuple):
    """What stands beside results, and tells what they are."""

    costs: Sequence[CostRecord]
    quotes: Quotes
    entry: DatasetEntry | None
    models: Collection[str] | None


def comparison(
    folds: Sequence[Result | FoldRecord],
    costs: Sequence[CostRecord],
    quotes: Quotes,
    query: Query | None = None,
    entries: Mapping[str, DatasetEntry] | None = None,
    models: Collection[str] | None = None,
) -> list[Section]:
    """All sections: measured ones, and reported ones that nobody has run.

    Rows are systems, best pooled UAR first, incomplete ones last. Where a fold was stored twice,
    the newest counts and the notes say how many were left out.

    Args:
        folds: done folds, in any order: as the index gives them, or whole records.
        costs: costs, in any order; one is shown beside the score of the same network and classes,
            and beside the complexity that the paper reports.
        quotes: as `load_reported` gives them.
        query: what to show; None shows all, with the reported tables of the paper.
        entries: datasets of the registry by name, for titles and the names that papers use.
        models: names of the registry's models; a note names systems that are none of them. None
            asks nothing.

    Raises:
        BenchError: the query names something that is not there.
    """
    query, known = query or Query(), entries or {}
    done = folds_of(folds)
    run = {name for request in done.requests.each() for name in _papers_name(request, known)}
    groups = by_key(select(query, done, costs, known))
    measured = [
        _section(key, groups[key], _Known(costs, quotes, known.get(key.dataset), models))
        for key in sorted(groups, key=order_of)
    ]
    return [*apart(measured), *not_run(quotes, run, query, known, costs)]


def _papers_name(request: FoldRequest, known: Mapping[str, DatasetEntry]) -> tuple[str, ...]:
    """Names of a really run dataset in papers.

    There are none where papers report something else: for synthetic data, for training on another
    dataset, for a part of the classes.
    """
    entry = known.get(request.dataset)
    other = request.synthetic or request.train_on or request.harmonised
    return entry.reported if entry and not other else ()


def _section(key: Key, folds: Folds, known: _Known) -> Section:
    costs, quotes, entry, models = known
    kept = newest(folds)
    systems = [*by_system(kept).values()]
    quote = cache(partial(reported.quote, quotes))
    places = beside.places(costs, [mine.request for mine in systems])
    rows: list[dict[str, Any]] = []
    for mine, scored in zip(systems, scores.rows(systems), strict=True):
        request = mine.request
        quoted = _quotes(quote, request, entry)
        rows.append({**_who(request), **scored, **beside.row(costs, request, places), **quoted})
    rows.sort(key=_rank)
    tell_apart(rows)
    return Section(
        title=title_of(key, entry.title if entry else key.dataset),
        key=key._asdict(),
        columns=(*_columns(rows), *beside.columns(rows, places)),
        rows=tuple(rows),
        notes=(
            *notes.about_scores(kept, rows, tested(kept)),
            *accounts.about_videos(kept, systems, rows),
            *accounts.about_findings(kept, systems, rows),
            *notes.about_gaps(systems, rows, len(folds) - len(kept)),
            *notes.about_systems(systems, rows),
            *notes.about_registry(systems, models),
            *beside.notes(rows, places),
            *_sources(rows),
        ),
        optimistic=key.selection == "test",
    )


def _rank(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """Complete rows first, then by pooled UAR."""
    return row["folds"] < row["folds_of"], -row["uar"], row["system"], row["identity"]


def _who(request: FoldRequest) -> dict[str, Any]:
    return {
        "system": request.model.title,
        "model": request.model.name,
        "identity": request.identity,
        "weights": request.weights.origin,
        "recipe": request.recipe.name,
    }


def _quotes(
    quote: Callable[..., Quote | None], request: FoldRequest, entry: DatasetEntry | None
) -> dict[str, Any]:
    """What papers report of this system on real data, always in columns of its own."""
    names = _papers_name(request, {request.dataset: entry} if entry else {})
    objective, own = request.objective.name, request.recipe.objective
    model = request.model
    # the recipe may be another model's, so that its own objective is not this one's
    systems = model.reported_with.get(objective) or (model.reported if objective == own else ())
    cells: dict[str, Any] = {}
    for metric in ("uar", "war"):
        found = quote(systems, names, metric)
        cells[f"reported_{metric}"] = found.value if found else None
        cells[f"reported_{metric}_source"] = found.source if found else None
        cells[f"reported_{metric}_others"] = found.others if found else None
    return cells


def _columns(rows: Sequence[Mapping[str, Any]]) -> list[Column]:
    def any_(name: str) -> bool:
        return any(row[name] for row in rows)

    optional = [
        ("uar_seen", Column("UAR %\nseen", percent("uar_seen"), accuracy=True)),
        ("war_seen", Column("WAR %\nseen", percent("war_seen"), accuracy=True)),
        ("reported_uar", Column("UAR %\nreported", percent("reported_uar"))),
        ("reported_war", Column("WAR %\nreported", percent("reported_war"))),
    ]
    counts = [
        ("fallback", Column("Fallback", words("fallback"))),
        ("unreadable", Column("Unreadable", words("unreadable"))),
    ]
    fold_uar = spread("uar_fold_mean", "uar_fold_sd")
    return [
        Column("System", words("system"), "left"),
        Column("UAR %", percent("uar"), accuracy=True),
        Column("WAR %", percent("war"), accuracy=True),
        Column("F1 %", percent("macro_f1"), accuracy=True),
        *(column for name, column in optional if any_(name)),
        Column("UAR %\nover folds", fold_uar, accuracy=True),
        Column("Folds", share("folds", "folds_of", mark="*")),
        Column("Seeds", words("seeds")),
        Column("Videos", share("seen", "videos")),
        *(column for name, column in counts if any_(name)),
        Column("Weights", words("weights"), "left"),
        Column("Recipe", words("recipe"), "left"),
    ]


def _sources(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Where each reported number stands."""
    return [
        f"Reported {metric.upper()} of {row['system']}: {row[f'reported_{metric}_source']}"
        + _others(row[f"reported_{metric}_others"])
        for row in rows
        for metric in ("uar", "war")
        if row[f"reported_{metric}"] is not None
    ]


def _others(count: int) -> str:
    return f"; {count} other values are quoted elsewhere." if count else "."
