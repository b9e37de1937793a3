/** The files of a site: packed by gzip one by one, so that any plain file server will do. */

/**
 * What reads a model's files.
 *
 * @param {(name: string) => Promise<Uint8Array>} fetchBytes gives a file as it lies on the server.
 */
export class Files {
  constructor(fetchBytes) {
    this.fetchBytes = fetchBytes;
  }

  /** A file's bytes. */
  async bytes(name) {
    return unpacked(await this.fetchBytes(`${name}.gz`));
  }

  /** A file's JSON. */
  async json(name) {
    return JSON.parse(new TextDecoder().decode(await this.bytes(name)));
  }

  /** A file's arrays by their names, each a typed array with its `shape`. */
  async arrays(name) {
    return readArrays(await this.bytes(name));
  }
}

/** What was packed by gzip; a server may have told the browser to unpack it already. */
export async function unpacked(bytes) {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

const KINDS = {
  I8: Int8Array,
  U8: Uint8Array,
  U16: Uint16Array,
  I32: Int32Array,
  U32: Uint32Array,
  I64: BigInt64Array,
  F32: Float32Array,
  F64: Float64Array,
};

/** The arrays of a file in the layout of safetensors: a header's length, the header, the numbers. */
export function readArrays(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = 8 + Number(view.getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, start)));
  const arrays = {};
  for (const [name, { dtype, shape, data_offsets: [begin, end] }] of Object.entries(header)) {
    const own = bytes.slice(start + begin, start + end); // whose place fits its numbers' size
    arrays[name] = Object.assign(new KINDS[dtype](own.buffer), { shape });
  }
  return arrays;
}
