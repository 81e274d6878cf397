from dataclasses import replace
from pathlib import Path

import pytest

from bench import planning, registry, sources
from bench.errors import BenchError
from bench.protocols import cross_corpus
from bench.records import (
    Dataset,
    Extent,
    Fold,
    InputSpec,
    ModelEntry,
    Preprocessing,
    Preset,
    Protocol,
    Recipe,
    RunSpec,
    Sampling,
    Video,
    Weights,
)

RECIPE = Recipe("r", "adam", 1e-3, batch_size=8, epochs=120, source="nobody")
SPEC = InputSpec(Sampling("uniform", frames=4), Sampling("uniform", frames=4), size=224)
NONE = Weights("none", None)
FITTED = ModelEntry("fitted", "Fitted", "classical", "a:b", "nobody", SPEC)


@pytest.fixture
def prepared() -> sources.PreparedDataset:
    videos = tuple(
        Video(f"faces:{s}{c}", f"{s}{c}.mp4", c, subject=f"s{s}")
        for s in range(6)
        for c in ("happy", "sad")
    )
    ids = tuple(v.id for v in videos)
    folds = (Fold(0, ids[6:], ids[:6]), Fold(1, ids[:6], ids[6:]))
    tested = sources.Source(
        entry=registry.load().dataset("synthetic"),
        root=Path("/nowhere"),
        dataset=Dataset("faces", ("happy", "sad"), videos),
        preprocessing=Preprocessing(),
        preprocessing_fingerprint="f",
        store=Path("/nowhere"),
    )
    return sources.PreparedDataset(
        tested,
        Protocol("subject-2-fold", "faces", ("happy", "sad"), folds, "pool", "h", "rule"),
    )


def changed(prepared, **fields):
    return replace(prepared, tested=replace(prepared.tested, **fields))


def ask(prepared, *, model="resnet18", weights=NONE, **spec):
    loaded = registry.load()
    asked = RunSpec(models=(model,), datasets=("synthetic",), **spec)
    return planning.requests(loaded.models[model], prepared, asked, loaded, weights)


def test_every_fold_of_every_seed_is_asked_for_once(prepared):
    jobs = ask(prepared, seeds=(0, 1))
    assert [(job.seed, job.fold.index) for job in jobs] == [(0, 0), (0, 1), (1, 0), (1, 1)]


def test_seed_and_fold_stay_outside_the_identity(prepared):
    assert len({job.identity for job in ask(prepared, seeds=(0, 1, 2))}) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"preset": "quick"},
        {"recipe": "common"},
        {"selection": "validation"},
        {"weights": Weights("synthetic", "0" * 64)},
        {"weights": Weights("mine.pth", "1" * 64)},
        {"model": "fan"},
    ],
    ids=str,
)
def test_another_spec_has_another_identity(prepared, other):
    assert ask(prepared, **other)[0].identity != ask(prepared)[0].identity


def test_another_preprocessing_has_another_identity(prepared):
    other = changed(prepared, preprocessing_fingerprint="g")
    assert ask(other)[0].identity != ask(prepared)[0].identity


def test_one_video_less_makes_another_identity(prepared):
    dataset = replace(prepared.dataset, videos=prepared.dataset.videos[1:])
    assert ask(changed(prepared, dataset=dataset))[0].identity != ask(prepared)[0].identity


@pytest.mark.parametrize("change", [{"limit": 1}, {"aligned": True}], ids=str)
def test_other_pixels_of_the_same_file_make_another_identity(prepared, change):
    first, *rest = prepared.dataset.videos
    dataset = replace(prepared.dataset, videos=(replace(first, **change), *rest))
    assert ask(changed(prepared, dataset=dataset))[0].identity != ask(prepared)[0].identity


def test_another_file_under_the_same_name_makes_another_identity(prepared, tmp_path):
    here = changed(prepared, root=tmp_path)
    identities = []
    for content in (b"first", b"other pixels"):
        (tmp_path / prepared.dataset.videos[0].path).write_bytes(content)
        identities.append(ask(here)[0].identity)
    assert len({*identities, ask(prepared)[0].identity}) == 3


