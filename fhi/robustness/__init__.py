"""How far the ranks depend on assumptions: uncertainty, sensitivity, and confidence in ranks."""

from fhi.robustness.failures import RobustnessError
from fhi.robustness.sensitivity import WideIntervals, sensitivity
from fhi.robustness.uncertainty import Uncertainty, uncertainty

__all__ = ["RobustnessError", "Uncertainty", "WideIntervals", "sensitivity", "uncertainty"]
