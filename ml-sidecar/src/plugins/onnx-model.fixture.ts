/** Weights f32[48, 72] and biases f32[72] of a model whose quantiles are the value a day before, moved by an offset for each level. */
export function tinyWeights(offsets: readonly [number, number, number]): readonly [Float32Array, Float32Array] {
  const weights = new Float32Array(48 * 72);
  const biases = new Float32Array(72);
  for (let i = 0; i < 72; i++) {
    weights[(24 + (i % 24)) * 72 + i] = 1;
    biases[i] = offsets[Math.floor(i / 24)];
  }
  return [weights, biases];
}

/**
 * A tiny ONNX model, written byte by byte (onnx.proto3): `context` f32[1, 48] → `quantiles` f32[1, 3, 24], by `tinyWeights`.
 */
export function tinyModel(offsets: readonly [number, number, number]): Uint8Array {
  const [weights, biases] = tinyWeights(offsets);
  const graph = [
    message(1, node('MatMul', ['context', 'weights'], 'product')),
    message(1, node('Add', ['product', 'biases'], 'sum')),
    message(1, node('Reshape', ['sum', 'shape'], 'quantiles')),
    text(2, 'tiny'),
    message(5, [...dims([48, 72]), varint(2, 1), text(8, 'weights'), bytes(9, weights)]),
    message(5, [...dims([72]), varint(2, 1), text(8, 'biases'), bytes(9, biases)]),
    message(5, [...dims([3]), varint(2, 7), text(8, 'shape'), bytes(9, BigInt64Array.of(1n, 3n, 24n))]),
    message(11, value('context', [1, 48])),
    message(12, value('quantiles', [1, 3, 24])),
  ];
  return Buffer.concat([varint(1, 8), message(8, [text(1, ''), varint(2, 13)]), message(7, graph)]);
}

function node(operation: string, inputs: readonly string[], output: string): Buffer[] {
  return [...inputs.map((name) => text(1, name)), text(2, output), text(4, operation)];
}

function value(name: string, shape: readonly number[]): Buffer[] {
  const sizes = shape.map((size) => message(1, [varint(1, size)]));
  return [text(1, name), message(2, [message(1, [varint(1, 1), message(2, sizes)])])];
}

function dims(sizes: readonly number[]): Buffer[] {
  return sizes.map((size) => varint(1, size));
}

function message(field: number, parts: readonly Buffer[]): Buffer {
  return bytes(field, Buffer.concat(parts));
}

function text(field: number, content: string): Buffer {
  return bytes(field, Buffer.from(content));
}

function bytes(field: number, content: ArrayBufferView): Buffer {
  const body = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  return Buffer.concat([number(8 * field + 2), number(body.length), body]);
}

function varint(field: number, content: number): Buffer {
  return Buffer.concat([number(8 * field), number(content)]);
}

function number(content: number): Buffer {
  const groups: number[] = [];
  let rest = content;
  do {
    groups.push((rest % 128) + (rest >= 128 ? 128 : 0));
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  return Buffer.from(groups);
}