def test_other_images_in_a_folder_make_another_identity_and_stray_files_do_not(prepared, tmp_path):
    here = changed(prepared, root=tmp_path)
    folder = tmp_path / prepared.dataset.videos[0].path
    folder.mkdir()
    identities = []
    for name, content in (("0.png", b"a"), (".DS_Store", b""), ("0.png", b"ab"), ("1.png", b"a")):
        (folder / name).write_bytes(content)
        identities.append(ask(here)[0].identity)
    assert identities[0] == identities[1]
    assert len(set(identities)) == 3


def test_a_root_one_folder_higher_keeps_the_identity(prepared, tmp_path):
    (tmp_path / "inner").mkdir()
    for video in prepared.dataset.videos:
        (tmp_path / "inner" / video.path).write_bytes(b"pixels")
    videos = tuple(replace(v, path=f"inner/{v.path}") for v in prepared.dataset.videos)
    higher = changed(prepared, root=tmp_path, dataset=replace(prepared.dataset, videos=videos))
    inner = changed(prepared, root=tmp_path / "inner")
    assert ask(higher)[0].identity == ask(inner)[0].identity


def test_another_place_for_first_weights_makes_another_identity(prepared):
    job = ask(prepared, weights=Weights("mine.pth", "1" * 64))[0]
    elsewhere = replace(job.model.pretraining, module="head")
    assert planning.identity(replace(job, model=replace(job.model, pretraining=elsewhere))) != (
        job.identity
    )


def test_any_recipe_for_all_models_is_no_recipe_of_their_own(prepared):
    asked = [ask(prepared, recipe=recipe)[0] for recipe in (None, "ceflnet-120", "common")]
    assert [job.regime for job in asked] == ["own", "common", "common"]
    assert len({job.identity for job in asked}) == 3


def test_words_about_an_entry_stay_outside_the_identity(prepared):
    job = ask(prepared)[0]
    words = replace(
        job,
        model=replace(job.model, title="x", note="y", source="z", complexity=None),
        recipe=replace(job.recipe, source="w"),
    )
    assert planning.identity(words) == job.identity


def test_a_fold_that_does_not_exist_is_refused(prepared):
    with pytest.raises(BenchError) as caught:
        ask(prepared, folds=(0, 2))
    assert str(caught.value) == (
        "--folds 2 is none of protocol 'subject-2-fold'; counted from 0, as their files are, it "
        "has fold-0 to fold-1. Choose among them."
    )


def refused(entry, **spec):
    with pytest.raises(BenchError) as caught:
        planning.require_answers(entry, RunSpec((entry.name,), ("synthetic",), **spec))
    return str(caught.value)


def test_a_cost_only_model_is_never_scored():
    assert refused(registry.load().models["c3d-table8"]) == (
        "model 'c3d-table8' is of kind cost-only: it is counted, never trained or scored. Choose "
        "another with `bench list models`."
    )


def test_a_model_that_is_answered_elsewhere_names_the_command_for_it():
    assert refused(replace(FITTED, kind="imported")) == (
        "model 'fitted' is answered elsewhere: bring its answers in with `bench import`."
    )


def test_a_model_without_its_library_says_what_to_install(monkeypatch):
    monkeypatch.setattr("bench.extras.find_spec", lambda _: None)
    assert refused(replace(FITTED, needs="timm")) == (
        "model 'fitted' needs timm, which is not installed. Add it with "
        '`pip install "video-fer-bench[timm]"`.'
    )


def test_what_is_fitted_once_has_no_epoch_to_select():
    assert refused(FITTED, selection="validation") == (
        "model 'fitted' is fitted once and has no epochs that --selection validation could choose "
        "from. Leave it out, or leave out the model."
    )


