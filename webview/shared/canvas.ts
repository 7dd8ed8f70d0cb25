/** Makes the canvas as sharp as the screen; gives its size in style pixels. Who knows that size spares the browser a layout. */
export function sharpen(
  canvas: HTMLCanvasElement,
  { width, height }: { readonly width: number; readonly height: number } = {
    width: canvas.clientWidth,
    height: canvas.clientHeight,
  },
): { width: number; height: number } {
  const ratio = window.devicePixelRatio || 1;
  const [pixelWidth, pixelHeight] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== pixelWidth) canvas.width = pixelWidth;
  if (canvas.height !== pixelHeight) canvas.height = pixelHeight;
  canvas.getContext('2d')?.setTransform(ratio, 0, 0, ratio, 0, 0);
  return { width, height };
}
