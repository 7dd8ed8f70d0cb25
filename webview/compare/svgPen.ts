import type { Theme } from '../shared/theme';
import type { Box, Lettering, Pen, Stroke } from './pen';

const ANCHORS = { left: 'start', center: 'middle', right: 'end' } as const;
const BASELINES = { top: 'hanging', middle: 'central', bottom: 'auto' } as const;

/** Draws into the text of an SVG file. */
export class SvgPen implements Pen {
  readonly #parts: string[] = [];
  #clips = 0;

  constructor(
    readonly width: number,
    readonly height: number,
    readonly theme: Theme,
  ) {}

  /** The drawing so far as a file. */
  toString(): string {
    const { width, height, theme } = this;
    return [
      `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${escaped(theme.fontFamily)}">`,
      `<rect width="${width}" height="${height}" fill="${theme.background}"/>`,
      ...this.#parts,
      '</svg>\n',
    ].join('\n');
  }

  line(xs: ArrayLike<number>, ys: ArrayLike<number>, { colour, width, alpha = 1, dash = [] }: Stroke): void {
    let path = '';
    let isDown = false;
    for (let i = 0; i < xs.length; i++) {
      const isPoint = Number.isFinite(xs[i]) && Number.isFinite(ys[i]);
      if (isPoint) path += `${isDown ? 'L' : 'M'}${place(xs[i]!)} ${place(ys[i]!)}`;
      isDown = isPoint;
    }
    if (path === '') return;
    const dashes = dash.length === 0 ? '' : ` stroke-dasharray="${dash.join(' ')}"`;
    this.#parts.push(
      `<path d="${path}" fill="none" stroke="${colour}" stroke-width="${width}" stroke-opacity="${alpha}" stroke-linejoin="round"${dashes}/>`,
    );
  }

  area(xs: ArrayLike<number>, lows: ArrayLike<number>, highs: ArrayLike<number>, colour: string, alpha: number): void {
    const there = Array.from(xs, (x, i) => `${place(x)} ${place(highs[i]!)}`);
    const back = Array.from(xs, (x, i) => `${place(x)} ${place(lows[i]!)}`).reverse();
    this.#parts.push(`<path d="M${[...there, ...back].join('L')}Z" fill="${colour}" fill-opacity="${alpha}"/>`);
  }

  rect({ left, top, right, bottom }: Box, colour: string, alpha: number): void {
    this.#parts.push(
      `<rect x="${place(left)}" y="${place(top)}" width="${place(right - left)}" height="${place(bottom - top)}" fill="${colour}" fill-opacity="${alpha}"/>`,
    );
  }

  dot(x: number, y: number, radius: number, colour: string, hollow: boolean): void {
    const fill = hollow ? this.theme.background : colour;
    this.#parts.push(
      `<circle cx="${place(x)}" cy="${place(y)}" r="${radius}" fill="${fill}" stroke="${colour}" stroke-width="1.5"/>`,
    );
  }

  text(text: string, x: number, y: number, lettering: Lettering): void {
    const { colour, size, align = 'left', baseline = 'middle', bold = false, halo } = lettering;
    const edge =
      halo === undefined ? '' : ` stroke="${halo}" stroke-width="4" stroke-linejoin="round" paint-order="stroke"`;
    this.#parts.push(
      `<text x="${place(x)}" y="${place(y)}" font-size="${size}" fill="${colour}" text-anchor="${ANCHORS[align]}" dominant-baseline="${BASELINES[baseline]}"${bold ? ' font-weight="600"' : ''}${edge}>${escaped(text)}</text>`,
    );
  }

  clip({ left, top, right, bottom }: Box, draw: () => void): void {
    const id = `clip${this.#clips++}`;
    this.#parts.push(
      `<clipPath id="${id}"><rect x="${place(left)}" y="${place(top)}" width="${place(right - left)}" height="${place(bottom - top)}"/></clipPath>`,
      `<g clip-path="url(#${id})">`,
    );
    draw();
    this.#parts.push('</g>');
  }
}

function place(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** Names come from files: they must stay text. */
function escaped(text: string): string {
  return text
    .replace(/[&<>"']/g, (sign) => `&#${sign.codePointAt(0)};`)
    .replace(
      /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
      '\ufffd',
    );
}
