import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatLocation, isRemote, parseLocation, secretKey } from '../../../../src/core/sources/location';

const kindOf = (text: string): string => parseLocation(text).kind;
const again = (text: string): string => formatLocation(parseLocation(text));

test('every kind of source is recognised, and written back in one way', () => {
  const same = [
    'ssh://gpu1/data/run/train.log',
    'ssh://alice@gpu1.example.org:2222/~/runs/train.log',
    'ssh://[::1]:22/x.log',
    'https://host.example.org/logs/train.log?raw=1',
    'cmd:kubectl logs -f my-pod',
    'cmd+always:docker logs -f trainer',
    `cmd+never:sh -c 'tail -f a | grep "loss"'`,
    'slurm:12345',
    'slurm:12345_7@login2',
    'tensorboard+http://localhost:6006',
    'tensorboard+http://localhost:6006/prefix/?run=a run/train',
    'mlflow+https://ml.example.org',
    'mlflow+http://localhost:5000/#/experiments/3',
    'mlflow+http://localhost:5000/#/runs/0123abc',
    'wandb:team/project/a1b2c3',
    'wandb:team/project',
    'wandb+https://wandb.example.org/team/project/a1',
  ];
  for (const text of same) assert.equal(again(text), text);
  assert.equal(again('gpu1:runs/train.log'), 'ssh://gpu1/~/runs/train.log');
  assert.equal(again('alice@gpu1:/runs/a b.log'), 'ssh://alice@gpu1/runs/a b.log');
  assert.equal(again('gpu1:~/runs/'), 'ssh://gpu1/~/runs');
  assert.equal(again('HTTP://Host.Example/Path'), 'http://host.example/Path');
  assert.equal(again('https://wandb.ai/team/project/runs/a1b2?nw=x'), 'wandb:team/project/a1b2');
  assert.equal(again('mlflow+http://h:5000/#/experiments/3/runs/abc'), 'mlflow+http://h:5000/#/experiments/3/runs/abc');
  assert.equal(again('tensorboard+http://h:6006/#timeseries'), 'tensorboard+http://h:6006');
  assert.equal(again('cmd: ["kubectl", "logs", "-f", "a b"]'), "cmd:kubectl logs -f 'a b'");
});

test('local paths stay local', () => {
  for (const path of ['/a/b:c.log', './x:y', '../x', '~/x', 'C:\\runs\\a.log', 'C:/runs', 'train.log']) {
    assert.equal(kindOf(path), 'file', path);
    assert.equal(isRemote(path), false, path);
  }
  assert.ok(isRemote('gpu1:train.log') && isRemote('cmd:ls') && isRemote('wandb:a/b'));
});

test('what could be taken for an option, a password or a shell command is refused in words', () => {
  const refused: readonly [text: string, words: RegExp][] = [
    ['', /Name a source/],
    ['ssh://-oProxyCommand=x/y', /no host/],
    ['ssh://a b/y', /no host/],
    ['ssh://host', /Name the file/],
    ['ssh://host/', /Name the file/],
    ['ssh://host:99999/x', /no port/],
    ['ssh://$(id)/x', /no host/],
    ['host:~bob/x.log', /whole path/],
    ['https://user:secret@host/x', /password/],
    ['https://ho st/x', /no address/],
    ['ftp://host/x', /no known kind/],
    ['slurm:abc', /slurm:JOB/],
    ['slurm:1;id', /slurm:JOB/],
    ['slurm:12@-x', /no host/],
    ['wandb:only', /entity\/project\/run/],
    ['wandb:a/b/../c', /entity\/project\/run/],
    ['cmd:', /Name a program/],
    ['cmd:kubectl logs x | grep loss', /No shell/],
    ['cmd:echo $(id)', /No shell/],
    ['cmd:echo "x', /not closed/],
    ['cmd:[1]', /array of texts/],
    ['a\nb', /one line/],
  ];
  for (const [text, words] of refused) {
    assert.throws(() => parseLocation(text), { code: 'source.invalid', message: words }, text);
  }
});

test('a secret is kept per server, and only for sources that take one', () => {
  assert.equal(secretKey(parseLocation('https://host:81/a/b?c')), 'https://host:81');
  assert.equal(secretKey(parseLocation('mlflow+https://Host/x/#/runs/1')), 'https://host');
  assert.equal(secretKey(parseLocation('wandb:a/b')), 'https://api.wandb.ai');
  assert.equal(secretKey(parseLocation('gpu1:x')), null);
});
