"""Every model of the registry keeps the contract of its kind."""

import pytest
import torch

from bench import contract, extras, registry
from bench.records import ModelEntry

REGISTRY = registry.load()
MODELS = REGISTRY.models

LIGHT = 0.8e9
"""MACs of one video at the smallest size, above which a step takes seconds on one core."""
FEW = 25e6
"""Parameters, above which building a network twice takes seconds."""


def is_light(entry: ModelEntry) -> bool:
    """Whether a network can be trained a step in a moment; one without a lock is not known to."""
    lock, spec = entry.complexity, entry.input
    if lock is None or lock.macs is None:
        return False
    _, frames, height, width = lock.input
    side = spec.min_size or spec.size
    scale = (spec.train.length or contract.FRAMES) / frames * side * side / (height * width)
    return lock.macs * scale < LIGHT and lock.params < FEW


HEAVY = [name for name, e in MODELS.items() if e.kind == "network" and not is_light(e)]


@pytest.fixture(autouse=True, scope="module")
def one_thread():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # so little work is slower on more
    yield
    torch.set_num_threads(threads)


@pytest.fixture(params=MODELS)
def entry(request) -> ModelEntry:
    """Each model, unless this installation lacks the optional part that it needs."""
    return installed(request.param)


def installed(name: str) -> ModelEntry:
    if library := extras.lacking(MODELS[name]):
        pytest.skip(f"{library} is not installed")
    return MODELS[name]


# pytorchvideo's Swish reads a name that torch has renamed
@pytest.mark.filterwarnings("ignore:'saved_variables' is deprecated:DeprecationWarning")
def test_an_entry_keeps_the_contract_of_its_kind(entry):
    contract.check(entry, REGISTRY, values=entry.name not in HEAVY)


@pytest.mark.slow
@pytest.mark.parametrize("name", HEAVY)
@pytest.mark.filterwarnings("ignore:'saved_variables' is deprecated:DeprecationWarning")
def test_a_heavy_network_keeps_the_contract_with_values_too(name):
    contract.check(installed(name), REGISTRY)


@pytest.mark.parametrize("name", MODELS)
def test_every_model_has_a_source_and_what_can_be_counted_a_lock(name):
    entry = MODELS[name]
    assert entry.source
    if entry.kind in ("network", "cost-only"):
        lock = entry.complexity
        assert lock is not None
        assert None not in (lock.params, lock.macs, lock.macs_ptflops)
        length = entry.input.test.length or entry.input.train.length
        assert lock.input == (3, length, entry.input.size, entry.input.size)
