import { mix, readable, withAlpha } from './colour';
import { type ColourRole, OVERLAY_ROLES, type OverlayRole } from './scene';

/** Colours and type of the editor, in the form a canvas needs. */
export interface Theme {
  readonly background: string;
  readonly foreground: string;
  readonly muted: string;
  readonly grid: string;
  readonly error: string;
  readonly warning: string;
  readonly focus: string;
  readonly series: Readonly<Record<ColourRole, string>>;
  readonly fontFamily: string;
  readonly highContrast: boolean;
}

/** Lines must stand out from the background by this much. Source: WCAG 2.2, 1.4.11. */
const LINE_CONTRAST = 3;

/** Share of the background in small print; the style sheet uses the same. */
const MUTED = 0.26;

/** Variables by role, first choice first: high-contrast themes leave some of them out. */
const ROLES: Readonly<Record<Exclude<ColourRole, OverlayRole>, readonly string[]>> = {
  train: ['charts-blue', 'editorInfo-foreground', 'textLink-foreground'],
  validation: ['charts-orange', 'charts-yellow', 'editorWarning-foreground'],
  forecast: ['charts-purple', 'textLink-foreground'],
  lr: ['charts-green', 'testing-iconPassed', 'textLink-foreground'],
  extra: ['charts-yellow', 'editorWarning-foreground'],
  ghost: ['charts-foreground', 'foreground'],
};

/**
 * Colours of other runs, told apart with every kind of colour vision. Source: Okabe and Ito 2008, "Color Universal Design",
 * without those that are near the colours of the run itself.
 */
const OVERLAYS = ['#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#d55e00', '#999999'] as const;

/** Reads the theme from the page and gives the series colours to the style sheet, so that both show the same. */
export function readTheme(): Theme {
  const styles = getComputedStyle(document.documentElement);
  const normal = colourNormalizer();
  const read = (names: readonly string[], fallback: string): string => {
    for (const name of names) {
      const value = styles.getPropertyValue(`--vscode-${name}`).trim();
      if (value !== '') return normal(value);
    }
    return fallback;
  };
  const background = read(['editor-background'], '#ffffff');
  const foreground = read(['foreground', 'editor-foreground'], '#000000');
  const highContrast = document.body.classList.contains('vscode-high-contrast');
  const ratio = highContrast ? 4.5 : LINE_CONTRAST;
  const series = Object.fromEntries([
    ...Object.entries(ROLES).map(([role, names]) => {
      // Default themes give charts-orange an alpha of 0.33: a line needs the colour itself.
      const opaque = withAlpha(read(names, foreground), 1);
      return [role, readable(opaque, background, foreground, ratio)];
    }),
    ...OVERLAY_ROLES.map((role, index) => [role, readable(OVERLAYS[index]!, background, foreground, ratio)]),
  ]) as Record<ColourRole, string>;
  for (const [role, colour] of Object.entries(series)) {
    document.documentElement.style.setProperty(`--lossline-${role}`, colour);
  }
  return {
    background,
    foreground,
    // Light themes make descriptionForeground equal to the foreground: small print would be as loud as the rest.
    muted: highContrast ? foreground : mix(foreground, background, MUTED),
    grid: withAlpha(read(['charts-lines', 'foreground'], foreground), highContrast ? 0.35 : 0.14),
    error: read(['charts-red', 'errorForeground'], foreground),
    warning: read(['editorWarning-foreground', 'charts-yellow'], foreground),
    focus: read(['focusBorder', 'contrastActiveBorder'], foreground),
    series,
    fontFamily: styles.getPropertyValue('--vscode-font-family').trim() || 'sans-serif',
    highContrast,
  };
}

/** Calls back when the editor changes its theme: canvases do not follow style sheets. */
export function onThemeChange(listener: () => void): void {
  const observer = new MutationObserver(listener);
  observer.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] });
}

function colourNormalizer(): (colour: string) => string {
  const context = document.createElement('canvas').getContext('2d');
  return (colour) => {
    if (context === null) return colour;
    context.fillStyle = '#000000';
    context.fillStyle = colour;
    return context.fillStyle;
  };
}
