"""Pytest fixtures by which any project tests its entries: `contract` and `complexity_lock`.

The first holds an entry to what its kind is asked, the second to what it is locked to cost. This
file is loaded in every pytest run of an environment that has `bench` installed, so that nothing
but pytest is imported until a fixture is used.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

OPTION = "bench_registry"
"""Option of the ini file: registries beside ours, relative to that file."""
BESIDE = "registry.yaml"
"""A registry of this name beside a test's file is known without that option."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Make the option known."""
    parser.addini(OPTION, "registries of video-fer-bench, beside its own", "paths", default=[])


class ComplexityLock:
    """Fails the test when a network does not cost what it is locked to cost."""

    def __init__(self, registries: Sequence[Path]) -> None:
        self._registries = registries

    def __call__(
        self,
        what: str | Callable[[], Any],
        input: Sequence[int] | None = None,
        **numbers: int | None,
    ) -> None:
        """Recount, and compare by `==`.

        Args:
            what: name of a model that a registry locks, or what builds the network.
            input: (3, T, H, W) of one video, for what builds it.
            numbers: params, macs and macs_ptflops, any of them, for what builds it.
        """
        __tracebackhide__ = True
        from bench.errors import BenchError

        try:
            if isinstance(what, str):
                _refuse_beside_a_name(what, input, numbers)
                findings = _drifts_of_entry(what, self._registries)
            else:
                findings = _drifts_of_network(what, input, numbers)
        except BenchError as error:
            findings = [str(error)]
        if findings:
            pytest.fail("\n".join(findings), pytrace=False)


@pytest.fixture
def complexity_lock(request: pytest.FixtureRequest) -> ComplexityLock:
    """`complexity_lock("my-model")`, or `complexity_lock(Net, input=..., params=...)`."""
    return ComplexityLock(_registries(request))


class Contract:
    """Fails the test when an entry breaks the contract of its kind."""

    def __init__(self, registries: Sequence[Path]) -> None:
        self._registries = registries

    def __call__(self, name: str, *, values: bool = True) -> None:
        """Build the entry of that name, and hold it to the contract.

        Args:
            name: of a model in the registry.
            values: False asks a network for shapes alone, which is quick at any size.
        """
        __tracebackhide__ = True
        from bench.contract import check
        from bench.errors import BenchError
        from bench.registry import load

        try:
            registry = load(self._registries)
            check(registry.find("models", name), registry, values=values)
        except BenchError as error:
            pytest.fail(str(error), pytrace=False)


@pytest.fixture
def contract(request: pytest.FixtureRequest) -> Contract:
    """`contract("my-model")`."""
    return Contract(_registries(request))


def _registries(request: pytest.FixtureRequest) -> list[Path]:
    beside = request.path.with_name(BESIDE)
    return [*request.config.getini(OPTION), *([beside] if beside.exists() else [])]


def _refuse_beside_a_name(
    name: str, input: Sequence[int] | None, numbers: dict[str, int | None]
) -> None:
    from bench.errors import BenchError

    given = [*(["input"] if input is not None else []), *numbers]
    if given:
        raise BenchError(
            f"complexity_lock({name!r}) compares with the lock of the registry; {given[0]} belongs "
            f"to what builds a network. Leave it out, or pass the class in place of the name."
        )


def _drifts_of_entry(name: str, registries: Sequence[Path]) -> list[str]:
    from bench.check.story import drifts_of, recount
    from bench.registry import load

    registry = load(registries)
    entry = registry.find("models", name)
    found = [str(drift) for drift in drifts_of(registry, {name: recount(entry)})]
    path = registry.files["models", name]
    return [*found, f"The lock is in {path}; `bench check` says how to renew it."] if found else []


def _drifts_of_network(
    build: Callable[[], Any], input: Sequence[int] | None, numbers: dict[str, int | None]
) -> list[str]:
    from bench.check.drift import NUMBERS
    from bench.errors import BenchError, unknown
    from bench.measurement.complexity import count

    for number in numbers:
        if number not in NUMBERS:
            raise unknown("number of complexity_lock", number, NUMBERS)
    if not callable(build) or (hasattr(build, "parameters") and not isinstance(build, type)):
        raise BenchError(
            f"complexity_lock got a {type(build).__name__}; expected what builds the network: a "
            f"class, or a function without arguments."
        )
    if not isinstance(input, tuple | list):
        raise BenchError(
            f"complexity_lock got the input {input!r}; expected that of one video, as in "
            f"(3, 16, 112, 112)."
        )
    counted = count(build, tuple(input), 0).complexity
    ours = {number: getattr(counted, number) for number in NUMBERS}
    if not numbers:
        told = ", ".join(f"{number}={value}" for number, value in ours.items())
        raise BenchError(f"complexity_lock is given no number to compare with; counted: {told}.")
    name = getattr(build, "__name__", repr(build))
    return [
        f"{name}: {number} is locked to {locked}, and {ours[number]} is counted"
        for number, locked in numbers.items()
        if locked != ours[number]
    ]
