import numpy as np
import pytest
from scipy import stats

from bench.errors import BenchError
from bench.statistics import critical_difference, ranking, weakness


@pytest.mark.parametrize(("systems", "wanted"), [(5, 3.05), (7, 4.50)])
def test_the_critical_difference_over_four_datasets_is_the_known_one(systems, wanted):
    assert critical_difference(systems, 4) == pytest.approx(wanted, abs=0.005)


@pytest.mark.parametrize(
    ("systems", "q"), [(2, 1.960), (3, 2.343), (4, 2.569), (5, 2.728), (6, 2.850), (10, 3.164)]
)
def test_q_is_that_of_demsars_table(systems, q):
    found = critical_difference(systems, 1) / (systems * (systems + 1) / 6) ** 0.5
    assert found == pytest.approx(q, abs=0.001)


def test_the_four_datasets_of_the_paper_are_refused_with_a_reason():
    assert weakness(5, 4) == (
        "No test over datasets: with 5 systems on 4 dataset(s) mean ranks would have to lie 3.05 "
        "apart, where the widest possible gap is 4, so that next to nothing could be told apart; "
        "10 datasets would do."
    )
    with pytest.raises(BenchError) as caught:
        ranking(np.ones((4, 5)))
    assert str(caught.value) == weakness(5, 4)


def test_the_number_of_datasets_that_would_do_does():
    assert weakness(5, 9) is not None
    assert weakness(5, 10) is None


def test_two_systems_are_not_ranked():
    assert weakness(2, 100) == (
        "Ranks over datasets need three systems; 2 stand(s) in all of them."
    )


def test_the_test_is_iman_and_davenports_form_of_friedmans():
    scores = np.random.default_rng(0).normal(size=(20, 4)).round(1)
    chi = stats.friedmanchisquare(*scores.T).statistic
    found = ranking(scores)
    assert found.p == pytest.approx(stats.f.sf(19 * chi / (60 - chi), 3, 57))
    assert sum(found.ranks) == pytest.approx(10)


def test_the_best_on_every_dataset_ranks_first():
    found = ranking(np.tile([0.1, 0.3, 0.2], (12, 1)))
    assert found.ranks == (3.0, 1.0, 2.0)
    assert found.p == 0.0


def test_ties_share_their_rank_and_prove_nothing():
    found = ranking(np.ones((12, 3)))
    assert found.ranks == (2.0, 2.0, 2.0)
    assert found.p == 1.0
