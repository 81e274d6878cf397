import numpy as np
import pytest

from bench.statistics import Components, components, seeds_needed


def test_two_folds_of_two_seeds_are_worked_by_hand():
    # within: ((0.01² + 0.01²) + (0.01² + 0.01²)) / 2 = 2e-4; means 0.61 and 0.71: 5e-3 - 1e-4
    found = components({(0, "a"): (0.60, 0.62), (1, "a"): (0.70, 0.72)})
    assert found.seed == pytest.approx(2e-4)
    assert found.fold == pytest.approx(5e-3 - 1e-4)
    assert found.machine is None


def test_of_one_seed_the_fold_holds_both():
    found = components({(0, "a"): (0.60,), (1, "a"): (0.70,)})
    assert found == Components(fold=pytest.approx(5e-3), machine=None, seed=None, mixed=False)


def test_seeds_that_each_ran_elsewhere_are_not_told_from_their_machines():
    found = components({(0, "a"): (0.60,), (0, "b"): (0.62,), (1, "a"): (0.70,), (1, "b"): (0.72,)})
    assert (found.seed, found.machine, found.mixed) == (pytest.approx(2e-4), None, True)
    assert found.fold == pytest.approx(5e-3 - 1e-4)


def test_one_fold_says_nothing_of_folds():
    assert components({(0, "a"): (0.60, 0.62)}).fold is None


def test_a_machine_of_its_own_for_each_fold_is_not_told_from_the_fold():
    found = components({(0, "a"): (0.6, 0.62), (1, "b"): (0.7, 0.71)})
    assert found.machine is None


def test_the_variances_that_scores_were_drawn_with_are_found_again():
    draw = np.random.default_rng(5).normal
    scores = {}
    for fold in range(400):
        base = 0.6 + draw(0, 0.05)
        for machine in "abc":
            place = base + draw(0, 0.02)
            scores[fold, machine] = tuple(place + draw(0, 0.03, size=4))
    found = components(scores)
    assert found.fold**0.5 == pytest.approx(0.05, rel=0.1)
    assert found.machine**0.5 == pytest.approx(0.02, rel=0.1)
    assert found.seed**0.5 == pytest.approx(0.03, rel=0.05)


def test_a_negative_variance_is_none():
    found = components({(0, "a"): (0.5, 0.7), (1, "a"): (0.5, 0.7)})
    assert found.fold == 0.0


def test_the_number_of_seeds_is_worked_by_hand():
    # reach 1.95996 + 0.84162 = 2.80158; 0.05² / (7.84886 * 0.45) - 1e-4 = 6.078e-4
    assert seeds_needed(0.05, 1e-4, 1e-3, 0.45) == 2
    assert seeds_needed(0.05, 0.0, 1e-6, 0.45) == 1


def test_no_number_of_seeds_undoes_what_folds_differ_by():
    assert seeds_needed(0.01, 1e-3, 1e-3, 0.45) is None
    assert seeds_needed(0.0, 0.0, 1e-3, 0.45) is None
