import inspect
import subprocess
import sys

import pytest

from bench import registry
from bench.errors import BenchError
from bench.sources import open_dataset

DATASETS = registry.load().datasets
LICENSED = [name for name, entry in DATASETS.items() if not entry.generator]


@pytest.mark.parametrize("name", DATASETS)
def test_the_docstring_of_a_loader_draws_the_tree_and_names_its_source(name):
    told = inspect.getdoc(registry.resolve(DATASETS[name].loader, name))
    assert "    root/" in told or "The tree is that of `load`" in told
    assert "Source: " in told
    assert "Raises:" in told


@pytest.mark.parametrize("name", LICENSED)
def test_an_empty_folder_is_answered_with_a_sentence(name, tmp_path):
    with pytest.raises(BenchError) as error:
        open_dataset(DATASETS[name], tmp_path)
    assert str(tmp_path) in str(error.value)
    assert str(error.value).endswith(".")


@pytest.mark.parametrize("name", LICENSED)
def test_published_counts_add_up(name):
    published = dict(DATASETS[name].published)
    videos, _ = published.pop("videos", None), published.pop("subjects", None)
    assert not published or sum(published.values()) == videos


def test_loaders_import_no_torch_and_no_codec():
    loaders = [entry.loader.partition(":")[0] for entry in DATASETS.values()]
    code = (
        f"import sys\nfor name in {loaders}: __import__(name)\n"
        f"sys.exit(sorted({{'torch', 'cv2', 'av', 'pandas', 'openpyxl'}} & {{*sys.modules}}) != [])"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
