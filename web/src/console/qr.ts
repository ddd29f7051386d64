// A text as a QR code (ISO/IEC 18004:2015): bytes, error correction M, versions 1 to 12, which is up to 287 bytes. For
// the address that an authenticator app reads; nothing of it leaves the page.

/** Version 1 first: words of error correction in each block, and how many blocks hold how many words of data. */
const kBlocks: ReadonlyArray<readonly [check: number, ...groups: Array<readonly [blocks: number, words: number]>]> = [
  [10, [1, 16]], [16, [1, 28]], [26, [1, 44]], [18, [2, 32]], [24, [2, 43]], [16, [4, 27]], [18, [4, 31]], [22, [2, 38], [2, 39]],
  [22, [3, 36], [2, 37]], [26, [4, 43], [1, 44]], [30, [1, 50], [4, 51]], [22, [6, 36], [2, 37]],
];
const kMiddles = [[], [6, 18], [6, 22], [6, 26], [6, 30], [6, 34], [6, 22, 38], [6, 24, 42], [6, 26, 46], [6, 28, 50], [6, 30, 54], [6, 32, 58]];

/** Multiplication in GF(256) with x⁸+x⁴+x³+x²+1. */
function times(a: number, b: number): number {
  let out = 0;
  for (; b; b >>= 1, a = (a << 1) ^ (a & 0x80 ? 0x11d : 0)) if (b & 1) out ^= a;
  return out & 0xff;
}
/** The words that let a reader mend a block: the remainder by (x-1)(x-2)…(x-2ⁿ⁻¹). */
export function check_words(data: number[], n: number): number[] {
  let factor = [1], root = 1;
  for (let i = 0; i < n; ++i) {
    const next = new Array<number>(factor.length + 1).fill(0);
    factor.forEach((one, at) => {
      next[at]! ^= one;
      next[at + 1]! ^= times(one, root);
    });
    factor = next;
    root = times(root, 2);
  }
  const rest = [...data, ...new Array<number>(n).fill(0)];
  for (let i = 0; i < data.length; ++i) {
    const lead = rest[i]!;
    if (lead) factor.forEach((one, at) => (rest[i + at]! ^= times(one, lead)));
  }
  return rest.slice(data.length);
}

/** Data and check words of all blocks in the order in which they are drawn; undefined when the text is too long. */
function words_of(bytes: Uint8Array): { version: number; words: number[] } | undefined {
  const room = (version: number) => kBlocks[version - 1]!.slice(1).reduce<number>((sum, group) => sum + (group as readonly number[])[0]! * (group as readonly number[])[1]!, 0);
  const head = (version: number) => (version < 10 ? 12 : 20); // bits of mode and length
  let version = 1;
  while (version <= kBlocks.length && room(version) * 8 < head(version) + bytes.length * 8) version++;
  if (version > kBlocks.length) return undefined;
  const bits: number[] = [];
  const put = (value: number, n: number) => {
    for (let i = n - 1; i >= 0; --i) bits.push((value >> i) & 1);
  };
  put(4, 4);
  put(bytes.length, head(version) - 4);
  for (const byte of bytes) put(byte, 8);
  const all = room(version) * 8;
  put(0, Math.min(4, all - bits.length));
  while (bits.length % 8) bits.push(0);
  for (let pad = 0xec; bits.length < all; pad ^= 0xec ^ 0x11) put(pad, 8);
  const data = Array.from({ length: all / 8 }, (_, i) => bits.slice(i * 8, i * 8 + 8).reduce((sum, bit) => sum * 2 + bit, 0));
  const [check, ...groups] = kBlocks[version - 1]!;
  const blocks: number[][] = [];
  let at = 0;
  for (const [n, words] of groups) for (let i = 0; i < n; ++i, at += words) blocks.push(data.slice(at, at + words));
  const checks = blocks.map((block) => check_words(block, check));
  const woven = (lists: number[][]) => Array.from({ length: Math.max(...lists.map((one) => one.length)) }, (_, i) => lists.flatMap((one) => (i < one.length ? [one[i]!] : []))).flat();
  return { version, words: [...woven(blocks), ...woven(checks)] };
}

const kMasks: Array<(row: number, column: number) => boolean> = [
  (r, c) => (r + c) % 2 === 0, (r) => r % 2 === 0, (_, c) => c % 3 === 0, (r, c) => (r + c) % 3 === 0,
  (r, c) => (Math.floor(r / 2) + Math.floor(c / 3)) % 2 === 0, (r, c) => ((r * c) % 2) + ((r * c) % 3) === 0,
  (r, c) => (((r * c) % 2) + ((r * c) % 3)) % 2 === 0, (r, c) => (((r + c) % 2) + ((r * c) % 3)) % 2 === 0,
];

/** `value` followed by its remainder by `divisor`, so that a reader can mend it. */
function with_remainder(value: number, divisor: number, n: number): number {
  let rest = value << n;
  const top = 31 - Math.clz32(divisor);
  for (let bit = 31 - Math.clz32(rest || 1); rest && bit >= top; bit = 31 - Math.clz32(rest || 1)) rest ^= divisor << (bit - top);
  return (value << n) | rest;
}

