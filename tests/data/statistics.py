"""Writes statistics.json: what `twitchscope::statistics` must give, by other means.

Needs NumPy and SciPy:  python tests/data/statistics.py

Poisson intervals come from scipy.stats.chi2.ppf. The mean cumulative function and its variances
are the textbook sums, written out over all insertions and all event ages (the library never does
that: it keeps running sums).
"""

import json
import pathlib

import numpy as np
from scipy.optimize import minimize
from scipy.stats import chi2, norm


def poisson(count):
    low = chi2.ppf(0.025, 2 * count) / 2 if count else 0.0
    return [count, low, chi2.ppf(0.975, 2 * count + 2) / 2]


def mean_cumulative(dwells, events):
    """Nelson 1988; Lawless and Nadeau 1995."""
    ages = np.unique(np.concatenate([np.asarray(e, float) for e in events]))
    inside = np.array([[d >= t for t in ages] for d in dwells], float)  # Y_i(t_k)
    happened = np.array([[list(e).count(t) for t in ages] for e in events], float)  # dN_i(t_k)
    at_risk, together = inside.sum(0), happened.sum(0)
    mean = np.cumsum(together / at_risk)
    poisson_variance = np.cumsum(together / at_risk**2)
    robust = np.cumsum(inside / at_risk * (happened - together / at_risk), axis=1)
    robust_variance = (robust**2).sum(0)
    variance = poisson_variance if len(dwells) == 1 else robust_variance
    factor = np.exp(norm.ppf(0.975) * np.sqrt(variance) / mean)
    columns = [ages, at_risk, mean, variance, mean / factor, mean * factor]
    return np.column_stack(columns).tolist()


def case(name, dwells, events):
    return {"name": name, "dwells": dwells, "events": events, "steps": mean_cumulative(dwells, events)}


def drawn(seed, insertions, rate):
    rng = np.random.default_rng(seed)
    dwells = np.round(rng.uniform(5, 90, insertions), 2)
    events = [np.round(np.sort(rng.uniform(0, d, rng.poisson(rate * d))), 2).tolist() for d in dwells]
    return dwells.tolist(), events


cases = [
    case("one insertion", [60.0], [[1.5, 8.0, 8.25, 31.0, 60.0]]),
    case("two alike", [30.0, 30.0], [[5.0, 10.0], [5.0, 10.0]]),
    case("one of three never twitches", [20.0, 40.0, 60.0], [[2.0, 11.0], [], [2.0, 30.0, 55.0]]),
    case("an event at needle out", [10.0, 20.0], [[10.0], [10.0, 15.0]]),
    case("thirty insertions", *drawn(1, 30, 0.1)),
    case("two hundred insertions, rare", *drawn(2, 200, 0.01)),
]


def psychometric(name, seed, trials, half, slope):
    """The logistic curve of maximal likelihood, by a general optimiser; intervals by the delta method
    on the inverse of a numerical Hessian."""
    rng = np.random.default_rng(seed)
    x = np.round(rng.uniform(-10, 10, trials), 3)
    found = rng.random(trials) < 1 / (1 + np.exp(-slope * (x - half)))

    def cost(p):
        z = p[0] + p[1] * x
        return np.sum(np.logaddexp(0, z) - found * z)

    fit = minimize(cost, [0.0, 0.1], method="Nelder-Mead", options={"xatol": 1e-11, "fatol": 1e-13, "maxiter": 20000})
    a, b = fit.x
    chance = 1 / (1 + np.exp(-(a + b * x)))
    design = np.column_stack([np.ones_like(x), x])
    covariance = np.linalg.inv(design.T @ (design * (chance * (1 - chance))[:, None]))
    levels = []
    for wanted in (0.5, 0.9):
        level = (np.log(wanted / (1 - wanted)) - a) / b
        gradient = -np.array([1, level]) / b
        spread = norm.ppf(0.975) * np.sqrt(gradient @ covariance @ gradient)
        levels.append([wanted, level, level - spread, level + spread])
    return {"name": name, "trials": [[float(t), bool(f)] for t, f in zip(x, found)], "levels": levels}


curves = [
    psychometric("steep", 3, 150, 1.5, 1.2),
    psychometric("gentle", 4, 150, -3.0, 0.4),
    psychometric("few", 5, 40, 2.0, 0.7),
]
counts = [0, 1, 2, 3, 5, 10, 20, 37, 100, 1000, 100000]
vectors = {"poisson": [poisson(k) for k in counts], "mean_cumulative": cases, "psychometric": curves}
target = pathlib.Path(__file__).with_suffix(".json")
target.write_text(json.dumps(vectors, separators=(",", ":")).replace('{"name"', '\n{"name"') + "\n")
