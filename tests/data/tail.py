"""Writes tail.tsv: where SciPy puts the thresholds that src/detect/score/tail.rs tabulates.

    python -m venv venv && venv/bin/pip install scipy
    venv/bin/python tests/data/tail.py > tests/data/tail.tsv

Each row: the chance that one look may pass, the spread of the window (standard deviation of the cube root of
an energy over its median), and how many spreads above 1 the cube root of the threshold over the median lies.
"""
import numpy as np
from scipy.optimize import brentq
from scipy.stats import chi2

TAIL = 1.55


def sigmas(chance, spread):
    # Wilson & Hilferty 1931: mean 1 - 2 / 9k, standard deviation sqrt(2 / 9k), spread their quotient.
    degrees = brentq(lambda k: np.sqrt(2 / (9 * k)) / (1 - 2 / (9 * k)) - spread, 0.5, 1e6, xtol=1e-12)
    s = np.sqrt(2 / (9 * degrees))

    def over(z):
        energy = (1 - s**2 + z * s) ** 3
        return chi2.logsf(degrees * energy, degrees) + TAIL * max(z - 3, 0) - np.log(chance)

    return brentq(over, 0, 20)


for chance in [1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2]:
    for spread in [0.02, 0.035, 0.06, 0.1, 0.15, 0.21, 0.3, 0.39, 0.48, 0.6]:
        print(chance, spread, round(sigmas(chance, spread), 6), sep="\t")
