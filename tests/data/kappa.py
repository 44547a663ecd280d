"""Prints what `twitchscope::evaluate::Verdicts` must give: python tests/data/kappa.py

Needs statsmodels, whose cohens_kappa has the interval of Fleiss, Cohen and Everitt (1969).
"""

from statsmodels.stats.inter_rater import cohens_kappa

for table in [(20, 5, 10, 15), (45, 15, 25, 15), (25, 35, 5, 35), (30, 2, 1, 110), (3, 0, 1, 2), (0, 4, 6, 0)]:
    both, first, second, neither = table
    k = cohens_kappa([[both, first], [second, neither]])
    print(f"({table}, [{k.kappa:.12f}, {max(k.kappa_low, -1):.12f}, {min(k.kappa_upp, 1):.12f}]),")
