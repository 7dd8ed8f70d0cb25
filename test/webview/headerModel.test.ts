import * as assert from 'node:assert/strict';
import { test } from 'node:test';
import { copyText, type HeaderModel, headerModel } from '../../webview/run/headerModel';
import { rootFacts, summaryText } from '../../webview/run/panelModel';
import { RunData } from '../../webview/run/runData';
import { forecast, forecastView, run, state, summary } from './fixtures';

const plain = (text: string): string => text.replace(/\u202f/g, ' ').replace(/\u2212/g, '-');

function header(change: { run?: ReturnType<typeof run>; forecast?: ReturnType<typeof forecastView> }): HeaderModel {
  return headerModel({
    run: run(),
    forecast: forecastView(),
    smoothed: 3.25,
    brokenAt: null,
    report: null,
    now: 3_600_000,
    ...change,
  });
}

function facts(change: Parameters<typeof state>[0]) {
  const data = new RunData();
  data.open(state(change), { maxPoints: 512, window: null, smoothing: 0.9 });
  const model = headerModel({
    run: data.run!,
    forecast: data.forecast!,
    smoothed: 3.2,
    brokenAt: null,
    report: null,
    now: 0,
  });
  return { facts: rootFacts(data, model), text: plain(summaryText(data, model)) };
}

test('a forecast is the headline', () => {
  const { headline, figures, progressText, etaText } = header({});
  assert.equal(headline.kind, 'forecast');
  assert.deepEqual([headline.value, plain(headline.spread)], ['3.000', '± 0.012']);
  assert.equal(plain(headline.sub), 'at step 1000, 80 % interval');
  assert.match(
    plain(headline.detail),
    /95 %: 2\.980 – 3\.020 · by the learning-rate annealing law · from 100 points, 40 %/,
  );
  assert.deepEqual(
    figures.map(({ value }) => plain(value)),
    ['3.250', '0.250'],
  );
  assert.equal(figures[1]?.sub, '0.10 from more steps\n0.15 from a lower learning rate');
  assert.equal(plain(progressText), 'step 400 of 1000 · 40 %');
  assert.equal(plain(etaText), '1 min left');
});

test('the end of the validation loss stands beside that of the training loss', () => {
  const validation = { value: 2.9, interval80: [2.88, 2.92], interval95: [2.87, 2.93] } as const;
  const { figures } = header({ forecast: forecastView({ validation }) });
  assert.deepEqual([figures[2]?.title, plain(figures[2]!.value)], ['Final validation', '2.900 ± 0.020']);
});

test('a refused forecast gives the reason, and the stand-in only as doubtful', () => {
  const refused = { code: 'tooFewPoints', reason: 'Too few points.' } as const;
  const { headline } = header({
    forecast: forecastView({ status: 'refused', forecast: forecast({ refused, lawId: 'powerLaw' }) }),
  });
  assert.deepEqual([headline.kind, headline.reason, headline.doubtful], ['refused', 'Too few points.', true]);
  assert.match(headline.sub, /power law/);
  const bare = header({
    forecast: forecastView({ status: 'refused', forecast: null, message: 'The loss rises.' }),
  }).headline;
  assert.deepEqual([bare.value, bare.reason, bare.doubtful], ['', 'The loss rises.', false]);
});

test('while the plan is asked for, a law that needs less of it may speak', () => {
  const { headline } = header({
    run: run({ missing: ['learningRate'] }),
    forecast: forecastView({ forecast: forecast({ lawId: 'powerLaw' }) }),
  });
  assert.match(plain(headline.detail), /simpler law \(power law\) says 3\.000 ± 0\.012/);
});

test('a finished run is judged against its forecast', () => {
  const done = run({ summary: summary({ state: 'finished', step: 1000, loss: 3.3 }) });
  const detail = (value: number) =>
    headerModel({ run: done, forecast: forecastView(), smoothed: value, brokenAt: null, report: null, now: 0 }).headline
      .detail;
  assert.match(detail(3.01), /within the 80 % interval/);
  assert.match(detail(3.015), /within the 95 % interval/);
  assert.match(detail(3.5), /outside the 95 % interval/);
  const whole = forecastView({ forecast: forecast({ seen: { step: 1000, fraction: 1, points: 100 } }) });
  assert.match(header({ run: done, forecast: whole }).headline.detail, /law fitted to the whole run/);
  assert.equal(header({ run: done }).etaText, '');
});

test('every state has its headline', () => {
  const kinds = [
    header({ run: run({ missing: ['totalSteps'] }) }),
    header({ run: run({ summary: summary({ state: 'diverged' }), missing: ['totalSteps'] }) }),
    header({ forecast: forecastView({ status: 'fitting', forecast: null }) }),
    header({ forecast: forecastView({ status: 'idle', forecast: null }) }),
    header({ forecast: forecastView({ status: 'failed', forecast: null }) }),
  ].map(({ headline }) => headline.kind);
  assert.deepEqual(kinds, ['form', 'diverged', 'fitting', 'waiting', 'failed']);
  assert.equal(header({ forecast: forecastView({ status: 'fitting' }) }).fitting, true);
  assert.match(plain(header({ run: run({ summary: summary({ state: 'stalled' }) }) }).notice), /for 1 h/);
});

test('a diverged run says since when', () => {
  const lost = run({ summary: summary({ state: 'diverged' }), missing: ['totalSteps'] });
  const view = forecastView({ status: 'refused', forecast: null, message: 'The plan is unknown.' });
  const { headline } = headerModel({ run: lost, forecast: view, smoothed: 3, brokenAt: 380, report: null, now: 0 });
  assert.equal(headline.reason, 'The loss is no finite number since step 380.');
  const refused = { code: 'diverged', reason: 'The loss became NaN.' } as const;
  const told = headerModel({
    run: lost,
    forecast: forecastView({ forecast: forecast({ refused }) }),
    smoothed: 3,
    brokenAt: 380,
    report: null,
    now: 0,
  });
  assert.equal(told.headline.reason, 'The loss became NaN.');
});

test('the root of the page states only a forecast that can be trusted', () => {
  const { facts: ready, text } = facts({});
  assert.deepEqual(ready, { state: 'ready', run: '/runs/a.log', points: '87', forecast: '3', forecastStep: '1000' });
  assert.equal(
    text,
    'a: Live, step 400 of 1000 · 40 %, 1 min left. Forecast final loss 3.000, 80 percent interval 2.988 – 3.012.',
  );
  const refused = { code: 'badFit', reason: 'No law fits.' } as const;
  const { facts: other } = facts({ forecast: forecastView({ status: 'refused', forecast: forecast({ refused }) }) });
  assert.deepEqual([other.state, other.forecast], ['refused', '']);
  assert.equal(facts({ forecast: forecastView({ status: 'failed', forecast: null }) }).facts.state, 'error');
  assert.equal(facts({ run: run({ missing: ['totalSteps'] }) }).facts.forecast, '');
});

test('the copied line says what the number is', () => {
  assert.equal(
    plain(copyText(run(), forecastView())),
    'a: final loss 3.000 ± 0.012 (80 %), 2.980 – 3.020 (95 %), step 1000, learning-rate annealing law',
  );
  assert.equal(copyText(run(), forecastView({ forecast: null })), '');
});
