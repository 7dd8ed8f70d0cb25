import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { AnswerReader } from '../../../../src/core/sources/remote/answerReader';
import {
  parseList,
  parseRead,
  parseStat,
  quoteWord,
  readQuestion,
} from '../../../../src/core/sources/remote/shellProtocol';
import { sshFault } from '../../../../src/core/sources/remote/sshFault';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

test('an answer is found however it is cut, and no content is taken for its end', () => {
  const token = '0123456789abcdef';
  const body = `S 1 2 3:4 81a4 x\nline\n${token}\n\n0123456789abcde \n${token.slice(0, 8)}\n`;
  const answer = encode(`${body}\n${token} S 1 2 3:4 81a4\n`);
  for (let cut = 0; cut <= answer.length; cut++) {
    const reader = new AnswerReader(token, 1000);
    const found = reader.push(answer.subarray(0, cut)) ?? reader.push(answer.subarray(cut));
    assert.deepEqual(found, { body: encode(body), end: 'S 1 2 3:4 81a4' }, `cut at ${cut}`);
  }
  const reader = new AnswerReader(token, 1000);
  let found: ReturnType<AnswerReader['push']>;
  for (const byte of answer) found ??= reader.push(Uint8Array.of(byte));
  assert.deepEqual(found, { body: encode(body), end: 'S 1 2 3:4 81a4' });
});

test('an answer that does not end is given up', () => {
  const reader = new AnswerReader('t', 100);
  let found: unknown;
  for (let i = 0; i < 10_000 && found === undefined; i++) found = reader.push(encode('x\n'.repeat(50)));
  assert.equal(found, 'tooLong');
});

test('looks of GNU, BusyBox and BSD tools are read alike', () => {
  const gnu = parseStat('S 12 1700000000 65024:99 81a4 2023-11-14 22:13:20.250000000 +0000', 'f', 0);
  assert.deepEqual(gnu, { size: 12, mtimeMs: 1_700_000_000_250, identity: '65024:99', isDirectory: false });
  assert.equal(parseStat('S 12 1700000000 1:9 41ed 2023-11-14 22:13:20', 'f', 500)?.mtimeMs, 1_700_000_000_500);
  assert.equal(parseStat('S 96 1700000000 16777220:9 41ed 1700000000.123456789', 'f', 0)?.isDirectory, true);
  assert.equal(parseStat("E stat: cannot statx 'x': No such file or directory", 'f', 0), undefined);
  assert.throws(() => parseStat("E stat: cannot statx 'x': Permission denied", 'f', 0), {
    code: 'file.unreadable',
    message: /Permission denied/,
  });
  assert.throws(() => parseStat('garbage \x1b[31m', 'f', 0), { code: 'file.unreadable' });
});

test('bytes count only when the file was the same before and after', () => {
  const look = 'S 5 1 1:2 81a4';
  const read = (before: string, end: string, identity = '1:2') => parseRead(encode(`${before}\nabc\nd`), end, identity);
  assert.deepEqual(read(look, look), encode('abc\nd'));
  assert.equal(read(look, 'S 9 1 1:3 81a4'), undefined);
  assert.equal(read('S 5 1 1:3 81a4', 'S 5 1 1:3 81a4'), undefined);
  assert.equal(read('E stat: no', look), undefined);
  assert.deepEqual(read(look, 'S 9 2 1:2 81a4'), encode('abc\nd'));
});

test('a listing keeps names as they are', () => {
  const body = encode('dsub\0fa\nb.log\0olink\0');
  assert.deepEqual(parseList(body, 'ok', '/x'), [
    { name: 'sub', kind: 'folder' },
    { name: 'a\nb.log', kind: 'file' },
    { name: 'link', kind: 'other' },
  ]);
  assert.throws(() => parseList(new Uint8Array(0), 'no', '/x'), { code: 'file.unreadable' });
});

test('a quoted word reaches a program as it is', { skip: process.platform === 'win32' }, () => {
  for (const word of ["it's", '$(id) `id` $HOME', 'a\nb', '\\', '-n', '', '"', "'''", 'é€ ü']) {
    assert.equal(execFileSync('sh', ['-c', `printf %s ${quoteWord(word)}`], { encoding: 'utf8' }), word);
  }
  assert.throws(() => quoteWord('a\0b'), { code: 'source.invalid' });
  assert.match(readQuestion('-rf', 0, 9, 'tok'), /'\.\/-rf' 1 9 tok/);
});

test('words of ssh become words that say what to do', () => {
  const about = (stderr: string) => sshFault(stderr, 'gpu1');
  assert.match(about('alice@gpu1: Permission denied (publickey).').message, /ssh-add/);
  assert.equal(about('alice@gpu1: Permission denied (publickey).').code, 'remote.auth');
  assert.match(about('Host key verification failed.').message, /check the key/);
  assert.match(about('ssh: Could not resolve hostname gpu1: Name or service not known').message, /no host called gpu1/);
  assert.match(about('ssh: connect to host gpu1 port 22: Connection refused').message, /no ssh server listens/);
  assert.match(about('bash: sh: command not found').message, /POSIX shell/);
  assert.match(about('weird\x1b[31m\nlast words').message, /ended; it is made again\. ssh says: last words/);
});