def test_what_is_fitted_anew_takes_no_weights():
    assert refused(FITTED, weights="imagenet") == (
        "model 'fitted' is fitted anew in every fold and takes no --weights imagenet. Leave it "
        "out, or leave out the model."
    )


def test_what_is_fitted_once_is_planned_without_epochs_recipe_and_objective(prepared):
    loaded = registry.load()
    asked = RunSpec(
        ("fitted",), ("synthetic",), preset="quick", recipe="common", objective="cross-entropy"
    )
    job = planning.requests(FITTED, prepared, asked, loaded, NONE)[0]
    assert (job.extent.epochs, job.regime) == (0, "own")
    assert (job.recipe, job.objective) == (planning.NO_RECIPE, planning.NO_OBJECTIVE)
    plain = replace(asked, recipe=None, objective=None)
    assert planning.requests(FITTED, prepared, plain, loaded, NONE)[0].identity == job.identity


def test_a_network_of_fixed_geometry_is_never_shrunk():
    assert planning.fit_input(SPEC, Preset("p", "t", size=64)).size == 224


@pytest.mark.parametrize(("least", "size"), [(32, 64), (112, 112)])
def test_a_network_shrinks_to_the_preset_but_not_below_its_least_size(least, size):
    spec = replace(SPEC, min_size=least)
    assert planning.fit_input(spec, Preset("p", "t", size=64)).size == size


def test_the_full_preset_leaves_the_recipe_alone():
    assert planning.extent_of(RECIPE, Preset("full", "t"), 100, 0) == Extent(120, 12, 8, 1e-3)


def test_without_drop_last_the_short_batch_counts():
    recipe = replace(RECIPE, drop_last=False)
    assert planning.extent_of(recipe, Preset("full", "t"), 100, 0).steps_per_epoch == 13


def test_a_light_network_is_capped_by_epochs_alone():
    preset = Preset("p", "t", epochs=6, train_tmacs=12)
    assert planning.extent_of(RECIPE, preset, 96, 5_000_000_000) == Extent(6, 12, 8, 1e-3)


def test_a_heavy_network_takes_fewer_and_smaller_steps():
    preset = Preset("p", "t", epochs=6, train_tmacs=12)
    extent = planning.extent_of(RECIPE, preset, 96, 282_000_000_000)
    assert extent.batch_size == 1
    assert 3 * 0.282 * extent.epochs * extent.steps_per_epoch <= 12


def test_a_budget_below_one_step_still_takes_one():
    preset = Preset("p", "t", train_tmacs=0.001)
    assert planning.extent_of(RECIPE, preset, 96, 282_000_000_000) == Extent(1, 1, 1, 1e-3)


def test_with_sgd_the_rate_follows_the_batch():
    recipe = replace(RECIPE, optimizer="sgd", lr=4e-3, batch_size=48)
    extent = planning.extent_of(recipe, Preset("p", "t", batch_size=8), 96, 0)
    assert extent.lr == pytest.approx(4e-3 / 6)


def test_the_cap_on_training_videos_is_even_over_the_classes(prepared):
    labels = {v.id: v.label for v in prepared.dataset.videos}
    capped = planning._capped(
        prepared.protocol.folds[0], labels, Preset("p", "t", train_videos=4), seed=0
    )
    assert sorted(labels[i] for i in capped.train) == ["happy", "happy", "sad", "sad"]
    assert capped.test == prepared.protocol.folds[0].test
    assert set(capped.train) <= set(prepared.protocol.folds[0].train)


def test_a_model_that_trains_on_all_frames_has_no_training_budget(prepared):
    loaded = registry.load()
    every = Sampling("all")
    entry: ModelEntry = loaded.models["resnet18"]
    entry = replace(entry, input=replace(entry.input, train=every, test=every))
    spec = RunSpec(models=("resnet18",), datasets=("synthetic",), preset="quick")
    with pytest.raises(BenchError, match="trains on all frames of a video"):
        planning.requests(entry, prepared, spec, loaded, NONE)


