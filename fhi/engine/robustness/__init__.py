"""How far the ranks depend on assumptions: uncertainty, sensitivity, and confidence in ranks."""

from fhi.engine.robustness.monte_carlo import Uncertainty, uncertainty
from fhi.engine.robustness.parallel import RobustnessError
from fhi.engine.robustness.saltelli import WideIntervals, sensitivity

__all__ = ["RobustnessError", "Uncertainty", "WideIntervals", "sensitivity", "uncertainty"]
