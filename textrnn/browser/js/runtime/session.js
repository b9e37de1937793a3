/** An ONNX graph, loaded and ready to run, over onnxruntime-web. */

/**
 * Loads the graphs of models.
 *
 * One thread: with two, onnxruntime-web 1.30 gave wrong numbers for one graph in ten.
 *
 * @param ort the module of onnxruntime-web.
 * @param {Uint8Array} wasm its WebAssembly.
 * @param {() => Promise<void>} [between] done after each run of a graph; work ends where it throws.
 */
export class Runtime {
  constructor(ort, wasm, between = async () => {}) {
    ort.env.wasm.numThreads = 1;
    ort.env.wasm.wasmBinary = wasm;
    ort.env.logLevel = "error";
    this.ort = ort;
    this.between = between;
  }

  /** A graph from the bytes of its file. */
  async load(graph) {
    const session = await this.ort.InferenceSession.create(graph, { logSeverityLevel: 3 });
    return new Session(this.ort, session, this.between);
  }
}

const KINDS = new Map([
  [Float32Array, "float32"],
  [Int32Array, "int32"],
  [BigInt64Array, "int64"],
]);

class Session {
  constructor(ort, session, between) {
    this.ort = ort;
    this.session = session;
    this.between = between;
  }

  /**
   * Run the graph once.
   *
   * @param inputs by name an array and its shape: `{ tokens: [Int32Array.of(5, 6), [1, 2]] }`.
   * @param {string[]} [wanted] the outputs to copy out of the graph; by default all.
   * @returns by name the numbers of each output.
   */
  async run(inputs, wanted) {
    const feeds = {};
    for (const [name, [values, shape]] of Object.entries(inputs)) {
      feeds[name] = new this.ort.Tensor(KINDS.get(values.constructor), values, shape);
    }
    const outputs = await this.session.run(feeds, wanted ?? this.session.outputNames);
    await this.between();
    const found = {};
    for (const [name, tensor] of Object.entries(outputs)) {
      found[name] = tensor.data;
    }
    return found;
  }
}
