"""What goes wrong with a draw, told with its assumptions."""

from __future__ import annotations

from collections.abc import Mapping

from fhi.engine.errors import MethodError


class RobustnessError(MethodError):
    """A draw that cannot be computed.

    Parameters
    ----------
    why : str
        What is wrong and what to do.
    draw : object
        What the draw is called: its number from 0.
    assumptions : mapping
        The alternative of each assumption in that draw, in words.
    """

    def __init__(self, why: str, draw: object = None, assumptions: Mapping[str, str] | None = None):
        self.draw, self.assumptions = draw, dict(assumptions or {})
        listed = "; ".join(f"{name}: {text}" for name, text in self.assumptions.items())
        super().__init__(f"draw {draw} ({listed or 'nothing but noise'}) cannot be computed: {why}", key="robustness")

    def __reduce__(self):
        # an exception is pickled by its text alone, which is not what this one is made of
        return _restored, (str(self), self.draw, self.assumptions)


def _restored(text: str, draw: object, assumptions: Mapping[str, str]) -> RobustnessError:
    error = RobustnessError.__new__(RobustnessError)
    Exception.__init__(error, text)
    error.draw, error.assumptions = draw, dict(assumptions)
    error.file, error.key, error.value, error.valid = None, "robustness", None, []
    return error
