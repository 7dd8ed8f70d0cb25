// Faults of accessibility in a page, as axe-core finds them.
import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import { openState } from '../../webview/dev/panelPage.mjs';

const AXE = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What keeps somebody from using the panel; lesser faults are printed and do not fail. */
const GRAVE = new Set(['serious', 'critical']);

/** Rules that depend on colours: all that differs between themes. */
const OF_COLOURS = ['color-contrast', 'link-in-text-block'];

/**
 * Looks at a state as it comes, with everything unfolded and, with `menus`, with each of its menus open; `colours` tries
 * the rules of colours alone. Returns one line per grave fault, and those of less weight apart.
 */
export async function accessibilityOf(world, state) {
  const { page, faults } = await openState(world, state);
  const found = new Map();
  try {
    await page.evaluate(AXE);
    const look = (when) => search(page, found, { when, rules: state.colours ? OF_COLOURS : undefined });
    await look('as it comes');
    await page.evaluate(() => {
      for (const part of document.querySelectorAll('details')) part.open = true;
    });
    await look('unfolded');
    if (state.menus) await lookIntoMenus(page, look);
  } finally {
    await page.close();
  }
  const all = [...found.values()];
  const lines = (grave) => all.filter(({ impact }) => GRAVE.has(impact) === grave).map(lineOf);
  return { grave: [...faults, ...lines(true)], minor: lines(false) };
}

async function lookIntoMenus(page, look) {
  const buttons = page.locator('button[aria-haspopup]:visible, button[aria-expanded="false"]:visible');
  for (let i = 0; i < (await buttons.count()); i++) {
    const button = buttons.nth(i);
    const name = await button.innerText();
    await button.click();
    await look(`with ${name || 'a menu'} open`);
    await page.keyboard.press('Escape');
  }
}

async function search(page, found, { when, rules }) {
  const violations = await page.evaluate(async (runOnly) => {
    const options = runOnly === undefined ? {} : { runOnly };
    const { violations: all } = await window.axe.run(document, { ...options, resultTypes: ['violations'] });
    return all.map(({ id, impact, help, nodes }) => ({
      id,
      impact,
      help,
      nodes: nodes.map(({ target, failureSummary }) => ({ target: target.join(' '), failureSummary })),
    }));
  }, rules);
  for (const violation of violations) {
    if (!found.has(violation.id)) found.set(violation.id, { ...violation, when });
  }
}

function lineOf({ id, impact, help, nodes, when }) {
  const places = nodes.slice(0, 3).map(({ target, failureSummary }) => `\n    ${target}: ${summary(failureSummary)}`);
  const more = nodes.length > 3 ? `\n    and ${nodes.length - 3} more` : '';
  return `${impact} ${id} ${when}: ${help}${places.join('')}${more}`;
}

function summary(text = '') {
  return text.split('\n').slice(1).join('; ').trim().slice(0, 300);
}
