// Screenshots into one animated PNG (APNG, as in the PNG specification, third edition), with one palette and only what
// changes from picture to picture. No program besides Node.
import { deflateSync, inflateSync } from "node:zlib";

const kMagic = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
const kTable = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let k = 0; k < 8; ++k) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n >>> 0;
});
function chunk(name, data) {
  const out = Buffer.alloc(12 + data.length);
  out.writeUInt32BE(data.length, 0);
  out.write(name, 4, "latin1");
  data.copy(out, 8);
  let crc = 0xffffffff;
  for (let i = 4; i < 8 + data.length; ++i) crc = kTable[(crc ^ out[i]) & 255] ^ (crc >>> 8);
  out.writeUInt32BE((crc ^ 0xffffffff) >>> 0, 8 + data.length);
  return out;
}

/** A PNG of 8 bits with red, green, blue (and alpha, which is left out), as browsers write screenshots. */
export function decode(png) {
  if (!png.subarray(0, 8).equals(kMagic)) throw new Error("no PNG");
  const packed = [];
  let width = 0, height = 0, step = 0;
  for (let at = 8; at < png.length; ) {
    const size = png.readUInt32BE(at), name = png.toString("latin1", at + 4, at + 8), data = png.subarray(at + 8, at + 8 + size);
    if (name === "IHDR") {
      [width, height] = [data.readUInt32BE(0), data.readUInt32BE(4)];
      step = data[9] === 2 ? 3 : data[9] === 6 ? 4 : 0;
      if (data[8] !== 8 || !step || data[12] !== 0) throw new Error("a kind of PNG that is not read here");
    } else if (name === "IDAT") packed.push(data);
    at += 12 + size;
  }
  const raw = inflateSync(Buffer.concat(packed)), row = width * step, lines = Buffer.alloc(row * height);
  for (let y = 0; y < height; ++y) {
    const filter = raw[y * (row + 1)], from = y * (row + 1) + 1, to = y * row;
    for (let x = 0; x < row; ++x) {
      const a = x >= step ? lines[to + x - step] : 0, b = y ? lines[to + x - row] : 0, c = x >= step && y ? lines[to + x - row - step] : 0;
      const p = a + b - c, pa = Math.abs(p - a), pb = Math.abs(p - b), pc = Math.abs(p - c);
      const guess = filter === 0 ? 0 : filter === 1 ? a : filter === 2 ? b : filter === 3 ? (a + b) >> 1 : pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
      lines[to + x] = raw[from + x] + guess;
    }
  }
  const pixels = new Uint32Array(width * height);
  for (let i = 0; i < pixels.length; ++i) pixels[i] = (lines[i * step] << 16) | (lines[i * step + 1] << 8) | lines[i * step + 2];
  return { width, height, pixels };
}

/** The colours seen most, at most `most`, and the nearest of them for every other. */
function palette_of(pictures, most) {
  const seen = new Map();
  for (const { pixels } of pictures) for (const colour of pixels) seen.set(colour, (seen.get(colour) ?? 0) + 1);
  const palette = [...seen].sort((a, b) => b[1] - a[1]).slice(0, most).map(([colour]) => colour);
  const index = new Map(palette.map((colour, i) => [colour, i]));
  const nearest = (colour) => {
    let best = 0, least = Infinity;
    palette.forEach((other, i) => {
      const far = ((colour >> 16) - (other >> 16)) ** 2 + (((colour >> 8) & 255) - ((other >> 8) & 255)) ** 2 + ((colour & 255) - (other & 255)) ** 2;
      if (far < least) [best, least] = [i, far];
    });
    return best;
  };
  const of = (colour) => {
    let i = index.get(colour);
    if (i === undefined) index.set(colour, (i = nearest(colour)));
    return i;
  };
  return { palette, of };
}

/** One picture that shows each of these for `seconds`, over and over. All have one size. */
export function animate(pngs, seconds, most = 64) {
  const pictures = pngs.map(decode), { width, height } = pictures[0];
  const { palette, of } = palette_of(pictures, most);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8);
  const colours = Buffer.alloc(palette.length * 3);
  palette.forEach((colour, i) => colours.set([colour >> 16, (colour >> 8) & 255, colour & 255], i * 3));
  const control = Buffer.alloc(8);
  control.writeUInt32BE(pictures.length, 0);
  const out = [kMagic, chunk("IHDR", header), chunk("acTL", control), chunk("PLTE", colours)];
  let before, number = 0;
  for (const picture of pictures) {
    if (picture.width !== width || picture.height !== height) throw new Error("pictures of two sizes");
    const now = Uint8Array.from(picture.pixels, of);
    // The smallest box that holds every change; at least one pixel, which the format asks for.
    let left = width, right = -1, top = height, bottom = -1;
    for (let y = 0; y < height; ++y)
      for (let x = 0; x < width; ++x)
        if (!before || before[y * width + x] !== now[y * width + x]) {
          if (x < left) left = x;
          if (x > right) right = x;
          if (y < top) top = y;
          bottom = y;
        }
    if (right < 0) [left, right, top, bottom] = [0, 0, 0, 0];
    const wide = right - left + 1, high = bottom - top + 1, rows = Buffer.alloc((wide + 1) * high);
    for (let y = 0; y < high; ++y) rows.set(now.subarray((top + y) * width + left, (top + y) * width + left + wide), y * (wide + 1) + 1);
    const frame = Buffer.alloc(26);
    [number++, wide, high, left, top].forEach((value, i) => frame.writeUInt32BE(value, i * 4));
    frame.writeUInt16BE(Math.round(seconds * 100), 20);
    frame.writeUInt16BE(100, 22);
    out.push(chunk("fcTL", frame));
    const data = deflateSync(rows, { level: 9 });
    if (!before) out.push(chunk("IDAT", data));
    else {
      const numbered = Buffer.alloc(4 + data.length);
      numbered.writeUInt32BE(number++, 0);
      data.copy(numbered, 4);
      out.push(chunk("fdAT", numbered));
    }
    before = now;
  }
  return Buffer.concat([...out, chunk("IEND", Buffer.alloc(0))]);
}
