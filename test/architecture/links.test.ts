import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { test } from 'node:test';

const PAGES = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'NOTICE', 'webview/dev/README.md'].concat(
  fs
    .readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => path.join('docs', file)),
);

/** Text of a page outside of its code, where brackets mean something else. */
const proseOf = (page: string): string =>
  fs
    .readFileSync(page, 'utf8')
    .replaceAll(/^( *)```[^\n]*\n.*?^\1```/gms, '')
    .replaceAll(/`[^`\n]*`/g, '');

/** The name by which a heading is linked to, as GitHub makes it. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

const anchorsOf = (page: string): string[] =>
  [...fs.readFileSync(page, 'utf8').matchAll(/^#+ (.*)$/gm)].map(([, heading]) => anchorOf(heading!));

test('pages that are named are there', () => {
  for (const page of PAGES) {
    for (const [, name] of fs.readFileSync(page, 'utf8').matchAll(/see `([\w/-]+\.md)`/g))
      assert.ok(fs.existsSync(path.join('docs', name!)), `${page} names ${name}`);
  }
});

for (const page of PAGES) {
  test(`every link of ${page} leads somewhere`, () => {
    const prose = proseOf(page);
    const targets = [...prose.matchAll(/\]\(([^)\s]+)\)/g), ...prose.matchAll(/(?:src|href|srcset)="([^"]+)"/g)];
    for (const [, target] of targets) {
      if (/^(https?|command|mailto|vscode):/.test(target!)) continue;
      const [file, anchor] = target!.split('#');
      const at = file === '' ? page : path.join(path.dirname(page), decodeURI(file!));
      assert.ok(fs.existsSync(at), `${target} is not there`);
      if (anchor !== undefined && at.endsWith('.md'))
        assert.ok(anchorsOf(at).includes(anchor), `${target} has no such heading`);
    }
  });
}
