import type { Scene } from './scene';
import type { Theme } from './theme';

/** Where a scene is being drawn: scales give pixels of the canvas. */
export interface Frame {
  readonly context: CanvasRenderingContext2D;
  readonly scene: Scene;
  readonly theme: Theme;
  readonly area: { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number };
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
  readonly fontSize: number;
}