/** The fields that are the same whatever is said: true is dark, undefined still free. */
function frame(version: number): Array<Array<boolean | undefined>> {
  const size = version * 4 + 17;
  const field = Array.from({ length: size }, () => new Array<boolean | undefined>(size).fill(undefined));
  const corner = (row: number, column: number) => {
    for (let r = -1; r <= 7; ++r)
      for (let c = -1; c <= 7; ++c) {
        const line = field[row + r];
        if (!line || column + c < 0 || column + c >= size) continue;
        const ring = Math.max(Math.abs(r - 3), Math.abs(c - 3));
        line[column + c] = ring !== 2 && ring !== 4;
      }
  };
  corner(0, 0);
  corner(0, size - 7);
  corner(size - 7, 0);
  const middles = kMiddles[version - 1]!;
  for (const r of middles)
    for (const c of middles) {
      if (field[r]![c] !== undefined) continue;
      for (let y = -2; y <= 2; ++y) for (let x = -2; x <= 2; ++x) field[r + y]![c + x] = Math.max(Math.abs(x), Math.abs(y)) !== 1;
    }
  for (let i = 8; i < size - 8; ++i) {
    field[6]![i] ??= i % 2 === 0;
    field[i]![6] ??= i % 2 === 0;
  }
  return field;
}
/** The two places in which each bit of mask and level stands, and those of the version. */
function note(field: Array<Array<boolean | undefined>>, version: number, mask: number): void {
  const size = field.length, bits = with_remainder(mask, 0x537, 10) ^ 0x5412; // level M is 00
  const one = (i: number) => Boolean((bits >> i) & 1);
  for (let i = 0; i < 15; ++i) {
    field[i < 6 ? i : i < 8 ? i + 1 : size - 15 + i]![8] = one(i);
    field[8]![i < 8 ? size - 1 - i : i < 9 ? 7 : 14 - i] = one(i);
  }
  field[size - 8]![8] = true;
  if (version < 7) return;
  const named = with_remainder(version, 0x1f25, 12);
  for (let i = 0; i < 18; ++i) {
    const dark = Boolean((named >> i) & 1), row = Math.floor(i / 3), column = size - 11 + (i % 3);
    field[row]![column] = dark;
    field[column]![row] = dark;
  }
}

/** How hard a field is to read, by the four rules of the standard. */
function penalty(field: boolean[][]): number {
  const size = field.length, turned = field.map((_, i) => field.map((row) => row[i]!));
  let sum = 0, dark = 0;
  for (const side of [field, turned])
    for (const line of side) {
      for (let i = 0, run = 1; i < size; ++i, ++run) {
        if (i + 1 < size && line[i] === line[i + 1]) continue;
        if (run >= 5) sum += run - 2;
        run = 0;
      }
      const text = line.map((one) => (one ? "1" : "0")).join("");
      for (const pattern of ["10111010000", "00001011101"]) for (let i = text.indexOf(pattern); i >= 0; i = text.indexOf(pattern, i + 1)) sum += 40;
    }
  for (let r = 0; r < size; ++r)
    for (let c = 0; c < size; ++c) {
      if (field[r]![c]) dark++;
      if (r && c && field[r]![c] === field[r - 1]![c] && field[r]![c] === field[r]![c - 1] && field[r]![c] === field[r - 1]![c - 1]) sum += 3;
    }
  return sum + Math.floor(Math.abs((dark * 20) / (size * size) - 10)) * 10;
}

/** Rows of dark (true) and light fields, without the quiet margin of four; undefined when the text is too long. */
export function qr_code(text: string): boolean[][] | undefined {
  const made = words_of(new TextEncoder().encode(text));
  if (!made) return undefined;
  const { version, words } = made, size = version * 4 + 17, bits = words.flatMap((word) => [7, 6, 5, 4, 3, 2, 1, 0].map((i) => Boolean((word >> i) & 1)));
  let best: boolean[][] | undefined, least = Infinity;
  kMasks.forEach((masked, mask) => {
    const field = frame(version);
    note(field, version, mask);
    let at = 0, up = true;
    for (let right = size - 1; right > 0; right -= 2, up = !up) {
      if (right === 6) right--;
      for (let i = 0; i < size; ++i) {
        const row = up ? size - 1 - i : i;
        for (const column of [right, right - 1]) if (field[row]![column] === undefined) field[row]![column] = (bits[at++] ?? false) !== masked(row, column);
      }
    }
    const whole = field as boolean[][], cost = penalty(whole);
    if (cost < least) {
      least = cost;
      best = whole;
    }
  });
  return best;
}

/** As the outline of an SVG path, one unit a field, with the quiet margin: {path, size}. */
export function qr_path(text: string): { path: string; size: number } | undefined {
  const field = qr_code(text);
  if (!field) return undefined;
  const path = field.map((row, y) => row.map((dark, x) => (dark ? `M${x + 4} ${y + 4}h1v1h-1z` : "")).join("")).join("");
  return { path, size: field.length + 8 };
}
