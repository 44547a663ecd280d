"""Writes statistics.json: what `twitchscope::statistics` must give, by other means.

Needs NumPy and SciPy:  python tests/data/statistics.py

Poisson intervals come from scipy.stats.chi2.ppf. Trends are fitted by a general optimiser to densities
that are integrated numerically, and the power of a test is counted in drawn data. The mean cumulative function and its variances
are the textbook sums, written out over all insertions and all event ages (the library never does
that: it keeps running sums).
"""

import json
import pathlib

import numpy as np
from scipy.optimize import minimize
from scipy.integrate import quad
from scipy.optimize import brentq, minimize_scalar
from scipy.stats import chi2, norm, t as student


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
    groups = len(dwells)
    few = student.ppf(0.975, groups - 1) * np.sqrt(groups / (groups - 1)) if groups > 1 else norm.ppf(0.975)
    factor = np.exp(few * np.sqrt(variance) / mean)
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


def insertions(seed, subjects, each, masks, decay_s=30.0, rate=0.15):
    """Rows (subject, dwell, masked, events) of subjects that differ."""
    rng = np.random.default_rng(seed)
    rows = []
    for subject in range(subjects):
        level = rng.gamma(3, 1 / 3)
        for _ in range(each):
            dwell = round(rng.uniform(8, 90), 2)
            whole = 1 - np.exp(-dwell / decay_s)
            n = rng.poisson(level * rate * decay_s * whole)
            events = np.unique(np.round(-decay_s * np.log(1 - rng.random(n) * whole), 2))
            masked = [[round(dwell * 0.2, 2), round(dwell * 0.35, 2)]] if masks and rng.random() < 0.5 else []
            for a, b in masked:
                events = events[(events < a) | (events > b)]
            rows.append({"cluster": subject, "dwell": dwell, "masked": masked, "events": events.tolist()})
    return rows


def watched(row):
    """The stretches that were watched."""
    if not row["masked"]:
        return [(0.0, row["dwell"])]
    [(a, b)] = row["masked"]
    return [(0.0, a), (b, row["dwell"])]


def log_density(shape, theta):
    if shape == "log-linear":
        return lambda t: theta * t
    return lambda t: (theta - 1) * np.log(t)


def trend(name, rows, shape):
    """θ of largest conditional likelihood, likelihood-ratio and sandwich intervals; the power law's
    masses in closed form of t^θ, the log-linear's by quadrature."""
    rows = [r for r in rows if r["events"]]

    def mass(row, theta):
        if shape == "power law":
            return sum((b**theta - a**theta) / theta for a, b in watched(row))
        return sum(quad(lambda t: np.exp(theta * t), a, b, epsabs=0, epsrel=1e-12)[0] for a, b in watched(row))

    def one(row, theta):
        events = np.asarray(row["events"])
        return np.sum(log_density(shape, theta)(events)) - len(events) * np.log(mass(row, theta))

    def cost(theta):
        return -sum(one(r, theta) for r in rows)

    bounds = (0.05, 5) if shape == "power law" else (-0.5, 0.5)
    best = minimize_scalar(cost, bounds=bounds, method="bounded", options={"xatol": 1e-11}).x
    drop = chi2.ppf(0.95, 1) / 2
    limit = lambda theta: cost(theta) - cost(best) - drop
    low, high = brentq(limit, bounds[0], best), brentq(limit, best, bounds[1])
    count = sum(len(r["events"]) for r in rows)
    exact = shape == "power law" and not any(r["masked"] for r in rows)
    estimate = best
    if exact:
        s = sum(np.sum(np.log(r["dwell"] / np.asarray(r["events"]))) for r in rows)
        low, high = chi2.ppf(0.025, 2 * count) / (2 * s), chi2.ppf(0.975, 2 * count) / (2 * s)
        estimate = (count - 1) / s
    step = 1e-4 * abs(best)
    scores = {}
    for r in rows:
        slope = (one(r, best + step) - one(r, best - step)) / (2 * step)
        scores[r["cluster"]] = scores.get(r["cluster"], 0.0) + slope
    bend = (cost(best + step) - 2 * cost(best) + cost(best - step)) / step**2
    groups = len(scores)
    spread = student.ppf(0.975, groups - 1) * np.sqrt(groups / (groups - 1) * sum(u * u for u in scores.values())) / bend
    if shape == "power law":
        robust = [best * np.exp(-spread / best), best * np.exp(spread / best)]
    else:
        robust = [best - spread, best + spread]
    return {"name": f"{name}, {shape}", "shape": shape, "rows": rows, "fit": [estimate, low, high, *robust]}


