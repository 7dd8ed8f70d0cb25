/** A function that can be asked for often and runs rarely. */
export interface Paced {
  (): void;
  cancel(): void;
}

/** Runs once per animation frame, however often it is asked for. */
export function perFrame(run: () => void): Paced {
  let handle = 0;
  const paced = (): void => {
    handle ||= requestAnimationFrame(() => {
      handle = 0;
      run();
    });
  };
  return Object.assign(paced, {
    cancel: () => {
      cancelAnimationFrame(handle);
      handle = 0;
    },
  });
}

/** Runs when nobody has asked for `ms` milliseconds. */
export function debounced(run: () => void, ms: number): Paced {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const cancel = (): void => {
    clearTimeout(timer);
    timer = undefined;
  };
  const paced = (): void => {
    cancel();
    timer = setTimeout(run, ms);
  };
  return Object.assign(paced, { cancel });
}

/** Runs at once, then at most every `ms` milliseconds; the last request is never lost. */
export function throttled(run: () => void, ms: number): Paced {
  let last = Number.NEGATIVE_INFINITY;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const fire = (): void => {
    timer = undefined;
    last = Date.now();
    run();
  };
  const paced = (): void => {
    if (timer !== undefined) return;
    const wait = last + ms - Date.now();
    if (wait <= 0) fire();
    else timer = setTimeout(fire, wait);
  };
  const cancel = (): void => {
    clearTimeout(timer);
    timer = undefined;
  };
  return Object.assign(paced, { cancel });
}
