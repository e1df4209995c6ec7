"""Mistake 1, too excited to start: what will it really cost, how sure is the saving, was everything settled?"""

from __future__ import annotations

from outsourcing_kit.business_case.assessment import assess
from outsourcing_kit.business_case.cash_flows import Odds, SimulatedCashFlows, simulate_cash_flows
from outsourcing_kit.business_case.information import ValueOfInformation, value_of_information
from outsourcing_kit.business_case.matters import WhatMatters, what_matters
from outsourcing_kit.business_case.outside import OutsideView, outside_view
from outsourcing_kit.business_case.past_work import (
    EstimateAccuracy,
    OverrunQuantiles,
    ReferenceClass,
    estimate_accuracy,
    overrun_quantiles,
    reference_class,
)
from outsourcing_kit.business_case.plan import Reserve, SingleNumberCase, reserve_of, single_number_case
from outsourcing_kit.business_case.published import PublishedReferenceClasses, published_reference_classes
from outsourcing_kit.business_case.risks import RiskRegister, risk_register
from outsourcing_kit.business_case.saving import NoSaving, OneNumberAgainstRange, no_saving, one_number_against_range
from outsourcing_kit.business_case.settled import (
    UnsettledPrerequisites,
    default_prerequisites,
    unsettled_prerequisites,
)
from outsourcing_kit.business_case.waiting import WorthWaiting, worth_waiting

__all__ = [
    "EstimateAccuracy",
    "NoSaving",
    "Odds",
    "OneNumberAgainstRange",
    "OutsideView",
    "OverrunQuantiles",
    "PublishedReferenceClasses",
    "ReferenceClass",
    "Reserve",
    "RiskRegister",
    "SimulatedCashFlows",
    "SingleNumberCase",
    "UnsettledPrerequisites",
    "ValueOfInformation",
    "WhatMatters",
    "WorthWaiting",
    "assess",
    "default_prerequisites",
    "estimate_accuracy",
    "no_saving",
    "one_number_against_range",
    "outside_view",
    "overrun_quantiles",
    "published_reference_classes",
    "reference_class",
    "reserve_of",
    "risk_register",
    "simulate_cash_flows",
    "single_number_case",
    "unsettled_prerequisites",
    "value_of_information",
    "what_matters",
    "worth_waiting",
]
