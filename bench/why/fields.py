"""Two records field by field: only what differs, under the full name of the field."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bench.schema import plain

WORDS = ("title", "source", "note", "reported", "reported_cost", "reported_with", "complexity")
"""Last parts of fields that are words about an entry, and change nothing of a result."""

LONGEST = 60
"""Characters of a value that a sentence shows."""


@dataclass(frozen=True, slots=True)
class Change:
    """One field that two records do not share."""

    field: str
    """Dotted, as in `input.test.frames`."""
    before: Any
    """Plain data; None also where the field is not there."""
    after: Any

    def __str__(self) -> str:
        """As in `input.size 224 -> 112`."""
        return f"{self.field} {short(self.before)} -> {short(self.after)}"


def changes(before: object, after: object) -> tuple[Change, ...]:
    """What differs between two records or two pieces of plain data, in the order of the fields.

    Args:
        before: a record, or plain data.
        after: the same kind of thing.

    Returns:
        a change for each leaf that differs; a list is one leaf, and the field "" the whole.
    """
    return tuple(_walk("", plain(before), plain(after)))


def is_word(field: str) -> bool:
    """Whether a field is a title, a citation or another word about what is compared."""
    return any(part in WORDS for part in field.split("."))


def short(value: object) -> str:
    """A value as a sentence shows it; the middle of a long one is left out."""
    if value is None:
        return "none"
    if isinstance(value, list | tuple):
        text = ", ".join(map(short, value)) or "nothing"
    elif isinstance(value, Mapping):
        text = ", ".join(f"{key} {short(item)}" for key, item in value.items()) or "nothing"
    else:
        text = str(value) if value != "" else '""'
    if len(text) <= LONGEST:
        return text
    return f"{text[: LONGEST // 2]}…{text[-(LONGEST // 2 - 1) :]}"


def _walk(field: str, before: Any, after: Any) -> Iterator[Change]:
    if not (isinstance(before, Mapping) and isinstance(after, Mapping)):
        if before != after:
            yield Change(field, before, after)
        return
    for key in dict.fromkeys((*before, *after)):
        name = f"{field}.{key}" if field else str(key)
        yield from _walk(name, before.get(key), after.get(key))
