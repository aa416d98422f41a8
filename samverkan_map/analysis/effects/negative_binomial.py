"""The negative binomial model of a series: another way to meet overdispersion, kept for checking the quasi-Poisson."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import digamma

from samverkan_map.analysis.effects.series import Segmented
from samverkan_map.errors import BadNumbers

LEAST_THETA, MOST_THETA = 1e-4, 1e5
LARGEST_LOG = 60.0
ROUNDS = 200
CLOSE = 1e-10


@dataclass(frozen=True, eq=False)
class NegativeBinomial:
    """Coefficients and standard errors of shape (p,), named as in the fit; a count m has variance m + m² / theta."""

    coef: np.ndarray
    se: np.ndarray
    theta: float


def negative_binomial(fit: Segmented) -> NegativeBinomial | None:
    """The same model with gamma variation between points, by maximum likelihood; None when there is none to be seen.

    Without overdispersion theta has no top and other programs run to some large number; that is the None here.

    Units: those of the fit (logs, per year); a Segmented of points of equal length in, a NegativeBinomial out.
    Raises BadNumbers when the likelihood has no top within reach.
    Source: Lawless (1987); Venables & Ripley (2002), section 7.4.

    >>> from samverkan_map.analysis.effects.series import segmented
    >>> bursts = [9, 0, 1, 12, 0, 2, 10, 1, 0, 7, 0, 11, 1, 14, 0, 0, 9, 2, 1, 0, 13, 0, 8, 1]
    >>> round(negative_binomial(segmented(bursts)).theta, 2)
    0.5
    """
    coef, fitted, theta = fit.coef, fit.fitted, math.inf
    for _ in range(ROUNDS):
        before = theta
        theta = _theta(fit.counts, fitted)
        if theta >= MOST_THETA:
            return None
        coef, covariance = _coefficients(fit.design, fit.counts, coef, theta)
        fitted = np.exp(fit.design @ coef)
        if abs(theta - before) < CLOSE * theta:
            return NegativeBinomial(coef, np.sqrt(covariance.diagonal()), theta)
    raise BadNumbers("analysis.errors.no_fit", field="series")


def _theta(y: np.ndarray, mu: np.ndarray) -> float:
    """Where the likelihood stops rising with theta, by halving on a log scale."""
    low, high = math.log(LEAST_THETA), math.log(MOST_THETA)
    while high - low > 1e-13 * abs(high):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        low, high = (middle, high) if _rise(math.exp(middle), y, mu) > 0 else (low, middle)
    return math.exp(high)


def _rise(theta: float, y: np.ndarray, mu: np.ndarray) -> float:
    away = digamma(y + theta) - digamma(theta) - np.log1p(mu / theta) + (mu - y) / (mu + theta)
    return float(away.sum())


def _coefficients(design: np.ndarray, y: np.ndarray, coef: np.ndarray, theta: float) -> tuple[np.ndarray, np.ndarray]:
    """The best coefficients for one theta, by scoring, and their covariance."""
    for _ in range(ROUNDS):
        logs = design @ coef
        if not np.abs(logs).max() < LARGEST_LOG:
            break
        mu = np.exp(logs)
        shrunk = 1 / (1 + mu / theta)
        covariance = np.linalg.inv((design.T * (mu * shrunk)) @ design)
        change = covariance @ (design.T @ ((y - mu) * shrunk))
        coef = coef + change
        if np.abs(change).max() < CLOSE:
            return coef, covariance
    raise BadNumbers("analysis.errors.no_fit", field="series")
