import assert from 'node:assert/strict';
import { test } from 'node:test';
import { convexBound } from '../../../src/core/laws/convexBound';
import { forwardMomentum } from '../../../src/core/laws/forwardMomentum';
import { functionalScaling } from '../../../src/core/laws/functionalScaling';
import type { Law } from '../../../src/core/laws/law';
import { rateAt, traceLr } from '../../../src/core/laws/lrPath';
import { multiPower } from '../../../src/core/laws/multiPower';
import type { LrCurve } from '../../../src/core/plan/lrCurve';

const TOTAL = 6000;
const CURVES: Record<string, LrCurve> = {
  'warm-up, peak, linear decay': { steps: Float64Array.of(0, 200, 4000, TOTAL), lrs: Float64Array.of(0, 1, 1, 0) },
  'linear from the first step': { steps: Float64Array.of(0, TOTAL), lrs: Float64Array.of(0.02, 0) },
  'cosine in many knots': {
    steps: Float64Array.from({ length: 1001 }, (_, i) => 6 * i),
    lrs: Float64Array.from({ length: 1001 }, (_, i) => 0.1 + 0.45 * (1 + Math.cos((Math.PI * i) / 1000))),
  },
  'one sudden drop': { steps: Float64Array.of(0, 100, 3000, 3001, TOTAL), lrs: Float64Array.of(0, 1, 1, 0.1, 0.1) },
  'a second rise': {
    steps: Float64Array.of(0, 100, 2000, 2500, 3000, TOTAL),
    lrs: Float64Array.of(0, 1, 1, 0.2, 0.8, 0),
  },
};
const ASKED = [400, 2000, 3500, 4500, 5600, TOTAL];

/** Loss at step `at` from the rates e of all steps, term by term as published. */
type Definition = (theta: Float64Array, rates: readonly number[], at: number) => number;

const sum = (rates: readonly number[], from: number, to: number): number =>
  rates.slice(from, to + 1).reduce((total, rate) => total + rate, 0);

const CASES: { law: Law; theta: Float64Array; define: Definition; tolerance: number }[] = [
  {
    law: multiPower,
    theta: Float64Array.of(2.8, 16, 0.5, 0.2, 0.12, 0.6, 0.65),
    define: ([l0, a, alpha, b, c, beta, gamma], rates, at) => {
      let [drop, since] = [0, 0];
      for (let k = at; k >= 0; k--) {
        since += rates[k]!;
        const kept = (1 + c! * Math.max(1e-6, rates[k]!) ** -gamma! * since) ** -beta!;
        drop += ((k === 0 ? 0 : rates[k - 1]!) - rates[k]!) * (1 - kept);
      }
      return l0! + a! * sum(rates, 0, at) ** -alpha! - b! * drop;
    },
    tolerance: 5e-4,
  },
  {
    law: functionalScaling,
    theta: Float64Array.of(2.8, 16, 0.5, 0.2, 0.1, 0.5),
    // The integral itself, by the midpoint rule over each step's intrinsic time.
    define: ([l0, a, alpha, b, c, beta], rates, at) => {
      let [noise, since] = [0, 0];
      for (let k = at; k >= 0; k--) {
        const forgotten = (z: number): number => 1 - (1 + c! * z) ** -beta!;
        noise += rates[k]! * (forgotten(since + rates[k]!) - forgotten(since));
        since += rates[k]!;
      }
      return l0! + a! * since ** -alpha! + b! * noise;
    },
    tolerance: 2e-3,
  },
  {
    law: convexBound,
    theta: Float64Array.of(2.8, 1000, 0.05),
    // Before summing by parts: arXiv 2501.18965, with equal gradients.
    define: ([l0, d2, g2], all, at) => {
      const rates = all.slice(0, all[at] === 0 ? at : at + 1).filter((rate) => rate > 0);
      const [times, squares] = [rates.slice(), rates.map((rate) => rate ** 2)];
      for (let k = rates.length - 2; k >= 0; k--) {
        times[k] = times[k]! + times[k + 1]!;
        squares[k] = squares[k]! + squares[k + 1]!;
      }
      let noise = squares[0]! / times[0]!;
      for (let k = 0; k + 1 < rates.length; k++) noise += ((rates[k]! / times[k + 1]!) * squares[k]!) / times[k]!;
      return l0! + d2! / (2 * times[0]!) + (g2! / 2) * noise;
    },
    tolerance: 3e-4,
  },
  {
    law: forwardMomentum,
    theta: Float64Array.of(2.8, 16, 0.5, 0.3),
    define: ([l0, a, alpha, c], rates, at) => {
      const start = rates.findIndex((rate) => rate >= 0.999 * Math.max(...rates));
      const on = (i: number): number => {
        const step = start + 128 * i;
        const left = Math.min(TOTAL, Math.floor(step));
        return rates[left]! + (step - left) * ((rates[left + 1] ?? rates[left]!) - rates[left]!);
      };
      let [m, v] = [0, 0];
      const sums = [0];
      for (let i = 1; start + 128 * (i - 1) < at; i++) {
        const fall = 128 * (on(i - 1) - on(i));
        m = 0.9 * m + 0.1 * fall;
        v = 0.999 * v + 0.001 * fall ** 2;
        const root = Math.sqrt((v / (1 - 0.999 ** (i + 1))) * 1e5);
        sums.push(sums[i - 1]! + (root > 0 ? m / (1 - 0.9 ** (i + 1)) / root : 0));
      }
      const position = (at - start) / 128;
      const left = Math.min(sums.length - 1, Math.floor(position));
      const right = Math.min(sums.length - 1, left + 1);
      const reached = sums[left]! + (position - left) * (sums[right]! - sums[left]!);
      return l0! + a! * sum(rates, 0, at) ** -alpha! - c! * reached;
    },
    tolerance: 1e-3,
  },
];

for (const { law, theta, define, tolerance } of CASES) {
  for (const [name, lr] of Object.entries(CURVES)) {
    test(`${law.id} equals its definition, summed over all steps: ${name}`, () => {
      const path = traceLr(lr, TOTAL)!;
      const rates = Array.from({ length: TOTAL + 1 }, (_, s) => rateAt(path, s));
      const losses = new Float64Array(ASKED.length);
      law.predict(
        theta,
        law.prepare(
          path,
          Float64Array.from(ASKED),
          law.settings.map((s) => s.standard),
        ),
        losses,
      );
      for (const [i, at] of ASKED.entries()) {
        const exact = define(theta, rates, at);
        assert.ok(Math.abs(losses[i]! - exact) < tolerance, `step ${at}: ${losses[i]} against ${exact}`);
      }
    });
  }
}
