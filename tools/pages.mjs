// Looks at the panels outside of the editor: accessibility in every state and theme, and pictures compared with those of before.
// An argument picks states by name; `--renew` writes the pictures anew.
import { STATES, THEMES } from '../test/pages/states.mjs';
import { withPanels } from '../webview/dev/panelPage.mjs';
import { accessibilityOf } from './pages/accessibility.mjs';
import { fingerprint } from './pages/fingerprint.mjs';
import { ALL_PICTURES, difference, nameOf, referenceFingerprint, renew } from './pages/pictures.mjs';
import { finish } from './realcode/report.mjs';
import { withLimit } from './realcode/run.mjs';

/** Pages that are looked at side by side. */
const LANES = 2;

/** For one page: seconds where nothing else runs. */
const LIMIT_MS = 180_000;

const filter = process.argv.slice(2).find((argument) => !argument.startsWith('--')) ?? '';
const totals = { passed: 0, failed: 0 };

await withPanels(async (world) => {
  const own = await fingerprint(world.browser);
  if (process.argv.includes('--renew')) {
    await renew(world, own);
    console.log(`${ALL_PICTURES.length} pictures were written, drawn by ${own}.`);
  }
  await accessibility(world);
  await pictures(world, own);
});
finish(totals.passed, totals.failed);

/** One theme is searched by every rule, its first state with each menu open: the others differ from it in colours alone. */
async function accessibility(world) {
  const states = Object.entries(STATES).flatMap(([panel, scenarios]) =>
    scenarios.flatMap((scenario, i) =>
      THEMES.map((theme, t) => {
        return { panel, scenario, theme, colours: t > 0, menus: t + i === 0, name: `${panel}-${scenario}-${theme}` };
      }),
    ),
  );
  const minors = new Set();
  await inLanes(
    states.filter(({ name }) => name.includes(filter)),
    async (state) => {
      const { grave, minor } = await accessibilityOf(world, state);
      for (const line of minor) minors.add(line.split('\n')[0]);
      note(`accessibility ${state.name}`, grave);
    },
  );
  for (const line of minors) console.log(`  note ${line}`);
}

async function pictures(world, own) {
  const drawnBy = referenceFingerprint();
  const chosen = ALL_PICTURES.filter((state) => nameOf(state).includes(filter));
  if (own !== drawnBy) {
    console.log(
      `\n  SKIPPED ${chosen.length} pictures: this machine draws letters as ${own}, the pictures are of ${drawnBy}.`,
    );
    console.log('  Compare them on that machine, or write and look at your own: npm run test:pages -- --renew');
    return;
  }
  await inLanes(chosen, async (state) => {
    const fault = await difference(world, state);
    note(`picture ${nameOf(state)}`, fault === undefined ? [] : [fault]);
  });
}

async function inLanes(items, look) {
  const queue = [...items];
  const lane = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
      await withLimit(look(item), LIMIT_MS).catch((error) => note(nameOf(item), [error.message.split('\n')[0]]));
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

function note(name, faults) {
  totals[faults.length === 0 ? 'passed' : 'failed']++;
  if (faults.length > 0) console.log(`  FAIL ${name}\n  ${faults.join('\n  ')}`);
}
