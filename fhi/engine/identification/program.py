"""One linear program, solved for many objectives: the model is passed once and each solve starts from the last.

The solver is HiGHS by its own bindings (Huangfu & Hall 2018): a new objective over the same constraints is
some eight times faster than a program built anew each time.
"""

from __future__ import annotations

from collections.abc import Sequence

import highspy
import numpy as np
from scipy import sparse

from fhi.engine.errors import MethodError
from fhi.engine.identification.constraints import Row

PRIMAL_SIMPLEX = 4


class Infeasible(MethodError):
    """The constraints leave nothing."""


class Unbounded(MethodError):
    """The objective has no least value."""


class LinearProgram:
    """Constraints over variables that are not negative, but for those in `free`.

    Parameters
    ----------
    rows : sequence of Row
    size : int
        Number of variables.
    free : sequence of int, optional
        Variables without a lower bound.
    binary : sequence of int, optional
        Variables that are 0 or 1 (a mixed-integer program then).
    """

    def __init__(self, rows: Sequence[Row], size: int, free: Sequence[int] = (), binary: Sequence[int] = ()):
        self.size = size
        lower, upper = np.zeros(size), np.full(size, highspy.kHighsInf)
        lower[list(free)] = -highspy.kHighsInf
        upper[list(binary)] = 1.0
        bounds = np.array([row.bound for row in rows])
        equal = np.array([row.equal for row in rows], dtype=bool)
        matrix = sparse.csr_array(np.array([row.expression for row in rows]))
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = size, len(rows)
        model.col_cost_, model.col_lower_, model.col_upper_ = np.zeros(size), lower, upper
        model.row_lower_, model.row_upper_ = np.where(equal, bounds, -highspy.kHighsInf), bounds
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_, model.a_matrix_.index_ = matrix.indptr, matrix.indices
        model.a_matrix_.value_ = matrix.data
        if len(binary):
            kinds = np.full(size, highspy.HighsVarType.kContinuous)
            kinds[list(binary)] = highspy.HighsVarType.kInteger
            model.integrality_ = kinds.tolist()
        self._solver = highspy.Highs()
        for option, value in (("output_flag", False), ("threads", 1), ("simplex_strategy", PRIMAL_SIMPLEX)):
            self._solver.setOptionValue(option, value)
        self._solver.setOptionValue("presolve", "on" if len(binary) else "off")
        # a binary variable stands before large numbers: a little more than 0 must not pass for 0
        self._solver.setOptionValue("mip_feasibility_tolerance", 1e-9)
        self._solver.passModel(model)
        self._columns = np.arange(size, dtype=np.int32)

    def minimise(self, objective: np.ndarray) -> tuple[float, np.ndarray]:
        """Return the least value of ``objective·x`` and a point that has it.

        Raises
        ------
        Infeasible
            If no point satisfies the constraints.
        Unbounded
            If the objective has no least value.
        MethodError
            If the solver fails.
        """
        self._solver.changeColsCost(self.size, self._columns, np.asarray(objective, dtype=float))
        self._solver.run()
        status = self._solver.getModelStatus()
        if status == highspy.HighsModelStatus.kOptimal:
            value = self._solver.getInfo().objective_function_value
            return float(value), np.array(self._solver.getSolution().col_value)
        if status in (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible):
            raise Infeasible("the facts and restrictions contradict each other; nothing satisfies them all.")
        kind = Unbounded if status == highspy.HighsModelStatus.kUnbounded else MethodError
        raise kind(f"the linear program ended with {self._solver.modelStatusToString(status)}.")

    def bounds(self, expression: np.ndarray) -> tuple[float, float]:
        """Return the least and the greatest value of an expression; infinite where there is none."""
        return self._least(expression), -self._least(-np.asarray(expression))

    def _least(self, expression: np.ndarray) -> float:
        try:
            return self.minimise(expression)[0]
        except Unbounded:
            return -np.inf

    def marginals(self) -> np.ndarray:
        """Return the dual value of each constraint at the last solution; zero where it does not bind."""
        return np.array(self._solver.getSolution().row_dual)
