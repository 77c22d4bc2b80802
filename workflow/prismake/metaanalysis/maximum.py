"""The maximum of a smooth function of two or three parameters, without derivatives of its own."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from prismake.metaanalysis.faults import FloatArray, refusal

ITERATIONS = 200
STEP = 1e-3
Function = Callable[[FloatArray], float]


def maximise(function: Function, start: FloatArray, what: str) -> FloatArray:
    """Newton's method with central differences, damped where the function is not concave or the step overshoots.

    Parameters should be of the order of 1. Raises Inestimable, naming `what`, if it does not converge.
    """
    x, value = start, function(start)
    for _ in range(ITERATIONS):
        gradient = slope(function, x)
        step = _ascent(gradient, hessian(function, x))
        while not (following := function(x + step)) >= value and np.max(np.abs(step)) > 1e-12:
            step = step / 2
        if not following >= value:
            step, following = np.zeros_like(x), value
        gain, x, value = following - value, x + step, following
        if np.max(np.abs(step)) < 1e-8 or (gain < 1e-13 * (1 + abs(value)) and np.max(np.abs(step)) < 1e-5):
            return x
    raise refusal("no-convergence", f"{what} did not converge in {ITERATIONS} steps", fix="choose another model")


def _ascent(gradient: FloatArray, curvature: FloatArray) -> FloatArray:
    """The Newton step, towards rising values even where the curvature is not that of a maximum; at most 2 long."""
    values, vectors = np.linalg.eigh(-curvature)
    size = np.maximum(np.abs(values), 1e-8 * max(1.0, float(np.max(np.abs(values)))))
    step: FloatArray = vectors @ ((vectors.T @ gradient) / size)
    return step / max(1.0, float(np.max(np.abs(step))) / 2)


def slope(function: Function, x: FloatArray) -> FloatArray:
    """The gradient, by central differences of fourth order."""

    def along(axis: FloatArray) -> float:
        near, far = STEP * axis, 2 * STEP * axis
        return (8 * (function(x + near) - function(x - near)) - (function(x + far) - function(x - far))) / (12 * STEP)

    return np.array([along(axis) for axis in np.eye(x.size)])


def hessian(function: Function, x: FloatArray, step: float = STEP) -> FloatArray:
    """The matrix of second derivatives, by central differences."""
    axes = step * np.eye(x.size)
    result = np.empty((x.size, x.size))
    for i, a in enumerate(axes):
        for j, b in enumerate(axes[: i + 1]):
            corners = function(x + a + b) - function(x + a - b) - function(x - a + b) + function(x - a - b)
            result[i, j] = result[j, i] = corners / (4 * step**2)
    return result
