import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { test } from 'node:test';
import { sshArguments } from '../../../src/node/remote/sshFileSystem';
import { userSshHosts } from '../../../src/node/remote/sshHosts';

test('hosts of the user are offered, with those of included files', () => {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'lossline-home-'));
  try {
    assert.deepEqual(userSshHosts(home), []);
    fs.mkdirSync(path.join(home, '.ssh', 'conf.d'), { recursive: true });
    fs.writeFileSync(
      path.join(home, '.ssh', 'config'),
      'Include conf.d/*.conf\nInclude ~/more none\nHost gpu1\nHost *\n',
    );
    fs.writeFileSync(path.join(home, '.ssh', 'conf.d', 'a.conf'), 'Host gpu2 gpu3\n');
    fs.writeFileSync(path.join(home, '.ssh', 'conf.d', 'b.txt'), 'Host never\n');
    fs.writeFileSync(path.join(home, 'more'), 'Host gpu4\n');
    assert.deepEqual(userSshHosts(home), ['gpu2', 'gpu3', 'gpu4', 'gpu1']);
  } finally {
    fs.rmSync(home, { recursive: true, force: true });
  }
});

test('ssh never asks, and takes no host for an option', () => {
  const argv = sshArguments({ destination: 'a@gpu1', port: 2222 }, { program: 'ssh', arguments: ['-F', 'x'] });
  assert.equal(argv[0], 'ssh');
  assert.ok(argv.includes('BatchMode=yes') && argv.includes('ForwardAgent=no'));
  assert.deepEqual(argv.slice(-7), ['-F', 'x', '-p', '2222', '--', 'a@gpu1', 'sh']);
});
