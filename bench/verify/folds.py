"""The folds of records beside those of their protocol: each official video once a seed."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bench.records import FoldRecord, FoldRequest, Protocol
from bench.verify.files import Protocols
from bench.verify.finding import Finding

SHOWN = 3
"""Ids that a sentence names; the rest of them is counted."""


def check(path: Path, record: FoldRecord, protocols: Protocols) -> Iterator[Finding]:
    """Whether a record answers for the videos of its fold, and the fold is its protocol's.

    Args:
        path: of the record.
        record: one fold.
        protocols: the frozen ones of the same results.
    """
    request = record.request
    fold = request.fold
    answered = Counter(prediction.video for prediction in record.predictions)
    twice = [video for video, times in answered.items() if times > 1]
    yield from _said(path, twice, "answered twice")
    yield from _said(path, set(fold.test) - answered.keys(), "tested and without a row")
    yield from _said(path, answered.keys() - set(fold.test), "answered and not tested")
    yield from _said(path, set(fold.train) & set(fold.test), "trained on and tested")
    found = protocols.by_hash.get((request.dataset, request.protocol_hash))
    if found is None:
        text = (
            f"no frozen protocol has its hash {request.protocol_hash[:12]}, so that its folds "
            f"cannot be compared."
        )
        yield Finding("folds", path, text, note=True)
        return
    yield from _against(path, request, *found)


def _against(path: Path, request: FoldRequest, file: Path, protocol: Protocol) -> Iterator[Finding]:
    index, count = request.fold.index, len(protocol.folds)
    if not 0 <= index < count or request.folds != count:
        text = f"is fold {index + 1} of {request.folds}; {file.name} has {count}."
        yield Finding("folds", path, text)
        return
    theirs = protocol.folds[index]
    if request.protocol != protocol.name:
        yield Finding("folds", path, f"names {request.protocol!r}, {file.name} {protocol.name!r}.")
    if request.classes != protocol.classes:
        yield Finding("folds", path, f"has other classes than {file.name}.")
    differ = set(request.fold.test) ^ set(theirs.test)
    yield from _said(path, differ, f"tested here or in {file.name}, and not in both")
    # a preset may take some of the training videos
    foreign = set(request.fold.train) - set(theirs.train)
    yield from _said(path, foreign, f"trained on, and not so in {file.name}")


def _said(path: Path, videos: "set[str] | list[str]", what: str) -> Iterator[Finding]:
    if videos:
        first = ", ".join(sorted(videos)[:SHOWN])
        more = f" and {len(videos) - SHOWN} more" if len(videos) > SHOWN else ""
        yield Finding("folds", path, f"{what}: {first}{more}.")


@dataclass
class Ledger:
    """What is only seen over many records: missing folds, doubles, subjects on both sides."""

    protocols: Protocols
    _done: dict[Path, dict[int, dict[int, Path]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(dict))
    )
    """Folder of an identity -> seed -> fold -> file."""
    _folds: dict[Path, int] = field(default_factory=dict[Path, int])
    _answers: dict[str, tuple[Path, str]] = field(default_factory=dict[str, tuple[Path, str]])
    """Hash of a csv -> the first file, and its identity."""
    _subjects: dict[tuple[str, str], dict[str, str]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    """Dataset and hash of the folds -> video -> subject."""
    _allowed: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    """Those whose runs let an overlap through, and say so."""

    def add(self, path: Path, results: Path, record: FoldRecord, answers: str) -> Iterator[Finding]:
        """Remember a record, and tell of doubles.

        Args:
            path: of the record.
            results: the folder of all of them.
            record: one fold.
            answers: sha256 of its csv.
        """
        from bench.store import fold_path

        request = record.request
        home = fold_path(results, request).parents[1]
        before = self._done[home][request.seed].setdefault(request.fold.index, path)
        self._folds[home] = request.folds
        if before != path:
            text = f"is seed {request.seed}, fold {request.fold.index + 1} again, as {before}."
            yield Finding("duplicate", path, text)
        first, identity = self._answers.setdefault(answers, (path, request.identity))
        if identity != request.identity and any(p.scores for p in record.predictions):
            # what is fitted without chance may give the same twice; two networks do not
            text = f"has the very answers of {first}, under another identity."
            yield Finding("duplicate", path, text, note=request.model.kind != "network")
        place = request.dataset, request.protocol_hash
        known = self._subjects[place]
        known.update({p.video: p.subject for p in record.predictions if p.subject})
        if any(finding.kind in ("known", "allowed") for finding in request.findings):
            self._allowed.add(place)

    def findings(self) -> Iterator[Finding]:
        """Folds that are not done, then subjects that a protocol has on both sides."""
        for home, seeds in sorted(self._done.items()):
            for seed, folds in sorted(seeds.items()):
                lacks = [str(k + 1) for k in range(self._folds[home]) if k not in folds]
                if lacks:
                    text = f"seed {seed} lacks fold {', '.join(lacks)} of {self._folds[home]}."
                    yield Finding("incomplete", home, text, note=True)
        for place, known in sorted(self._subjects.items()):
            found = self.protocols.by_hash.get(place)
            if found and place not in self._allowed:
                yield from _shared(*found, known)


def _shared(path: Path, protocol: Protocol, known: dict[str, str]) -> Iterator[Finding]:
    for fold in protocol.folds:
        trained = {known[video] for video in fold.train if video in known}
        both = trained & {known[video] for video in fold.test if video in known}
        if both:
            first = sorted(both)[0]
            more = f" and {len(both) - 1} more" if len(both) > 1 else ""
            text = f"fold {fold.index + 1} has subject {first!r}{more} on both sides."
            yield Finding("folds", path, text)
