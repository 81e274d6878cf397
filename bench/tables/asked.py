"""One question to `bench table`, from its options or from a marker, and its answer."""

import shlex
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

from bench.errors import BenchError, unknown
from bench.index import Folds
from bench.tables.cost.sections import costs
from bench.tables.measured import comparison
from bench.tables.metrics import Metric, chosen, metrics
from bench.tables.ordering import ordered
from bench.tables.query import Query, is_asked
from bench.tables.reported import load_reported
from bench.tables.section import Section
from bench.tables.stored import Stored
from bench.tables.systems import Group, grouped
from bench.tables.views import VIEWS, Choice, pivot


@dataclass(frozen=True, slots=True)
class Asked:
    """What a table shall show; lists are names with commas between, "" is everything."""

    dataset: str = ""
    model: str = ""
    reported: str = "paper"
    cost: bool = False
    against: str = ""
    """With cost: folder of results of a base version."""
    machine: str = ""
    """With cost: whose times; `counted` alone is the counts without a time."""
    paper: str = ""
    metric: str = ""
    sort: str = ""
    rows: str = ""
    columns: str = ""
    view: str = ""
    by: str = ""
    marks: bool = False
    selection: bool = False
    """What choosing the epoch on the test videos adds, where answers of every epoch were kept."""

    @property
    def name(self) -> str:
        """The name of its table in a document."""
        if self.paper:
            return f"paper-{self.paper}"
        if self.selection:
            return "selection"
        return "cost" if self.cost else "comparison"

    def refuse_others(self, table: str, allowed: Iterable[str]) -> None:
        """One question at a time: an option that would change nothing is a mistake.

        Raises:
            BenchError: an option is set that the table does not look at.
        """
        for it in fields(self):
            if it.name not in allowed and getattr(self, it.name) != it.default:
                raise BenchError(f"{table} prints a table of its own; leave --{it.name} out.")


def from_marker(name: str, words: str) -> Asked:
    """The question of a marker: `mmi --dataset mmi --metric uar`, or a known name alone.

    Args:
        name: of the table; comparison, cost, paper-2 to paper-9 and paper-all say what they show.
        words: the options behind it, as on the command line.

    Raises:
        BenchError: an option is unknown or lacks its value, or the name says nothing.
    """
    asked = Asked()
    if name.startswith("paper-"):
        asked = replace(asked, paper=name.removeprefix("paper-"))
    elif name == "cost":
        asked = replace(asked, cost=True)
    elif name == "selection":
        asked = replace(asked, selection=True)
    elif name != "comparison" and not words.strip():
        raise BenchError(
            f"marker table:{name} says nothing of what to show; expected comparison, cost, "
            f"selection, paper-2 to paper-9, or options behind the name, as in "
            f"`table:{name} --dataset mmi`."
        )
    return replace(asked, **_options(f"table:{name}", words))


def _options(marker: str, words: str) -> dict[str, str | bool]:
    known = {f"--{field.name}": field for field in fields(Asked)}
    try:
        parts = shlex.split(words)
    except ValueError as error:
        raise BenchError(f"marker {marker} cannot be read: {error}. Close its quotes.") from error
    found: dict[str, str | bool] = {}
    while parts:
        option, equals, value = parts.pop(0).partition("=")
        if option not in known:
            raise unknown(f"option of marker {marker}", option, known)
        if isinstance(known[option].default, bool):
            found[known[option].name] = True
        elif equals or parts:
            found[known[option].name] = value if equals else parts.pop(0)
        else:
            raise BenchError(f"option {option} of marker {marker} has no value. Add it.")
    return found


def answer(asked: Asked, stored: Stored) -> list[Section]:
    """The sections that answer a question.

    Args:
        asked: what to show.
        stored: where from.

    Raises:
        BenchError: something that was named is not there, or options do not go together.
    """
    if asked.paper:
        asked.refuse_others(f"--paper {asked.paper}", ("paper",))
        from bench.tables import Known, numbers_of, paper_tables

        known = Known(stored.registry.models, stored.registry.datasets)
        numbers = numbers_of(asked.paper)
        return paper_tables(numbers, load_reported(), stored.results, stored.costs, known)
    if asked.cost:
        asked.refuse_others("--cost", ("cost", "model", "against", "machine"))
        base = Stored(Path(asked.against), tell=stored.tell).costs if asked.against else None
        return costs(stored.costs, listed(asked.model), listed(asked.machine), base)
    if asked.selection:
        asked.refuse_others("--selection", ("selection", "dataset", "model", "metric"))
        from bench.tables.selection import audit

        query = Query(tuple(listed(asked.dataset)), tuple(listed(asked.model)))
        metric = asked.metric or "uar"
        return audit(stored.folder, stored.tell, query, metric, stored.registry.datasets)
    return _compared(asked, stored)


