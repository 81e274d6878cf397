"""`bench why`: a number of a table explained, or two of them set side by side."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bench.cli.options import Format, Results
from bench.cli.screen import described, left_out, say, show, show_json

if TYPE_CHECKING:
    from bench.why import Cell, Change, Difference, Flips, Share

_FEW = 10
"""Rows of a list that is not asked for in full."""


def why(  # noqa: PLR0913  (one parameter an option, as typer reads them)
    cell: Annotated[
        str, typer.Argument(help="MODEL, MODEL/DATASET, or the beginning of an identity.")
    ],
    other: Annotated[str, typer.Argument(help="Another one, to set beside the first.")] = "",
    metric: Annotated[str, typer.Option(help="uar, war, f1, auc or recall:CLASS.")] = "uar",
    results: Results = Path("results"),
    dataset: Annotated[str, typer.Option(help="Of this dataset.")] = "",
    protocol: Annotated[str, typer.Option(help="Of this protocol.")] = "",
    preset: Annotated[str, typer.Option(help="Of this preset.")] = "",
    selection: Annotated[str, typer.Option(help="Of this rule: last, validation or test.")] = "",
    all: Annotated[bool, typer.Option("--all", help="Every flipped video and subject.")] = False,
    format: Format = "text",
) -> None:
    """Explain a number of a table, or what two of them do not share and which videos flipped."""
    from bench.why import explain, find

    filters = {
        "dataset": dataset,
        "protocol": protocol,
        "preset": preset,
        "selection": selection,
    }
    found = [find(results, name, filters) for name in (cell, other) if name]
    for one in found:
        left_out(one.damaged)
    if len(found) > 1:
        _compare(found[0], found[1], metric, format, whole=all)
        return
    body = explain(found[0], metric)
    if format == "json":
        show_json(body)
        return
    number = body["number"]
    system, data = body["system"], body["data"]
    say(f"{system['title']} on {data['dataset']}: {_name(metric)} {_percent(number['value'])}")
    for line in described(_shown(body)):
        say(line)


def _shown(body: dict[str, Any]) -> dict[str, Any]:
    """The same for a person: percent, and a line for each record and environment."""
    number = body["number"]
    seeds = {
        seed: ", ".join(f"{part} {_percent(value)}" for part, value in parts.items())
        for seed, parts in number["seeds"].items()
    }
    environments = {
        f"environment {n}": place for n, place in enumerate(body["environments"], start=1)
    }
    records = {
        f"seed {one['seed']} fold {one['fold']}": (
            f"{one['path']}, {one['videos']} videos"
            + (f" ({one['without scores']} without scores)" if one["without scores"] else "")
            + (f", epoch {one['epoch'] + 1} of {one['of epochs']}" if one["of epochs"] else "")
            + f", {one['created']}"
        )
        for one in body["records"]
    }
    topics = {name: _lines(body[name]) for name in ("system", "data", "protocol")}
    return {
        "number": {"is": number["made of"], **seeds},
        **topics,
        "audit": {f"finding {n}": text for n, text in enumerate(body["audit"], start=1)},
        **{name: _lines(place) for name, place in environments.items()},
        "records": records,
    }


def _lines(topic: dict[str, Any]) -> dict[str, Any]:
    """A topic with each of its parts on one line."""
    parts = {key: value for key, value in topic.items() if isinstance(value, dict)}
    return {**topic, **{key: _inline(part) for key, part in parts.items()}}


def _inline(part: object) -> str:
    if isinstance(part, dict):
        said = [
            f"{key} ({_inline(value)})" if isinstance(value, dict) else f"{key} {_inline(value)}"
            for key, value in part.items()
        ]
        return ", ".join(said)
    return " ".join(map(str, part)) if isinstance(part, list) else str(part)


def _compare(a: "Cell", b: "Cell", metric: str, format: str, *, whole: bool) -> None:
    from bench.schema import plain
    from bench.why import difference, flips, score

    scores = [score(metric, cell.records) for cell in (a, b)]
    found, flipped = difference(a.records, b.records), flips(a.records, b.records)
    if format == "json":
        points = scores[1].value - scores[0].value
        values = {"a": scores[0].value, "b": scores[1].value, "difference": points}
        show_json(
            {
                "a": a.place.identity,
                "b": b.place.identity,
                "metric": metric,
                **values,
                "comparable": not found.barred,
                "same_folds": _same_folds(a, b),
                "differs": plain(found),
                "answers": {
                    "net": flipped.net,
                    **plain(flipped),
                    "most": [s.name for s in flipped.most],
                },
            }
        )
        return
    for letter, cell, one in zip("AB", (a, b), scores, strict=True):
        title = cell.records[0].request.model.title
        say(f"{letter}  {title}  {cell.place}: {_name(metric)} {_percent(one.value)}")
    points = 100 * (scores[1].value - scores[0].value)
    say(f"B - A: {points:+.2f} points of {_name(metric)}{_worth(found, _same_folds(a, b))}")
    _tell_difference(found, whole=whole)
    _tell_flips(flipped, whole=whole)


def _same_folds(a: "Cell", b: "Cell") -> bool:
    """Whether both numbers are of the same folds under the same seeds."""
    done = [{(r.request.seed, r.request.fold.index) for r in cell.records} for cell in (a, b)]
    return done[0] == done[1]


def _worth(found: "Difference", same_folds: bool) -> str:
    """What may be concluded from the difference of two numbers."""
    if found.barred:
        return ", of numbers that do not compare."
    if same_folds:
        return "; `bench compare` says what that is worth."
    return (
        ", over other seeds or folds in A than in B, so that it is no difference of the systems; "
        "`bench compare` takes those that both have."
    )


def _tell_difference(found: "Difference", *, whole: bool) -> None:
    barred = ", ".join(name.replace("_", " ") for name in found.barred)
    never = f"They never share a column: they differ in {barred}."
    say(f"\n{never if barred else 'They may share a column.'}")
    parts = (
        ("what a column has in common", found.incomparable),
        ("the systems", found.system),
        ("the runs", found.runs),
        ("words, of no effect", found.words if whole else ()),
    )
    for title, differ in parts:
        if differ:
            say("")
            show(["", "A", "B"], _rows(differ), f"differs in {title}")


def _rows(differ: "Sequence[Change]") -> list[list[str]]:
    from bench.why.fields import short

    return [[c.field.replace("_", " "), short(c.before), short(c.after)] for c in differ]


def _tell_flips(found: "Flips", *, whole: bool) -> None:
    if not found.videos:
        say("\nThey tested no video in common.")
        return
    lost = sum(share.lost for share in found.classes)
    seeds = ", ".join(f"{a}" if a == b else f"{a} of A with {b} of B" for a, b in found.seeds)
    say(
        f"\nof {found.videos} answers to the same videos (seed {seeds}) {lost} went from right to "
        f"wrong and {lost + found.net} from wrong to right: {found.net:+d}"
    )
    if not found.flips:
        return
    show(["class", *_HEAD], [_share(share) for share in found.classes])
    people = found.subjects if whole else found.subjects[:_FEW]
    show(["subject", *_HEAD], [_share(share) for share in people])
    _more(len(found.subjects) - len(people), "subjects")
    if found.most:
        names = ", ".join(share.name for share in found.most)
        net = sum(share.net for share in found.most)
        say(f"half of the difference or more: {names} ({net:+d} of {found.net:+d})")
    flips = found.flips if whole else found.flips[:_FEW]
    show(
        ["video", "seed", "subject", "true", "A", "B"],
        [
            [f.video, str(f.seeds[0]), f.subject, f.true, *(a or "–" for a in f.answers)]
            for f in flips
        ],
    )
    _more(len(found.flips) - len(flips), "videos")


_HEAD = ("answers", "lost", "gained", "net")


def _share(share: "Share") -> list[object]:
    return [
        share.name,
        share.videos,
        share.lost,
        share.gained,
        f"{share.net:+d}" if share.net else "0",
    ]


def _more(left: int, what: str) -> None:
    if left > 0:
        say(f"and {left} {what} more: --all shows them")


def _name(metric: str) -> str:
    return metric if ":" in metric else metric.upper()


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.2f} %"
