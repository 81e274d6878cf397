"""The json of a fold, as we write it, cut by its text: its own fields, and what others share.

One field a line, keys in order: so that a field ends where the next key of its depth begins.
"""

import json
import re
from typing import TypeAlias

Shared: TypeAlias = tuple[str, ...]
"""What stands before, between and behind the own fields, as it stands in the file."""

_RECORD, _REQUEST, _END = "\n ", "\n  ", "\n}\n"
_OWN = tuple(
    (key, f'{above}"{key}": ', f'{above}"')
    for key, above in (
        ("beside", _RECORD),
        ("created", _RECORD),
        ("csv_sha256", _RECORD),
        ("epochs", _RECORD),
        ("fold", _REQUEST),
        ("seed", _REQUEST),
        ("seconds", _RECORD),
        ("selected_epoch", _RECORD),
        ("sha256", _RECORD),
    )
)
"""Fields that hardly two folds of a kind share, in the order of the file: name, how each begins,
and how the next one of its depth does."""

_NUMBER = r'[^,"{}\[\]]+'
_EPOCH = (
    rf'{{"epoch":{_NUMBER},"loss":{_NUMBER},"lr":{_NUMBER},'
    rf'"seconds":{_NUMBER},"validation":{_NUMBER}}}'
)
_EPOCHS = re.compile(rf"\[(?:{_EPOCH}(?:,{_EPOCH})*)?\]")
_SECOND = r'"[^"\\]*":-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[-+]\d+)?'
_SECONDS = re.compile(rf"{{(?:{_SECOND}(?:,{_SECOND})*)?}}")


class UnusualError(Exception):
    """The file is not as we write it; it may be right nevertheless."""


def cut(text: str, like: Shared = ()) -> tuple[Shared, dict[str, str]]:
    """What a fold shares with others of its kind, and its own fields by name.

    Args:
        text: of the file.
        like: what is probably shared, since another file has it; it is compared, not searched.

    Raises:
        UnusualError: the file is not as we write it.
        ValueError: a field is missing.
    """
    if not text.endswith(_END) or ("\\" in text and '\\": ' in text):
        raise UnusualError  # a quote inside of a value would be taken for the end of a name
    shared: list[str] = []
    own: dict[str, str] = {}
    done = 0
    # earlier records say nothing of files beside them, and nothing behind their seal
    fields = _OWN if text.startswith('{\n "beside": ') else _OWN[1:]
    guesses = like if len(like) == len(fields) + 1 else ("",) * (len(fields) + 1)
    for (key, begin, other), guess in zip(fields, guesses, strict=False):
        start = done + len(guess)
        if text.startswith(guess, done) and text.startswith(begin, start):
            shared.append(guess)  # the object itself, whose hash is known by now
        else:
            start = text.index(begin, done)
            shared.append(text[done:start])
        end = text.find(other, start + 1)
        end = end if end > 0 else len(text) - len(_END)
        own[key] = text[start:end]
        done = end
    rest = text[done:]
    return (*shared, guesses[-1] if rest == guesses[-1] else rest), own


def pieces(text: str, indent: int) -> dict[str, str]:
    """Fields by name; each is `name": value`, as it stands in the file."""
    opening, *parts = text.split(f'\n{" " * indent}"')
    if not opening.endswith("{"):
        raise UnusualError
    return {part[: part.index('"')]: part.removesuffix(",") for part in parts}


def tight(part: str) -> str:
    """Without line breaks, and without blanks between values, as a seal reads it."""
    return "".join(map(str.lstrip, part.split("\n"))).replace('": ', '":')


def value(field: str) -> str:
    """The JSON of a tight field."""
    return field.partition('":')[2].removesuffix(",")


def word(field: str) -> str:
    """The text that a tight field holds."""
    found = value(field)
    if "\\" in found or found[0] != '"':
        raise UnusualError
    return found[1:-1]


def seconds(field: str) -> str:
    """The JSON of numbers by name."""
    found = value(field)
    if not _SECONDS.fullmatch(found):
        raise UnusualError
    return found


def names(field: str) -> str:
    """The JSON of the names in a mapping."""
    found = value(field)
    return "[]" if found == "{}" else json.dumps([*json.loads(found)])


def epochs(field: str) -> int:
    """How many epochs there are."""
    found = value(field)
    if not _EPOCHS.fullmatch(found):
        raise UnusualError
    return found.count("{")