def _compared(asked: Asked, stored: Stored) -> list[Section]:
    if asked.against:
        raise BenchError("--against compares times; pass it with --cost.")
    if asked.machine:
        raise BenchError("--machine chooses times; pass it with --cost.")
    _check(asked)
    results = stored.results
    query = Query(tuple(listed(asked.dataset)), tuple(listed(asked.model)), asked.reported)
    registry = stored.registry
    sections = comparison(
        results, stored.costs, load_reported(), query, registry.datasets, registry.models
    )
    scores = metrics(listed(asked.metric))
    if scores and asked.view not in ("folds", "cross-corpus") and not asked.rows:
        sections = _with(sections, chosen(grouped(sections, results), scores))
    if asked.sort:
        sections = ordered(sections, asked.sort)
    if asked.view or asked.rows:
        sections = _viewed(asked, grouped(sections, results), scores)
    if asked.marks:
        from bench.tables.compared.marks import all_marked  # scipy, which other tables do not need

        sections = all_marked(sections, results)
    return _with_left_out(sections, query, results)


def listed(text: str) -> list[str]:
    """The names in a list that commas separate."""
    return [name for part in text.split(",") if (name := part.strip())]


def _check(asked: Asked) -> None:
    """Before anything is read: options that do not go together."""
    if asked.view and asked.view not in VIEWS:
        raise unknown("view", asked.view, VIEWS)
    pivoted = bool(asked.rows or asked.columns)
    if pivoted and not (asked.rows and asked.columns):
        raise BenchError(
            "--rows and --columns go together; name both, as in --rows model --columns dataset."
        )
    for option, others in {
        "--view": {"--rows and --columns": pivoted},
        "--by": {"another --view than subgroups": asked.view != "subgroups"},
        "--metric": {f"--view {asked.view}": asked.view in ("per-class", "subgroups")},
        "--marks": {"--view": bool(asked.view), "--rows and --columns": pivoted},
    }.items():
        for other, there in others.items():
            if there and getattr(asked, option.removeprefix("--")):
                raise BenchError(f"{option} says nothing beside {other}; leave one of them out.")


def _with(sections: Sequence[Section], groups: Sequence[Group]) -> list[Section]:
    """The same sections, measured ones replaced."""
    changed = {group.section.title: group.section for group in groups}
    return [changed.get(section.title, section) for section in sections]


def _viewed(asked: Asked, groups: Sequence[Group], scores: Sequence[Metric]) -> list[Section]:
    if not groups:
        raise BenchError(
            "there is no stored result to look at. Run one with `bench run`, or name another "
            "folder with --results."
        )
    if asked.view:
        return VIEWS[asked.view](groups, Choice(tuple(scores), asked.by))
    return pivot(groups, listed(asked.rows), listed(asked.columns), scores)


def _with_left_out(sections: Sequence[Section], query: Query, folds: Folds) -> list[Section]:
    """The last measured section says what the names of the query left out."""
    out = [kind for kind in folds.requests.counted() if not is_asked(query, kind[0])]
    places = [n for n, s in enumerate(sections) if s.key.get("data") in ("real", "synthetic")]
    if not out or not places:
        return list(sections)
    counts: Counter[str] = Counter()
    models: Mapping[str, set[str]] = defaultdict(set)
    for request, count in out:
        counts[request.dataset] += count
        models[request.dataset].add(request.model.name)
    parts = [
        f"{counts[name]:,} of {name} ({', '.join(sorted(models[name]))})" for name in sorted(counts)
    ]
    note = f"Left out by the query: {counts.total():,} of {len(folds):,} folds: {'; '.join(parts)}."
    last = sections[places[-1]]
    found = list(sections)
    found[places[-1]] = replace(last, notes=(*last.notes, note))
    return found
