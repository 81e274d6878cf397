"""Every entry has the published or independently computed size and cost, or says why not."""

import inspect

import pytest

from bench import registry

MODELS = registry.load().models

COUNTED = {
    "ceflnet": (12_828_807, 63.515),
    "c3d-table8": (79_991_015, 325.8),
    "c3d": (78_024_455, 38.547),
    "fan": (11_188_816, 3 * 1.814),
    "resnet18": (11_180_103, 16 * 1.814),
    "r3d18": (33_169_863, 40.696),
    "resnet3d18": (33_207_495, 8.308),
    "p3d63": (24_939_975, 8.441),
    "res-lstm": (17_388_871, 9.120),
    "c3d-bn": (78_029_959, 38.547),
    "i3d": (12_294_439, 27.788),
    "lstpnet": (24_619_686, 32.915),
    "former-dfer": (18_031_943, 8.276),
    "est": (42_779_345, 63.599),
}
"""Params, and 10^9 MACs of convolutions, linear layers, LSTMs and attention modules: from the
authors' code or the layers that a paper describes, counted apart from this program."""

PRINTED = {
    "mae-dfer": (85, 50),
    "videomae-b": (86, 81),
    "dfer-clip": (None, 92),
    "i3d": (12, None),
    "est": (43, None),
    "former-dfer": (18, None),
    "ial": (19, None),
}
"""Params in millions and 10^9 MACs as papers print them."""

DEVIATES = {
    "c3d-lstm": (110_242_054, None, "inferred"),
    "ial": (19_083_527, 5.937, "twice"),
    "m3dfel": (46_823_384, 43.1, "1.65"),
}
"""The same, where the MACs are of another convention or code: a word of the file's docstring that
says so."""


@pytest.mark.parametrize("name", COUNTED)
def test_an_entry_has_the_counts_of_the_published_network(name):
    params, gmacs = COUNTED[name]
    lock = MODELS[name].complexity
    assert lock is not None and lock.macs is not None
    assert lock.params == params
    # attention products in functions, and the digits that were kept, are less than 3 in 1000
    assert lock.macs / 1e9 == pytest.approx(gmacs, rel=3e-3)


def test_feratt_has_its_counts_for_a_frame():
    lock = MODELS["feratt"].complexity
    assert lock is not None and lock.macs is not None
    assert (lock.classes, lock.params) == (7, 46_315_115)
    assert lock.macs / lock.input[1] / 1e9 == pytest.approx(2.585, rel=3e-3)


@pytest.mark.parametrize("name", PRINTED)
def test_an_entry_has_the_digits_that_papers_print(name):
    millions, gmacs = PRINTED[name]
    lock = MODELS[name].complexity
    assert lock is not None and lock.macs is not None
    assert millions is None or round(lock.params / 1e6) == millions
    assert gmacs is None or lock.macs / 1e9 == pytest.approx(gmacs, rel=0.01)


@pytest.mark.parametrize("name", DEVIATES)
def test_a_deviation_is_explained_in_the_docstring(name):
    params, gmacs, word = DEVIATES[name]
    entry = MODELS[name]
    assert entry.complexity is not None and entry.complexity.macs is not None
    assert entry.complexity.params == params
    if gmacs:
        assert entry.complexity.macs / 1e9 != pytest.approx(gmacs, rel=1e-4)
    factory = registry.resolve(entry.factory, name)
    module = inspect.getmodule(factory)
    said = f"{inspect.getdoc(factory)} {module.__doc__ if module else ''} {entry.source}"
    assert word in said
