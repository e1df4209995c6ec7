"""Statistics that the five mistakes share: plain numpy kernels, each with an interval that says what is not known.

Importing this loads numpy only; scipy and pandas load at the first call that needs them.
"""

from __future__ import annotations

from outsourcing_kit.stats._estimate import Estimate
from outsourcing_kit.stats.alpha import krippendorff_alpha
from outsourcing_kit.stats.clusters import clustered_share, effective_n
from outsourcing_kit.stats.crossed import crossed_mean
from outsourcing_kit.stats.gaps import gap
from outsourcing_kit.stats.kappa import cohen_kappa, cohen_kappa_table
from outsourcing_kit.stats.lower import lower_of
from outsourcing_kit.stats.means import person_mean
from outsourcing_kit.stats.planning import units_needed
from outsourcing_kit.stats.quantiles import quantile_interval
from outsourcing_kit.stats.readings import over_readings
from outsourcing_kit.stats.shares import exact_share, wilson_share
from outsourcing_kit.stats.sobol import SobolIndices, sobol_indices
from outsourcing_kit.stats.survival import KaplanMeier, kaplan_meier

__all__ = [
    "Estimate",
    "KaplanMeier",
    "SobolIndices",
    "clustered_share",
    "cohen_kappa",
    "cohen_kappa_table",
    "crossed_mean",
    "effective_n",
    "exact_share",
    "gap",
    "kaplan_meier",
    "krippendorff_alpha",
    "lower_of",
    "over_readings",
    "person_mean",
    "quantile_interval",
    "sobol_indices",
    "units_needed",
    "wilson_share",
]
