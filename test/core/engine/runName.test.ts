import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileRunName, runName } from '../../../src/core/engine/runName';

const NAMED: Readonly<Record<string, string>> = {
  '/home/me/gpt-124m/train.log': 'gpt-124m',
  '/home/me/gpt-124m/lr3e-4.log': 'lr3e-4.log',
  '/home/me/runs/train.log': 'train.log',
  '/tmp/x81f/metrics.jsonl': 'metrics.jsonl',
  '/train.log': 'train.log',
  'train.log': 'train.log',
  'C:\\train.log': 'train.log',
  'C:\\gpt-124m\\train.log': 'gpt-124m',
  'http://127.0.0.1:8000/train.jsonl': 'train.jsonl',
  'https://host/gpt-124m/train.jsonl': 'gpt-124m',
  'ssh://cluster/metrics.csv': 'metrics.csv',
};

test('a log that was named by itself has the name of its folder where that says more', () => {
  for (const [path, name] of Object.entries(NAMED)) assert.equal(fileRunName(path), name, path);
});

test('a run of a folder is named by its path below the root, without a file name that every run has', () => {
  assert.equal(runName('/projects', '/projects/runs/a/metrics.jsonl'), 'runs/a');
  assert.equal(runName('/projects', '/projects/runs/a/lr3e-4.csv'), 'runs/a/lr3e-4.csv');
  assert.equal(runName('/other', '/projects/metrics.jsonl'), 'metrics.jsonl');
});
