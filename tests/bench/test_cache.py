from pathlib import Path

from bench.cache import cache_folder


def test_the_cache_is_where_bench_cache_says(monkeypatch):
    monkeypatch.setenv("BENCH_CACHE", "/somewhere")
    monkeypatch.setenv("XDG_CACHE_HOME", "/elsewhere")
    assert cache_folder() == Path("/somewhere")


def test_the_cache_lies_in_the_users_cache_folder(monkeypatch):
    monkeypatch.delenv("BENCH_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", "/elsewhere")
    assert cache_folder() == Path("/elsewhere/video-fer-bench")


def test_without_any_variable_the_cache_lies_at_home(monkeypatch):
    monkeypatch.delenv("BENCH_CACHE", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("HOME", "/home/someone")
    assert cache_folder() == Path("/home/someone/.cache/video-fer-bench")
