"""What became of every video under a table, and what the audit of its folds found."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bench.index import Folds
from bench.records import Finding
from bench.tables.systems import Who, titles_of, who
from bench.tables.tested import fates_of, shared_fates

_FATES = {
    "scored": "scored",
    "fallback": "scored on the fallback crop (no face was found)",
    "no-face": "not scored (no face was found; counted as wrong)",
    "unreadable": "not scored (unreadable; counted as wrong)",
    "unanswered": "not answered (counted as wrong)",
}
"""Status of a test video -> what it means for the score."""

KINDS = {"known": "Known overlap", "allowed": "LEAK LET THROUGH", "warning": "Warning"}
"""Kind of a finding of the audit -> how a note begins; the gravest in capitals."""


def about_videos(
    folds: Folds, systems: Sequence[Folds], rows: Sequence[Mapping[str, Any]]
) -> list[str]:
    """Every test video by its fate, what was excluded by rule, and what could not be trained on."""
    about = folds.about.each()
    rules: dict[str, int] = {}
    for why, count in (rule for mine in about for rule in mine.excluded.items()):
        rules[why] = max(count, rules.get(why, count))
    excluded = [f"{count} ({why})" for why, count in sorted(rules.items())]
    notes = [f"Test videos: {_fates(folds, systems, rows)}."]
    if excluded:
        notes.append(f"Excluded by rule from the distributor's tree: {', '.join(excluded)}.")
    unread = sorted({id for mine in about for id in mine.unread})
    if unread:
        notes.append(
            f"Training videos without readable pixels, not trained on: {len(unread)}, the first "
            f"is {unread[0]!r}."
        )
    return notes


def _fates(folds: Folds, systems: Sequence[Folds], rows: Sequence[Mapping[str, Any]]) -> str:
    """One account for all where they agree on every video, else one for those with the same."""
    shared = shared_fates(folds)
    if shared is not None:
        return _listed(shared)
    titles = titles_of(rows)
    found: dict[str, list[str]] = defaultdict(list)
    for mine, fates in zip(systems, fates_of(systems), strict=True):
        found[_listed(fates)].append(titles[who(mine.request)])
    order = sorted(found, key=lambda said: (-len(found[said]), sorted(found[said])))
    return "; ".join(f"{said} ({', '.join(sorted(found[said]))})" for said in order)


def _listed(fates: Counter[str]) -> str:
    return ", ".join(f"{fates[status]} {fate}" for status, fate in _FATES.items() if fates[status])


def about_findings(
    folds: Folds, systems: Iterable[Folds], rows: Sequence[Mapping[str, Any]]
) -> list[str]:
    """What the audit let pass, each finding once; with its systems where not all have it."""
    if not any(folds.findings.each()):
        return []
    titles = titles_of(rows)
    found: dict[Finding, list[str]] = {}
    for mine in systems:
        title = titles[who(mine.request)]
        for finding in dict.fromkeys(f for findings in mine.findings.each() for f in findings):
            found.setdefault(finding, []).append(title)
    return [
        f"{KINDS[kind]}{_whose(found[finding], titles)}: {finding.text}"
        for kind in KINDS
        for finding in found
        if finding.kind == kind
    ]


def _whose(mine: Sequence[str], titles: Mapping[Who, str]) -> str:
    return f" ({', '.join(sorted(mine))})" if len(mine) < len(titles) else ""
