"""Statistics that the five mistakes share: plain numpy kernels, each with an interval that says what is not known.

Importing this loads numpy only; scipy and pandas load at the first call that needs them.
"""

from __future__ import annotations

from outsourcing_kit.stats._estimate import Estimate
from outsourcing_kit.stats.alpha import krippendorff_alpha
from outsourcing_kit.stats.combining import minimum_of, over_readings
from outsourcing_kit.stats.control import XmR, xmr
from outsourcing_kit.stats.differences import mean_difference
from outsourcing_kit.stats.kappa import cohen_kappa
from outsourcing_kit.stats.means import cluster_mean, pair_mean, person_share
from outsourcing_kit.stats.quantiles import quantile_interval
from outsourcing_kit.stats.shares import clopper_pearson, cluster_proportion, effective_n
from outsourcing_kit.stats.survival import KaplanMeier, kaplan_meier

__all__ = [
    "Estimate",
    "KaplanMeier",
    "XmR",
    "clopper_pearson",
    "cluster_mean",
    "cluster_proportion",
    "cohen_kappa",
    "effective_n",
    "kaplan_meier",
    "krippendorff_alpha",
    "mean_difference",
    "minimum_of",
    "over_readings",
    "pair_mean",
    "person_share",
    "quantile_interval",
    "xmr",
]
