import * as fs from 'node:fs';
import { type Handler, startServer, type TestServer } from './httpServer';

// Doubles of tracking servers. TensorBoard: answers recorded from TensorBoard 2.21.0, given out point by point. MLflow and
// W&B: no server was at hand; the answers are written after the documentation (MLflow REST API 2.0; queries and
// fragments of wandb/apis/public in wandb/wandb) and hold only what is stated there.

interface Recording {
  readonly tags: Record<string, Record<string, object>>;
  readonly scalars: Record<string, [number, number, number | string][]>;
}

/** A TensorBoard server that has loaded the first `loaded` points of each tag. */
export async function tensorBoardDouble(): Promise<TestServer & { loaded: number; points: number; sampled: boolean }> {
  const recording = JSON.parse(fs.readFileSync('test/fixtures/remote/tensorboard-2.21.0.json', 'utf8')) as Recording;
  const state = { loaded: 0, points: 30, sampled: false };
  const server = await startServer((request, response) => {
    const url = new URL(request.url!, 'http://x');
    const path = url.pathname.replace('/tb/data/plugin/scalars', '');
    const all = recording.scalars[`${url.searchParams.get('run')}|${url.searchParams.get('tag')}`];
    if (path === '/tags') json(response, recording.tags);
    else if (path !== '/scalars' || all === undefined) response.writeHead(404).end('Not found');
    else {
      const shown = all.slice(0, state.loaded);
      // With many points the server keeps the newest and a sample of the others.
      json(
        response,
        state.sampled ? shown.filter((_, i) => i === shown.length - 1 || (i * 7 + shown.length) % 3 > 0) : shown,
      );
    }
  });
  return Object.assign(state, server);
}

export interface MlflowPoint {
  readonly key: string;
  readonly value: number | string;
  readonly step: number;
  readonly timestamp: number;
}

/** An MLflow server with one run, which wants `token`; pages of `page` points. */
export async function mlflowDouble(token?: string) {
  const state = { points: [] as MlflowPoint[], status: 'RUNNING', page: 10, failing: 0 };
  const run = () => {
    const newest = new Map(state.points.map((point) => [point.key, point]));
    return {
      info: { run_id: 'abc123', run_name: 'first', experiment_id: '1', status: state.status },
      data: { params: [{ key: 'learning_rate', value: '0.001' }], metrics: [...newest.values()] },
    };
  };
  const answer: Handler = (request, response, body) => {
    const url = new URL(request.url!, 'http://x');
    const query = url.searchParams;
    if (token !== undefined && request.headers.authorization !== `Bearer ${token}`)
      return response.writeHead(401).end();
    if (state.failing > 0 && state.failing-- === 1) return response.writeHead(503).end();
    switch (url.pathname.replace('/api/2.0/mlflow', '')) {
      case '/experiments/search':
        return json(response, { experiments: [{ experiment_id: '1', name: 'Default' }] });
      case '/runs/search':
        return json(
          response,
          (JSON.parse(body) as { experiment_ids: string[] }).experiment_ids.includes('1') ? { runs: [run()] } : {},
        );
      case '/runs/get':
        return query.get('run_id') === 'abc123' ? json(response, { run: run() }) : response.writeHead(404).end();
      case '/metrics/get-history': {
        const all = state.points.filter(({ key }) => key === query.get('metric_key'));
        const from = Number(query.get('page_token') ?? 0);
        const next = from + state.page < all.length ? { next_page_token: String(from + state.page) } : {};
        return json(response, { metrics: all.slice(from, from + state.page), ...next });
      }
    }
    return response.writeHead(404).end();
  };
  return Object.assign(state, await startServer((request, response, body) => void answer(request, response, body)));
}

/** A W&B server with one run, which wants the key `secret`. */
export async function wandbDouble() {
  const state = { rows: [] as Record<string, unknown>[], state: 'running' };
  const answer: Handler = (request, response, body) => {
    const key = Buffer.from((request.headers.authorization ?? '').replace('Basic ', ''), 'base64').toString();
    if (request.url !== '/graphql') return response.writeHead(404).end();
    if (key !== 'api:secret') return response.writeHead(401).end();
    const { query, variables } = JSON.parse(body) as { query: string; variables: Record<string, string | number> };
    if (variables.project !== 'project') return json(response, { data: { project: null } });
    const lastStep = Number(state.rows.at(-1)?._step ?? -1);
    const run = {
      name: 'a1',
      displayName: 'brave-1',
      state: state.state,
      config: '{"lr":{"value":0.01}}',
      historyKeys: { lastStep },
    };
    if (query.includes('history(')) {
      const inside = state.rows.filter(
        ({ _step }) => Number(_step) >= Number(variables.minStep) && Number(_step) < Number(variables.maxStep),
      );
      const thinned = inside.slice(0, Number(variables.pageSize));
      return json(response, { data: { project: { run: { history: thinned.map((row) => JSON.stringify(row)) } } } });
    }
    if (query.includes('runs(')) return json(response, { data: { project: { runs: { edges: [{ node: run }] } } } });
    return json(response, { data: { project: { run: variables.name === 'a1' ? run : null } } });
  };
  return Object.assign(state, await startServer((request, response, body) => void answer(request, response, body)));
}

function json(response: Parameters<Handler>[1], body: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
