/** A name, with its final dot, and where what follows it begins. Each pointer must lead further back than the last, so there is no ring. */
export function readName(message: Buffer, start: number): { readonly name: string; readonly end: number } {
  let name = '';
  let end = -1;
  let offset = start;
  let bound = start;
  for (;;) {
    const length = message.readUInt8(offset);
    if (length === 0) return { name: name === '' ? '.' : name, end: end < 0 ? offset + 1 : end };
    if (length >= 0xc0) {
      const target = message.readUInt16BE(offset) & 0x3fff;
      if (end < 0) end = offset + 2;
      if (target >= bound) throw new RangeError('a pointer does not lead backwards');
      bound = target;
      offset = target;
    } else {
      name += `${escapeLabel(message.subarray(offset + 1, offset + 1 + length))}.`;
      offset += 1 + length;
    }
  }
}

function escapeLabel(label: Buffer): string {
  return [...label]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      if (/[.\\"();@$ ]/.test(character)) return `\\${character}`;
      return byte < 0x21 || byte > 0x7e ? `\\${String(byte).padStart(3, '0')}` : character;
    })
    .join('');
}
