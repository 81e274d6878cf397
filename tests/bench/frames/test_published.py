import hashlib
import io
import urllib.error
from dataclasses import replace

import pytest

from bench.errors import BenchError
from bench.frames import published
from bench.frames.published import PUBLISHED, fetch, weights_of

YUNET = PUBLISHED["yunet"]


class Answer(io.BytesIO):
    """What a server sends, and from where."""

    def __init__(self, data, url="https://example.org/file"):
        super().__init__(data)
        self.url = url


@pytest.fixture
def kept(tmp_path, monkeypatch):
    monkeypatch.setenv("BENCH_CACHE", str(tmp_path))
    monkeypatch.delenv("BENCH_YUNET", raising=False)
    return tmp_path / "weights" / YUNET.file


@pytest.fixture
def serve(monkeypatch):
    """Let the network answer with some bytes; gives the addresses that were asked."""

    def begin(data, sha256=None, **more):
        asked = []
        sha256 = sha256 or hashlib.sha256(data).hexdigest()
        monkeypatch.setitem(published.PUBLISHED, "yunet", replace(YUNET, sha256=sha256))
        monkeypatch.setattr(
            "urllib.request.urlopen", lambda url, **_: asked.append(url) or Answer(data, **more)
        )
        return asked

    return begin


def test_weights_are_fetched_once_and_kept(kept, serve):
    asked = serve(b"network")
    assert fetch("yunet") == fetch("yunet") == weights_of("yunet") == kept
    assert (kept.read_bytes(), asked) == (b"network", [YUNET.url])
    assert list(kept.parent.iterdir()) == [kept]


def test_every_address_is_of_https():
    assert all(one.url.startswith("https://") for one in PUBLISHED.values())


def test_another_file_than_the_published_one_is_refused_and_not_kept(kept, serve):
    serve(b"another", sha256="5" * 64)
    with pytest.raises(BenchError) as error:
        fetch("yunet")
    assert str(error.value) == (
        f"{YUNET.url} is not the file that is known as {YUNET.file}: its sha256 is "
        f"{hashlib.sha256(b'another').hexdigest()}, expected {'5' * 64}. Nothing is kept; get the "
        f"file from elsewhere and set BENCH_YUNET to it."
    )
    assert not kept.parent.exists()


def test_a_damaged_file_is_fetched_again(kept, serve):
    kept.parent.mkdir()
    kept.write_bytes(b"half")
    serve(b"network")
    assert fetch("yunet").read_bytes() == b"network"


def test_a_way_that_leaves_https_is_not_gone(kept, serve):
    serve(b"network", url="http://example.org/file")
    with pytest.raises(BenchError) as error:
        fetch("yunet")
    assert str(error.value) == (
        f"{YUNET.file} cannot be downloaded: it leads to http://example.org/file, which is not "
        f"https. Get it from {YUNET.url} and put it into {kept.parent}."
    )


def test_without_a_network_the_address_and_the_place_are_told(kept, monkeypatch):
    def offline(*_args, **_kwargs):
        raise urllib.error.URLError("no network")

    monkeypatch.setattr("urllib.request.urlopen", offline)
    with pytest.raises(BenchError) as error:
        fetch("yunet")
    assert str(error.value) == (
        f"{YUNET.file} cannot be downloaded: no network. Get it from {YUNET.url} "
        f"and put it into {kept.parent}."
    )


def test_missing_weights_say_how_to_get_them(kept):
    with pytest.raises(BenchError) as error:
        weights_of("yunet")
    assert str(error.value) == (
        f"detector 'yunet' needs its weights, and {kept} is missing. Run `bench weights fetch "
        f"yunet`, or set BENCH_YUNET to the file."
    )


def test_a_file_of_ones_own_is_taken(kept, tmp_path, monkeypatch):
    own = tmp_path / "own.onnx"
    own.write_bytes(b"own")
    monkeypatch.setenv("BENCH_YUNET", str(own))
    assert weights_of("yunet") == own


def test_a_detector_without_weights_is_answered_with_those_that_have_some():
    with pytest.raises(BenchError) as error:
        fetch("haar")
    assert str(error.value) == "unknown detector with weights 'haar'. Known: retinaface, yunet."
