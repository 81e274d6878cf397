import numpy as np
import pytest
import torch

from bench.frames.augmentation import Augmenter
from bench.frames.batches import Batch
from bench.frames.sampling import Choice
from bench.records import Augmentation, Recipe

CPU = torch.device("cpu")
SIZE = 24
EVERYTHING = {
    "crop_area": (0.3, 1.0),
    "rotation": 20.0,
    "brightness": 0.4,
    "contrast": 0.4,
    "saturation": 0.4,
    "rand_augment": (2, 9),
    "erase": 0.5,
}
EACH = [{key: value} for key, value in EVERYTHING.items()]


def augmenter(flip=False, **asked):
    recipe = Recipe(
        "r", "adam", 1e-3, 2, 1, "nobody", flip=flip, augmentation=Augmentation(**asked)
    )
    return Augmenter(recipe, SIZE, classes=3)


def batch(*seeds, frames=4, still=True):
    """Rows whose pixels follow from their seeds; in a still one all frames are the same."""
    rows = []
    for seed in seeds:
        rng = np.random.default_rng(seed)
        coarse = rng.integers(0, 256, (1 if still else frames, 6, 6, 3), np.uint8)
        rows.append(np.broadcast_to(coarse.repeat(4, 1).repeat(4, 2), (frames, SIZE, SIZE, 3)))
    video = torch.from_numpy(np.stack(rows)).permute(0, 4, 1, 2, 3)
    return Batch(
        video,
        torch.arange(len(seeds)) % 3,
        tuple(range(len(seeds))),
        (Choice((0,), ((0, 1),)),) * len(seeds),
        mirrored=tuple(seed % 2 == 1 for seed in seeds),
        seeds=tuple(seeds),
    )


def test_without_augmentation_a_batch_is_as_it_was():
    given = batch(1, 2)
    shown = augmenter()(given, CPU)
    assert shown.video is given.video
    assert torch.equal(shown.labels, given.labels)


def test_the_rows_that_are_mirrored_change_left_and_right():
    given = batch(1, 2)
    shown = augmenter(flip=True)(given, CPU)
    assert torch.equal(shown.video[0], given.video[0].flip(-1))
    assert torch.equal(shown.video[1], given.video[1])


@pytest.mark.parametrize("asked", EACH, ids=lambda asked: next(iter(asked)))
def test_all_frames_of_a_video_are_changed_alike(asked):
    given = batch(*range(8))
    shown = augmenter(**asked)(given, CPU)
    assert shown.video.shape == given.video.shape
    assert shown.video.dtype == torch.uint8
    assert torch.equal(shown.video, shown.video[:, :, :1].expand_as(shown.video))
    assert not torch.equal(shown.video, given.video)


def test_a_row_is_changed_by_its_own_seed_whatever_is_beside_it():
    augment = augmenter(**EVERYTHING)
    one, other = augment(batch(1, 2, 3), CPU), augment(batch(3, 1), CPU)
    assert torch.equal(one.video[0], other.video[1])
    assert torch.equal(one.video[2], other.video[0])


def test_another_seed_changes_a_row_in_another_way():
    augment = augmenter(crop_area=(0.3, 0.6))
    given = batch(5)
    other = given._replace(seeds=(6,))
    assert not torch.equal(augment(given, CPU).video, augment(other, CPU).video)


@pytest.mark.parametrize("asked", [EVERYTHING, {"mixup": 0.8}, {"cutmix": 1.0}])
def test_the_generator_of_torch_stays_where_it_was(asked):
    before = torch.get_rng_state()
    augmenter(**asked)(batch(1, 2), CPU)
    assert torch.equal(torch.get_rng_state(), before)


def test_a_rectangle_that_is_erased_becomes_grey():
    given = batch(*range(6))
    shown = augmenter(erase=1.0)(given, CPU).video
    changed = (shown != given.video).any(1)
    assert changed.flatten(1).any(1).all()
    assert (shown.permute(0, 2, 3, 4, 1)[changed] == 127).all()


def test_mix_up_blends_videos_and_labels_by_one_share():
    given = batch(1, 2, 3)
    shown = augmenter(mixup=0.8)(given, CPU)
    share = shown.labels[0, 0].item()
    assert shown.labels.shape == (3, 3)
    assert shown.labels.sum(1).tolist() == pytest.approx([1, 1, 1])
    whole = given.video.float()
    expected = share * whole + (1 - share) * whole.roll(1, 0)
    assert torch.allclose(shown.video, expected, atol=1e-3)
    assert 0 < share < 1


def test_cut_mix_pastes_a_rectangle_and_counts_its_area():
    given = batch(4, 8, 6)
    shown = augmenter(cutmix=1.0)(given, CPU)
    kept = (shown.video[0] == given.video[0].float()).all((0, 1))
    pasted = (shown.video[0] == given.video[2].float()).all((0, 1))
    assert (kept | pasted).all()
    assert shown.labels[0, 2].item() == pytest.approx((~kept).float().mean().item(), abs=1e-6)
    assert 0 < shown.labels[0, 2] < 1


def test_with_both_one_is_drawn_for_each_batch():
    augment = augmenter(mixup=0.8, cutmix=1.0)
    blended = [
        # what is pasted keeps its whole numbers
        bool((augment(batch(n, n + 1, n + 2), CPU).video % 1 != 0).any())
        for n in range(12)
    ]
    assert 0 < sum(blended) < 12


def test_mixing_is_a_function_of_the_rows():
    augment = augmenter(mixup=0.8, cutmix=1.0)
    one, again = augment(batch(1, 2), CPU), augment(batch(1, 2), CPU)
    assert torch.equal(one.video, again.video)
    assert torch.equal(one.labels, again.labels)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_a_gpu_shows_what_the_cpu_shows():
    cuda = torch.device("cuda")
    augment = augmenter(flip=True, crop_area=(0.3, 1.0), brightness=0.4, erase=0.5, mixup=0.8)
    before = torch.cuda.get_rng_state()
    one, other = augment(batch(1, 2), CPU), augment(batch(1, 2), cuda)
    assert other.video.is_cuda
    assert torch.equal(torch.cuda.get_rng_state(), before)
    assert (one.video - other.video.cpu()).abs().max() <= 2  # rounding of a resized byte
    assert torch.allclose(one.labels, other.labels.cpu())
