// The part of the WebAssembly API that the engine uses; Node provides it, but neither the es2024 library nor
// @types/node declares it.
declare namespace WebAssembly {
  /** Compiled code; can be sent to threads by postMessage. */
  class Module {
    constructor(bytes: Uint8Array<ArrayBuffer>);
  }
  class Memory {
    constructor(descriptor: { initial: number; maximum: number });
    readonly buffer: ArrayBuffer;
  }
  class Instance {
    constructor(module: Module, imports: Record<string, Record<string, unknown>>);
    readonly exports: Record<string, unknown>;
  }
}
