declare module "*?raw" {
  const text: string;
  export default text;
}

declare module "*?inline" {
  /** A data URL. */
  const url: string;
  export default url;
}

declare module "*.wasm" {
  const module: WebAssembly.Module;
  export default module;
}
