"""Mistake 1, too excited to start: what will it really cost, how sure is the saving, was everything settled?"""

from __future__ import annotations

from outsourcing_kit.business_case.assessment import assess
from outsourcing_kit.business_case.cash_flows import SimulatedCashFlows, simulate_cash_flows
from outsourcing_kit.business_case.decision import DecisionAnalysis, decision_analysis
from outsourcing_kit.business_case.forecasting import (
    OutsideView,
    PublishedReferenceClasses,
    outside_view,
    published_reference_classes,
)
from outsourcing_kit.business_case.past_work import (
    EstimateAccuracy,
    OverrunQuantiles,
    ReferenceClass,
    estimate_accuracy,
    overrun_quantiles,
    reference_class,
)
from outsourcing_kit.business_case.plan import NaiveSaving, Reserve, contingency, naive_saving
from outsourcing_kit.business_case.prerequisites import UnsettledPrerequisites, unsettled_prerequisites
from outsourcing_kit.business_case.risks import RiskRegister, risk_register
from outsourcing_kit.business_case.scenarios import (
    NoSaving,
    Odds,
    OneNumberAgainstRange,
    no_saving,
    one_number_against_range,
)
from outsourcing_kit.business_case.swings import Sensitivity, sensitivity

__all__ = [
    "DecisionAnalysis", "EstimateAccuracy", "NaiveSaving", "NoSaving", "Odds", "OneNumberAgainstRange",
    "OutsideView", "OverrunQuantiles", "PublishedReferenceClasses", "ReferenceClass", "Reserve", "RiskRegister",
    "Sensitivity", "SimulatedCashFlows", "UnsettledPrerequisites", "assess",
    "contingency", "decision_analysis", "estimate_accuracy", "naive_saving",
    "no_saving", "one_number_against_range", "outside_view", "overrun_quantiles", "published_reference_classes",
    "reference_class", "risk_register", "sensitivity", "simulate_cash_flows", "unsettled_prerequisites",
]  # fmt: skip
