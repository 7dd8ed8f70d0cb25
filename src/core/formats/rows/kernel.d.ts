// The binary of src/kernels/rows.ts; the build supplies it (tools/kernels.mjs).

declare module 'kernels:rows' {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}
