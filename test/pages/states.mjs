// The states of the panels that are looked at outside of the editor: names of scenarios of `test/webview/page`.

/** All states of each kind of panel; each is searched for faults of accessibility in every theme. */
export const STATES = {
  run: [
    'ready',
    'early',
    'fitting',
    'refused',
    'noPlan',
    'noRate',
    'finished',
    'diverged',
    'stalled',
    'failed',
    'restarts',
    'hostile',
    'overlays',
    'events',
    'empty',
    'error',
    'loading',
  ],
  compare: ['ready', 'one', 'three', 'fitting', 'hostile', 'empty', 'error', 'loading'],
  spectra: [
    'ready',
    'single',
    'estimated',
    'analysing',
    'starting',
    'idle',
    'cancelled',
    'failed',
    'optimizer',
    'quantised',
    'missing',
  ],
};

/** States that are compared with pictures of before: few, because each is looked at by a person when it changes. */
export const PICTURES = [
  { panel: 'run', scenario: 'ready' },
  { panel: 'compare', scenario: 'three' },
  { panel: 'spectra', scenario: 'ready' },
];

export const THEMES = ['dark', 'light', 'high-contrast', 'high-contrast-light'];

/** Themes and sizes of the pictures: beside an editor, and in a narrow column. */
export const PICTURE_THEMES = ['dark', 'light', 'high-contrast'];
export const PICTURE_SIZES = [
  { width: 1000, height: 900 },
  { width: 420, height: 900 },
];
