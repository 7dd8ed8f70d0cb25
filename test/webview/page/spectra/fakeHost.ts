// Stands in for the editor: answers the panel from a recorded analysis.
Object.assign(globalThis, {
  acquireVsCodeApi: () => ({ postMessage: () => undefined, getState: () => undefined, setState: () => undefined }),
});
