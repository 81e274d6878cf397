import pytest
from scipy import stats

from bench.statistics import Discordance, mcnemar


def test_few_disagreements_are_asked_of_the_binomial():
    # 2 (1 + 10 + 45) / 1024
    assert mcnemar(2, 8) == Discordance(2, 8, 0.109375, exact=True)
    assert mcnemar(8, 2).p == stats.binomtest(2, 10).pvalue


def test_many_are_asked_of_chi_squared_with_edwards_correction():
    found = mcnemar(30, 10)
    assert found.exact is False
    assert found.p == pytest.approx(stats.chi2.sf(19**2 / 40, 1))


@pytest.mark.parametrize("both", [0, 5, 40])
def test_an_equal_split_is_no_evidence(both):
    assert mcnemar(both, both).p == 1.0