class TestTrainingOnAnotherDataset:
    @pytest.fixture
    def crossed(self, prepared):
        videos = tuple(
            Video(f"others:{s}{c}", f"{s}{c}.mp4", c, subject=f"o{s}")
            for s in range(3)
            for c in ("happy", "sad")
        )
        others = Dataset("others", ("happy", "sad"), videos, harmonised=True)
        trained = replace(prepared.tested, dataset=others, store=Path("/elsewhere"))
        faces = replace(prepared.tested.dataset, harmonised=True)
        tested = replace(prepared.tested, dataset=faces)
        return sources.PreparedDataset(tested, cross_corpus(faces, others), trained)

    def test_one_fold_trains_on_one_and_tests_the_other(self, crossed):
        (job,) = ask(crossed)
        assert {id.partition(":")[0] for id in job.fold.train} == {"others"}
        assert {id.partition(":")[0] for id in job.fold.test} == {"faces"}
        assert (len(job.fold.train), len(job.fold.test), job.folds) == (6, 12, 1)
        assert job.protocol == "trained-on-others-2-classes"
        assert job.train_on == crossed.tested.entry.name
        assert crossed.protocol.source == "all of others trains, all of faces is tested"

    def test_people_of_two_datasets_who_have_one_name_are_two(self, crossed):
        other = Video("others:x", "x.mp4", "sad", subject="S0", group="Film")
        trained = replace(crossed.trained.dataset, videos=(other,))
        (found,) = [v for v in sources.joined(crossed.tested.dataset, trained).videos if v.group]
        assert (found.subject, found.group) == ("others:S0", "others:Film")
        nobody = replace(trained, videos=(replace(other, subject=None),))
        subjects = {v.subject for v in sources.joined(crossed.tested.dataset, nobody).videos}
        assert subjects == {v.subject for v in crossed.tested.dataset.videos} | {None}

    def test_what_was_left_out_of_either_is_accounted_for(self, crossed):
        tested = replace(crossed.tested.dataset, left_out={"no video": 1, "clip of Test": 2})
        trained = replace(crossed.trained.dataset, left_out={"no video": 3})
        assert sources.joined(tested, trained).left_out == {
            "no video": 1,
            "clip of Test": 2,
            "no video, of others": 3,
        }

    def test_each_video_is_looked_for_in_the_store_of_its_dataset(self, crossed):
        assert crossed.stores == {"faces": "/nowhere", "others": "/elsewhere"}

    @pytest.mark.parametrize("what", ["videos", "preprocessing"])
    def test_other_training_data_make_another_identity(self, crossed, what):
        (job,) = ask(crossed)
        trained = crossed.trained
        if what == "videos":
            fewer = replace(trained.dataset, videos=trained.dataset.videos[1:])
            other = replace(trained, dataset=fewer)
        else:
            other = replace(trained, preprocessing_fingerprint="g")
        (changed_job,) = ask(replace(crossed, trained=other))
        assert changed_job.identity != job.identity

    def test_datasets_whose_videos_one_loader_names_are_refused(self):
        mine, yours = (
            Dataset(name, ("sad",), (Video(f"folder:sad/{name}.mp4", "x", "sad"),))
            for name in ("mine", "yours")
        )
        with pytest.raises(BenchError) as refused:
            sources.joined(mine, yours)
        assert str(refused.value) == (
            "datasets 'mine' and 'yours' both name their videos 'folder:...', by which their "
            "frames are told apart. Read one of them by another loader, as csv in place of folder."
        )

    def test_datasets_with_common_videos_are_refused(self, prepared):
        with pytest.raises(BenchError) as refused:
            sources.joined(prepared.dataset, replace(prepared.dataset, name="again"))
        assert str(refused.value) == (
            "datasets 'faces' and 'again' share 12 videos, the first is 'faces:0happy'. Train on "
            "another dataset."
        )
