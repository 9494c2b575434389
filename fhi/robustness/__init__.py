"""How far the ranks depend on assumptions: uncertainty, sensitivity, and confidence in ranks."""

from fhi.robustness.failures import RobustnessError
from fhi.robustness.monte_carlo import Uncertainty, uncertainty
from fhi.robustness.saltelli import WideIntervals, sensitivity

__all__ = ["RobustnessError", "Uncertainty", "WideIntervals", "sensitivity", "uncertainty"]
