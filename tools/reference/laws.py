"""Fits laws of the loss with numpy and scipy, as their authors do: a yardstick for `npm run bench forecast`.

Reads {"law", "rates", "steps", "losses"} as JSON from standard input: `rates` is the learning rate of every step over its
peak, the points are fitted with equal weights. Writes {"seconds" of processor time, "cost", "theta", "fitted"}. Nothing of Lossline needs it.
"""

import json
import sys
import time
from itertools import product

import numpy as np
from scipy.optimize import minimize
from scipy.special import huber

DELTA = 1e-3


def lr_annealing(rates, steps):
    """L0 + A S1^-alpha - C S2 with lambda 0.999 (arXiv 2408.11029), nine starts as published."""
    peak = int(np.argmax(rates >= 0.999 * rates.max()))
    s1 = np.cumsum(rates)[steps]
    momentum, area, areas = 0.0, 0.0, np.zeros(len(rates))
    for i in range(peak + 1, len(rates)):
        momentum = 0.999 * momentum + rates[i - 1] - rates[i]
        area += momentum
        areas[i] = area
    s2 = areas[steps]

    def predict(theta):
        level, size, alpha, drop = theta
        return level + size * (s1 / 1000) ** -alpha - drop * 1e-3 * s2

    starts = [(level, 0.8, alpha, drop) for level, alpha, drop in product((0.7, 0.9), (0.2, 0.4, 0.7), (0.05, 0.2))]
    return predict, starts, [(0, None), (1e-6, None), (0.05, 2), (0, None)]


def multi_power(rates, steps):
    """L0 + A S1^-alpha - B sum (e_{k-1} - e_k) (1 - (1 + C e_k^-gamma S_k)^-beta) (arXiv 2503.12811), changes joined in 200 blocks."""
    sums = np.cumsum(rates)
    s1 = sums[steps]
    falls = -np.diff(np.concatenate([[0.0], rates]))
    changes = np.nonzero(falls)[0]
    blocks = np.array_split(changes, min(len(changes), 200))
    falls = np.array([falls[block].sum() for block in blocks])
    moved = np.array([block[len(block) // 2] for block in blocks])
    moved_rates = np.maximum(rates[moved], 1e-6)
    ages = np.maximum(s1[:, None] - sums[moved][None, :] + moved_rates[None, :], 0)
    weights = np.where(steps[:, None] >= moved[None, :], falls[None, :], 0)

    def predict(theta):
        level, size, alpha, drop, speed, beta, gamma = theta
        kept = (1 + speed * moved_rates[None, :] ** -gamma * ages) ** -beta
        return level + size * (s1 / 1000) ** -alpha - drop * np.sum(weights * (1 - kept), axis=1)

    starts = [(level, 0.8, alpha, 0.13, 0.12, 0.59, 0.65) for level, alpha in product((0.8,), (0.3, 0.5, 0.7))]
    bounds = [(0, None), (1e-6, None), (0.05, 2), (0, None), (1e-6, None), (0.02, 3), (0, 1.5)]
    return predict, starts, bounds


def fit(law, rates, steps, losses):
    predict, starts, bounds = law(rates, steps)
    logs = np.log(losses)

    def cost(theta):
        fitted = predict(theta)
        if np.any(fitted <= 0):
            return 1e9
        return float(np.sum(huber(DELTA, np.log(fitted) - logs)) / DELTA**2)

    best = None
    for level, *rest in starts:
        found = minimize(cost, [level * losses.min(), *rest], method="L-BFGS-B", bounds=bounds)
        if best is None or found.fun < best.fun:
            best = found
    return best, predict(best.x)


def main():
    task = json.load(sys.stdin)
    laws = {"lrAnnealing": lr_annealing, "multiPower": multi_power}
    rates, losses = np.array(task["rates"]), np.array(task["losses"])
    steps = np.array(task["steps"], dtype=int)
    start = time.process_time()
    found, fitted = fit(laws[task["law"]], rates, steps, losses)
    seconds = time.process_time() - start
    json.dump({"seconds": seconds, "cost": found.fun, "theta": list(found.x), "fitted": list(fitted)}, sys.stdout)


if __name__ == "__main__":
    main()
