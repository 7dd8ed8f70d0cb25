// What both pages of the panel's bench are measured with. Runs in the browser.

/** Milliseconds from the beginning of each frame until the browser is free again, and from one frame to the next. */
export interface Frames {
  readonly work: number[];
  readonly gaps: number[];
}

/**
 * Calls `act` once per frame for `count` frames. `act` may draw at once or ask for the coming frame; work is everything from
 * the first callback of a frame to the first task after it: scripts, style, layout, painting.
 */
export async function measureFrames(count: number, act: (frame: number) => void): Promise<Frames> {
  const frames: Frames = { work: [], gaps: [] };
  const { port1, port2 } = new MessageChannel();
  let before = 0;
  for (let frame = 0; frame < count; frame++) {
    await new Promise<void>((done) => {
      let start = 0;
      port1.onmessage = () => {
        frames.work.push(performance.now() - start);
        done();
      };
      requestAnimationFrame((time) => {
        start = performance.now();
        if (before > 0) frames.gaps.push(time - before);
        before = time;
        port2.postMessage(null);
      });
      act(frame);
    });
  }
  return frames;
}

/** Milliseconds since `start` when the next frame has been painted. */
export async function painted(start: number): Promise<number> {
  await new Promise((resolve) => requestAnimationFrame(resolve));
  await new Promise((resolve) => setTimeout(resolve));
  return performance.now() - start;
}
