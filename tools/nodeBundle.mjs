import { kernels } from './kernels.mjs';

/** What every bundle that runs in Node has in common. */
export const NODE_BUNDLE = {
  bundle: true,
  platform: 'node',
  // Modules before CommonJS: the latter of some packages (jsonc-parser) asks for its parts by names that no bundler sees.
  mainFields: ['module', 'main'],
  plugins: [kernels()],
};
