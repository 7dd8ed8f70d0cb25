// Measures a panel in a browser: `node webview/dev/measure.mjs PANEL`.
import { withPanels } from './panelPage.mjs';

const { measure } = await import(`./measures/${process.argv[2] ?? 'run'}.mjs`);

await withPanels(async (world) => {
  console.log(world.sizes);
  await measure(world);
});