def clustered(rows):
    """Laplace, dispersion, and the rate by cluster with each residual over one less its share."""
    off = variance = 0.0
    for r in rows:
        length = sum(b - a for a, b in watched(r))
        mean = sum((b * b - a * a) / 2 for a, b in watched(r)) / length
        square = sum((b**3 - a**3) / 3 for a, b in watched(r)) / length
        off += sum(r["events"]) - len(r["events"]) * mean
        variance += len(r["events"]) * (square - mean**2)
    u = off / np.sqrt(variance)
    k = np.array([len(r["events"]) for r in rows], float)
    exposure = np.array([sum(b - a for a, b in watched(r)) for r in rows])
    rate = k.sum() / exposure.sum()
    dispersion = np.sum((k - rate * exposure) ** 2 / (rate * exposure)) / (len(rows) - 1)
    who = np.array([r["cluster"] for r in rows])
    groups = np.unique(who)
    residuals = [(k[who == g].sum() - rate * exposure[who == g].sum()) / (1 - exposure[who == g].sum() / exposure.sum()) for g in groups]
    n = len(groups)
    spread = student.ppf(0.975, n - 1) * np.sqrt((n - 1) / n * np.sum(np.square(residuals))) / k.sum()
    per_min = 60 * rate
    return {"rows": rows, "laplace": [u, 2 * norm.sf(abs(u))], "dispersion": [dispersion, chi2.sf(dispersion * (len(rows) - 1), len(rows) - 1)],
            "rate": [per_min, per_min * np.exp(-spread), per_min * np.exp(spread)]}


def power(n, ratio, draws=400_000):
    """How often Laplace's test of n events shows a decay of time constant T/ratio, one-sided 5 %."""
    rng = np.random.default_rng(7)
    ages = -np.log(1 - rng.random((draws, n)) * (1 - np.exp(-ratio))) / ratio
    u = (ages.sum(1) - n / 2) / np.sqrt(n / 12)
    return [n, ratio, float(np.mean(u < norm.ppf(0.05)))]


def less(found, alarms):
    """Counts and minutes of each: MOVER of two Garwood intervals."""
    (k, t), (f, w) = found, alarms
    garwood = lambda k, t: (poisson(k)[1] / t, poisson(k)[2] / t)
    (l1, u1), (l0, u0) = garwood(k, t), garwood(f, w)
    a, b = k / t, f / w
    return [k, t, f, w, a - b, a - b - np.hypot(a - l1, u0 - b), a - b + np.hypot(u1 - a, b - l0)]


plain, masks = insertions(21, 9, 3, False), insertions(22, 12, 3, True)
trends = [trend(n, r, s) for n, r in (("plain", plain), ("masked", masks)) for s in ("log-linear", "power law")]
counts = [0, 1, 2, 3, 5, 10, 20, 37, 100, 1000, 100000]
vectors = {"poisson": [poisson(k) for k in counts], "mean_cumulative": cases, "psychometric": curves,
           "trends": trends, "clustered": [clustered(plain), clustered(masks)],
           "power": [power(n, r) for n in (5, 8, 12, 20, 50) for r in (1, 2, 3, 5)],
           "less": [less(*p) for p in (((38, 4.0), (2, 6.0)), ((3, 1.0), (0, 10.0)), ((5, 2.0), (30, 3.0)))]}
target = pathlib.Path(__file__).with_suffix(".json")
target.write_text(json.dumps(vectors, separators=(",", ":")).replace('{"name"', '\n{"name"') + "\n")
