import type { Context2d } from './frame';

/** A place on the drawing with two decimals: a hundredth of a pixel. */
const fixed = (value: number): string => String(Math.round(value * 100) / 100);

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as it stands in XML; characters that XML does not know are left out. */
export function xml(text: string): string {
  return text
    .replace(
      /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
      '',
    )
    .replace(/[&<>"']/g, (each) => escapes[each]!);
}

const ANCHORS: Readonly<Record<string, string>> = { right: 'end', end: 'end', center: 'middle' };
const BASELINES: Readonly<Record<string, string>> = { top: 'text-before-edge', middle: 'central' };

/**
 * Writes SVG instead of pixels: the part of `CanvasRenderingContext2D` that scenes are drawn with, so that the same code
 * draws both. `measure` gives the width of a text in a font, as a canvas does; who measures none needs none. Source: HTML standard, 2D context.
 */
export class SvgContext implements Context2d {
  strokeStyle: Context2d['strokeStyle'] = '#000';
  fillStyle: Context2d['fillStyle'] = '#000';
  globalAlpha = 1;
  lineWidth = 1;
  lineJoin: CanvasLineJoin = 'miter';
  font = '10px sans-serif';
  textAlign: CanvasTextAlign = 'start';
  textBaseline: CanvasTextBaseline = 'alphabetic';
  readonly parts: string[] = [];
  #path: string[] = [];
  #dash: readonly number[] = [];
  #clips = 0;
  #open = 0;
  readonly #saved: number[] = [];

  constructor(
    readonly measure: (text: string, font: string) => number = () => 0,
    readonly id = 'clip',
  ) {}

  save(): void {
    this.#saved.push(this.#open);
  }

  restore(): void {
    const before = this.#saved.pop() ?? 0;
    for (; this.#open > before; this.#open--) this.parts.push('</g>');
  }

  beginPath(): void {
    this.#path = [];
  }

  moveTo(x: number, y: number): void {
    this.#path.push(`M${fixed(x)} ${fixed(y)}`);
  }

  lineTo(x: number, y: number): void {
    this.#path.push(`${this.#path.length === 0 ? 'M' : 'L'}${fixed(x)} ${fixed(y)}`);
  }

  closePath(): void {
    this.#path.push('Z');
  }

  rect(x: number, y: number, width: number, height: number): void {
    this.#path.push(`M${fixed(x)} ${fixed(y)}h${fixed(width)}v${fixed(height)}h${fixed(-width)}Z`);
  }

  /** Whole circles only. */
  arc(x: number, y: number, radius: number, _from: number, _to: number): void {
    const r = fixed(radius);
    this.#path.push(
      `M${fixed(x - radius)} ${fixed(y)}a${r} ${r} 0 1 0 ${fixed(2 * radius)} 0a${r} ${r} 0 1 0 ${fixed(-2 * radius)} 0Z`,
    );
  }

  clip(): void {
    const id = `${this.id}${this.#clips++}`;
    this.parts.push(`<clipPath id="${id}"><path d="${this.#path.join('')}"/></clipPath><g clip-path="url(#${id})">`);
    this.#open++;
  }

  setLineDash(dash: readonly number[]): void {
    this.#dash = [...dash];
  }

  stroke(): void {
    const dash = this.#dash.length === 0 ? '' : ` stroke-dasharray="${this.#dash.join(' ')}"`;
    this.#draw(`fill="none" ${this.#strokeOf()}${dash}`);
  }

  fill(): void {
    this.#draw(`fill="${xml(String(this.fillStyle))}"${this.#opacity()}`);
  }

  fillRect(x: number, y: number, width: number, height: number): void {
    const box = `x="${fixed(x)}" y="${fixed(y)}" width="${fixed(width)}" height="${fixed(height)}"`;
    this.parts.push(`<rect ${box} fill="${xml(String(this.fillStyle))}"${this.#opacity()}/>`);
  }

  measureText(text: string): { width: number } {
    return { width: this.measure(text, this.font) };
  }

  fillText(text: string, x: number, y: number): void {
    this.#text(text, { x, y, paint: `fill="${xml(String(this.fillStyle))}"${this.#opacity()}` });
  }

  strokeText(text: string, x: number, y: number): void {
    this.#text(text, { x, y, paint: `fill="none" ${this.#strokeOf()}` });
  }

  /** What has been drawn. */
  toString(): string {
    return this.parts.join('\n');
  }

  /** What has been drawn, as a file. */
  file({ width, height }: { readonly width: number; readonly height: number }): string {
    const size = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`;
    return `<svg xmlns="http://www.w3.org/2000/svg" ${size}>\n${this}\n</svg>\n`;
  }

  #strokeOf(): string {
    const join = this.lineJoin === 'round' ? ' stroke-linejoin="round"' : '';
    return `stroke="${xml(String(this.strokeStyle))}" stroke-width="${fixed(this.lineWidth)}"${join}${this.#opacity()}`;
  }

  #opacity(): string {
    return this.globalAlpha === 1 ? '' : ` opacity="${fixed(this.globalAlpha)}"`;
  }

  #draw(paint: string): void {
    if (this.#path.length > 0) this.parts.push(`<path d="${this.#path.join('')}" ${paint}/>`);
  }

  #text(text: string, { x, y, paint }: { readonly x: number; readonly y: number; readonly paint: string }): void {
    const anchor = ANCHORS[this.textAlign];
    const baseline = BASELINES[this.textBaseline];
    const more = `${anchor ? ` text-anchor="${anchor}"` : ''}${baseline ? ` dominant-baseline="${baseline}"` : ''}`;
    this.parts.push(
      `<text x="${fixed(x)}" y="${fixed(y)}" style="font:${xml(this.font)}"${more} ${paint}>${xml(text)}</text>`,
    );
  }
}
