"""Plain data (YAML, JSON) to frozen records and back, strictly: a wrong key or type is named."""

import dataclasses
import types
from collections.abc import Mapping
from functools import cache
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from bench.errors import BenchError

T = TypeVar("T")


def read(record: type[T], data: object, where: str) -> T:
    """The record of that type that plain data describe.

    Args:
        record: a dataclass; its annotations say what each key may hold.
        data: a mapping as YAML or JSON give it.
        where: the name of the block, for the message.

    Raises:
        BenchError: a key is unknown, missing, or holds another type; block, key and the expected
            keys are named.
    """
    if not isinstance(data, Mapping):
        raise BenchError(f"{where} is {data!r}; expected keys and values.")
    fields = _fields(record)
    known = ", ".join(fields)
    for key in data:
        if key not in fields:
            raise BenchError(f"{where} has the unknown key {key!r}; expected {known}.")
    for key, (_, required) in fields.items():
        if required and key not in data:
            raise BenchError(f"{where} lacks the key {key!r}; expected {known}.")
    values = {key: _value(fields[key][0], data[key], f"{where}: key {key!r}") for key in data}
    return record(**values)


def read_key(record: type, key: str, data: object, where: str) -> Any:
    """What one key of such a block holds, as `read` takes it.

    Raises:
        BenchError: the key is unknown, or holds another type.
    """
    fields = _fields(record)
    if key not in fields:
        raise BenchError(f"{where} has the unknown key {key!r}; expected {', '.join(fields)}.")
    return _value(fields[key][0], data, f"{where}: key {key!r}")


def plain(value: object, *, terse: bool = False) -> Any:
    """The JSON form of a record: mappings, lists, strings, numbers, None.

    Args:
        value: a record, or anything that holds records.
        terse: leave out fields that came later and stand at their default, as a hash does.
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = [f for f in dataclasses.fields(value) if not (terse and _unset(f, value))]
        return {f.name: plain(getattr(value, f.name), terse=terse) for f in fields}
    if isinstance(value, Mapping):
        return {str(key): plain(item, terse=terse) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item, terse=terse) for item in value]
    return value


def _unset(field: "dataclasses.Field[Any]", record: object) -> bool:
    """Whether a field of `records.entries.later` stands at its default."""
    if not field.metadata.get("later"):
        return False
    factory: Any = field.default_factory
    default = field.default if factory is dataclasses.MISSING else factory()
    return getattr(record, field.name) == default


@cache
def _fields(record: type) -> dict[str, tuple[Any, bool]]:
    hints = get_type_hints(record)
    return {
        field.name: (
            hints[field.name],
            field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING,
        )
        for field in dataclasses.fields(record)
    }


def _value(hint: Any, value: Any, where: str) -> Any:
    origin = get_origin(hint)
    if hint is Any:
        return value
    if origin in (Union, types.UnionType):
        return _optional(hint, value, where)
    if origin is Literal:
        if value not in get_args(hint):
            expected = ", ".join(str(choice) for choice in get_args(hint))
            raise BenchError(f"{where} is {value!r}; expected one of {expected}.")
        return value
    if origin is tuple:
        return _tuple(get_args(hint), value, where)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _mapping(get_args(hint)[1], value, where)
    if dataclasses.is_dataclass(hint):
        return read(hint, value, where)  # pyright: ignore[reportArgumentType]
    return _scalar(hint, value, where)


def _optional(hint: Any, value: Any, where: str) -> Any:
    if value is None and type(None) in get_args(hint):
        return None
    (inner,) = (arg for arg in get_args(hint) if arg is not type(None))
    return _value(inner, value, where)


def _tuple(hints: tuple[Any, ...], value: Any, where: str) -> tuple[Any, ...]:
    if not isinstance(value, list | tuple):
        raise BenchError(f"{where} is {value!r}; expected a list.")
    if hints[-1] is Ellipsis:
        return tuple(_value(hints[0], item, where) for item in value)
    if len(value) != len(hints):
        raise BenchError(f"{where} has {len(value)} items; expected {len(hints)}.")
    return tuple(_value(hint, item, where) for hint, item in zip(hints, value, strict=True))


def _mapping(hint: Any, value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise BenchError(f"{where} is {value!r}; expected keys and values.")
    return {str(key): _value(hint, item, f"{where}, {key!r}") for key, item in value.items()}


_WORDS = {str: "text", int: "a whole number", float: "a number", bool: "true or false"}


def _scalar(hint: type, value: Any, where: str) -> Any:
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, hint) and not (hint is int and isinstance(value, bool)):
        return value
    message = f"{where} is {value!r}; expected {_WORDS[hint]}."
    if hint is float and isinstance(value, str) and "e" in value.lower():
        # YAML 1.1 reads 1e-4 as text: the dot is what makes it a number
        message += " In YAML a power of ten needs a dot, as in 1.0e-4."
    raise BenchError(message)
