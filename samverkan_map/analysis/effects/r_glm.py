"""A fitted series with the last digits that R prints, for comparing with reports that were made there."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import xlogy

from samverkan_map.analysis.effects.series import Segmented
from samverkan_map.errors import BadNumbers

CLOSE = 1e-8
ROUNDS = 25


@dataclass(frozen=True, eq=False)
class RPrint:
    """Dispersion, and standard errors of shape (p,), as `summary(glm(...))` of R gives them."""

    dispersion: float
    se_poisson: np.ndarray

    @property
    def se_quasi(self) -> np.ndarray:
        """With the dispersion in them."""
        return self.se_poisson * math.sqrt(self.dispersion)


def as_r_prints(fit: Segmented) -> RPrint:
    """The dispersion and standard errors of R's glm, which differ from the exact ones in the fifth digit.

    R stops when the deviance changes by less than a hundred-millionth, and then prints what follows from the weights of
    the round before. The fit itself, and every interval that is shown, has the exact ones.

    Units: those of the fit (logs, per year); a Segmented of points of equal length in, an RPrint out.
    Raises BadNumbers when R would not get there in its 25 rounds.
    Source: Venables & Ripley (2002), section 7.1, on the algorithm; how it ends shows in the reference
    numbers made with R 4.2.2.

    >>> from samverkan_map.analysis.effects.series import segmented
    >>> bursts = [9, 0, 1, 12, 0, 2, 10, 1, 0, 7, 0, 11, 1, 14, 0, 0, 9, 2, 1, 0, 13, 0, 8, 1]
    >>> fit = segmented(bursts)
    >>> round(fit.dispersion, 4), round(as_r_prints(fit).dispersion, 4)
    (6.772, 6.772)
    """
    y, design = fit.counts, fit.design
    fitted = y + 0.1
    deviance = _deviance(y, fitted)
    for _ in range(ROUNDS):
        weights, before = fitted, deviance
        covariance = np.linalg.inv((design.T * weights) @ design)
        working = np.log(weights) + (y - weights) / weights
        fitted = np.exp(np.clip(design @ (covariance @ (design.T @ (weights * working))), -60, 60))
        deviance = _deviance(y, fitted)
        if abs(deviance - before) < CLOSE * (abs(deviance) + 0.1):
            away = (y - fitted) / fitted
            dispersion = float(weights @ away**2) / (len(y) - design.shape[1])
            return RPrint(dispersion, np.sqrt(covariance.diagonal()))
    raise BadNumbers("analysis.errors.no_fit", field="series")


def _deviance(y: np.ndarray, fitted: np.ndarray) -> float:
    return float(2 * (xlogy(y, y / fitted) - (y - fitted)).sum())
