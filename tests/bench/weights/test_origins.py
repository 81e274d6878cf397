import hashlib
import urllib.error

import pytest

from bench.errors import BenchError
from bench.records import Weights
from bench.weights import origins


def test_nothing_asked_for_gives_the_default_of_the_model(tmp_path, entry, bare_entry, quiet):
    assert origins.resolve(entry(), None, tmp_path, quiet) == Weights("none", None)
    assert origins.resolve(bare_entry, None, tmp_path, quiet) == Weights("none", None)


def test_a_file_is_known_by_its_name_and_content(tmp_path, entry, quiet):
    path = tmp_path / "mine.pth"
    path.write_bytes(b"weights")
    found = origins.resolve(entry(), str(path), tmp_path, quiet)
    assert found == Weights("mine.pth", hashlib.sha256(b"weights").hexdigest(), str(path))


def test_an_origin_that_the_model_does_not_accept_is_refused(tmp_path, entry, quiet, net):
    with pytest.raises(BenchError) as error:
        origins.resolve(entry(origins=("none",)), "imagenet", tmp_path, quiet)
    assert str(error.value) == (
        "weights 'imagenet' are no file, and model 'net' knows none only. "
        "Pass one of these or the path of a file."
    )


def test_a_model_without_pretraining_takes_files_alone(tmp_path, bare_entry, quiet):
    with pytest.raises(BenchError) as error:
        origins.resolve(bare_entry, "synthetic", tmp_path, quiet)
    assert str(error.value) == (
        "weights 'synthetic' are no file, and model 'bare' knows none only. "
        "Pass one of these or the path of a file."
    )
    path = tmp_path / "own.pth"
    path.write_bytes(b"weights")
    assert origins.resolve(bare_entry, str(path), tmp_path, quiet).path == str(path)


def test_offline_one_sentence_says_which_file_from_where_and_put_where(
    tmp_path, monkeypatch, entry, quiet
):
    def offline(*_args, **_kwargs):
        raise urllib.error.URLError("no network")

    monkeypatch.setattr("urllib.request.urlopen", offline)
    monkeypatch.setattr("torch.hub.get_dir", lambda: str(tmp_path / "hub"))
    with pytest.raises(BenchError) as error:
        origins.resolve(entry(), "imagenet", tmp_path, quiet)
    assert str(error.value) == (
        "resnet18-f37072fd.pth is not here and cannot be downloaded: <urlopen error no network>. "
        "Get it from https://download.pytorch.org/models/resnet18-f37072fd.pth "
        f"and put it into {tmp_path / 'weights'}."
    )


def test_a_damaged_file_is_not_taken_for_the_published_one(tmp_path, entry, quiet):
    path = tmp_path / "weights" / origins.IMAGENET
    path.parent.mkdir()
    path.write_bytes(b"half")
    begins = hashlib.sha256(b"half").hexdigest()[:8]
    with pytest.raises(BenchError) as error:
        origins.resolve(entry(), "imagenet", tmp_path, quiet)
    assert str(error.value) == (
        f"{path} is not the file that torchvision published: its sha256 begins with {begins}, "
        f"expected f37072fd. Remove it and get it from {origins.IMAGENET_URL}."
    )


def test_a_file_in_the_folder_of_torch_hub_is_found(tmp_path, monkeypatch, entry, quiet):
    path = tmp_path / "hub" / "checkpoints" / origins.IMAGENET
    path.parent.mkdir(parents=True)
    path.write_bytes(b"published")
    monkeypatch.setattr("torch.hub.get_dir", lambda: str(tmp_path / "hub"))
    monkeypatch.setattr(origins, "_check", lambda data, source: None)
    assert origins.resolve(entry(), "imagenet", tmp_path, quiet).path == str(path)


def test_a_download_is_checked_and_kept(tmp_path, monkeypatch, entry, quiet):
    class Answer:
        def __enter__(self):
            return self

        def __exit__(self, *_):
            return None

        def read(self):
            return b"published"

    monkeypatch.setattr("urllib.request.urlopen", lambda *_a, **_k: Answer())
    monkeypatch.setattr("torch.hub.get_dir", lambda: str(tmp_path / "hub"))
    begins = hashlib.sha256(b"published").hexdigest()[:8]
    monkeypatch.setattr(origins, "IMAGENET", f"resnet18-{begins}.pth")
    found = origins.resolve(entry(), "imagenet", tmp_path, quiet)
    assert found.path == str(tmp_path / "weights" / f"resnet18-{begins}.pth")
    assert [p.name for p in (tmp_path / "weights").iterdir()] == [f"resnet18-{begins}.pth"]
