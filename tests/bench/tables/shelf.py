"""Stored folds for tests of tables: small, made by hand, each kind with an identity of its own."""

import hashlib
from dataclasses import replace

from bench import store
from bench.records import Fold
from tests import records

CLASSES = ("anger", "fear", "joy")
CPU = replace(records.CPU, machine="cpu-2", packages={"torch": "2.6"})


def request(entry=None, **changes):
    """A fold of a protocol of two; what differs from it makes another identity."""
    asked = records.request(entry, **{"classes": CLASSES, **changes})
    kind = replace(asked, fold=Fold(0, (), ()), seed=0, findings=(), identity="")
    return replace(asked, identity=hashlib.sha256(repr(kind).encode()).hexdigest()[:12])


def answers(right, *, of=6, fold=0, statuses=(), attributes=(), classes=CLASSES):
    """Test videos of the classes in turn; the first `right` are answered right, others not.

    The subjects are of the fold alone, and each has two videos.
    """
    return tuple(
        records.answer(
            f"faces:{fold}-{n}",
            label=n % len(classes),
            said=(n if n < right else n + 1) % len(classes),
            classes=classes,
            subject=f"s{fold}-{n // 2}",
            status=statuses[n] if n < len(statuses) else "scored",
            attributes=attributes[n] if n < len(attributes) else {},
        )
        for n in range(of)
    )


def fold(asked, predictions, created="2026-01-01T00:00:00+00:00"):
    return records.fold(asked, predictions, environment=CPU, created=created)


def system(entry, rights, *, seeds=(0,), **changes):
    """Both folds of a system for each seed, with so many right answers of six in each fold."""
    return [
        fold(
            request(entry, fold=Fold(k, (), ()), seed=seed, **changes),
            answers(right, fold=k, classes=changes.get("classes", CLASSES)),
        )
        for seed in seeds
        for k, right in enumerate(rights)
    ]


def shelve(folder, *records):
    """Write them into a results folder."""
    for record in records:
        store.save_fold(folder, record)
    return folder
