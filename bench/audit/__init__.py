"""What must hold before a run: no leak in any fold, and every video accounted for."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.audit.copies import Copies, Sides, find_copies
from bench.audit.folds import Problem, accounts, problems
from bench.audit.kinship import kinship
from bench.audit.wording import because, crossed, plural
from bench.errors import BenchError
from bench.records import Dataset, Finding, Protocol

if TYPE_CHECKING:
    from bench.frames.notes import Note

_SAID = 10
"""So many problems are said in one refusal, and so many pairs that are let through."""

_REMEDIES = {
    "content": "Remove one of the copies, or mend the split.",
    "look": "Remove one of them, or say why both may stay with --allow-leak REASON.",
    "name": "Restore the distributor's files, or mend the split.",
}


@dataclass(frozen=True, slots=True)
class Report:
    """What an audit found."""

    protocol: str
    blocking: tuple[Problem, ...]
    findings: tuple[Finding, ...]
    """What does not block: known, allowed, warnings."""


def audit(
    protocol: Protocol,
    dataset: Dataset,
    notes: Mapping[str, "Note"] | None = None,
    *,
    allow: str | None = None,
) -> tuple[Finding, ...]:
    """Check every fold, whatever made it, and refuse one that leaks.

    Args:
        protocol: the folds that would be run.
        dataset: the videos that are there, with their subjects.
        notes: of the prepared videos, by id; without them no content and no look is compared.
        allow: why videos that look alike are let through; equal content, subjects and names
            never are.

    Returns:
        what does not block a run.

    Raises:
        BenchError: as `inspect`; or what blocks, all of it in one message.
    """
    report = inspect(protocol, dataset, notes, allow=allow)
    if report.blocking:
        raise BenchError(refusal(report))
    return report.findings


def inspect(
    protocol: Protocol,
    dataset: Dataset,
    notes: Mapping[str, "Note"] | None = None,
    *,
    allow: str | None = None,
) -> Report:
    """All that is wrong or doubtful in the folds; arguments as of `audit`.

    Raises:
        BenchError: the protocol was made for another dataset or other classes, or the reason is
            empty.
    """
    _require_same_dataset(protocol, dataset)
    if allow is not None:
        require_reason(allow)
    sides = Sides(protocol)
    copies = list(find_copies(dataset, notes or {}))
    alike = [one for one in copies if one.why == "look"]
    barred = copies if allow is None else [one for one in copies if one.why != "look"]
    warnings = (
        *_on_one_side(copies, dataset, sides),
        *kinship(protocol, dataset, sides),
        *accounts(protocol, dataset),
    )
    return Report(
        protocol.name,
        (*problems(protocol, dataset), *_across(barred, protocol, sides)),
        (
            *_known(protocol, sides),
            *(_allowed(alike, protocol, sides, allow.strip()) if allow else ()),
            *(Finding("warning", text) for text in warnings),
        ),
    )


def require_reason(allow: str) -> None:
    """Refuse to let copies through without a word.

    Raises:
        BenchError: the reason is empty.
    """
    if not allow.strip():
        raise BenchError(f"--allow-leak {allow!r} gives no reason. Say why the copies may stay.")


def refusal(report: Report) -> str:
    """What blocks as one message: the problem alone, or the first ten of them and their count."""
    texts = [problem.text for problem in report.blocking]
    remedies = " ".join(dict.fromkeys(problem.remedy for problem in report.blocking))
    if len(texts) == 1:
        return f"{texts[0]} {remedies}"
    rest = [f"and {len(texts) - _SAID} more"] if len(texts) > _SAID else []
    lines = "\n  ".join([*texts[:_SAID], *rest])
    return f"protocol {report.protocol!r} has {len(texts)} problems:\n  {lines}\n{remedies}"


def _require_same_dataset(protocol: Protocol, dataset: Dataset) -> None:
    if protocol.dataset != dataset.name:
        raise BenchError(
            f"protocol {protocol.name!r} was made for dataset {protocol.dataset!r}, not for "
            f"{dataset.name!r}. Choose a protocol of {dataset.name!r}."
        )
    if protocol.classes != dataset.classes:
        raise BenchError(
            f"protocol {protocol.name!r} has the classes {', '.join(protocol.classes)}; dataset "
            f"{dataset.name!r} has {', '.join(dataset.classes)}. Make the protocol anew."
        )


def _across(copies: Iterable[Copies], protocol: Protocol, sides: Sides) -> Iterator[Problem]:
    for one in copies:
        if crossing := sides.crossing(one.ids, protocol.overlaps):
            text = f"{crossed(crossing, protocol)}: {because(one)}."
            yield Problem(text, _REMEDIES[one.why])


def _known(protocol: Protocol, sides: Sides) -> Iterator[Finding]:
    for pair in protocol.overlaps:
        if crossing := sides.crossing(pair):
            text = f"{crossed(crossing, protocol)}, as the distributor ships them."
            yield Finding("known", text)


def _allowed(
    alike: Iterable[Copies], protocol: Protocol, sides: Sides, reason: str
) -> Iterator[Finding]:
    ends = f"Let through: {reason.rstrip('.')}."
    said = [f"{problem.text} {ends}" for problem in _across(alike, protocol, sides)]
    yield from (Finding("allowed", text) for text in said[:_SAID])
    if len(said) > _SAID:
        pairs = plural(len(said) - _SAID, "more pair")
        yield Finding("allowed", f"{pairs} of videos across the sides look alike. {ends}")


def _on_one_side(copies: Iterable[Copies], dataset: Dataset, sides: Sides) -> Iterator[str]:
    """Copies that no fold has on both sides: they count more than once."""
    paths = {video.id: video.path for video in dataset.videos}
    groups = [
        one
        for one in copies
        # a loader may make several videos of one file, as of its start and of its peak
        if len({paths.get(id) for id in one.ids if sides.listed(id)}) > 1
        and not sides.crossing(one.ids)
    ]
    for why, what in (("content", "have the same content"), ("look", "look alike")):
        found = [one.ids for one in groups if one.why == why]
        if found:
            names = " and ".join(map(repr, found[0]))
            yield (
                f"videos on one side {what} and count more than once: "
                f"{plural(len(found), 'group')}, the first is {names}."
            )
