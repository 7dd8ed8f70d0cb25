// The binary of src/kernels/columns.ts; the build supplies it (tools/kernels.mjs).

declare module 'kernels:columns' {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}
