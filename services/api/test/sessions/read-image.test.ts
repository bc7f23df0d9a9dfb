import fc from 'fast-check';
import t from 'tap';
import { readImage } from '../../src/sessions/read-image.ts';
import { chunk, IMAGES, png } from './images.ts';

const SIZE = { width: 8, height: 6 };
const refused = { code: 'IMAGE_INVALID' };
const ALL = { ...IMAGES, png: png() };
const withSize = (image: Buffer, at: number, width: number, height: number): Buffer => {
  const changed = Buffer.from(image);
  changed.writeUInt16BE(height, at);
  changed.writeUInt16BE(width, at + 2);
  return changed;
};
const FRAME = IMAGES.jpeg.indexOf(Buffer.from('ffc0', 'hex'));

t.test('type, size and end are those of the content', async (t) => {
  for (const [name, image] of Object.entries(ALL)) {
    const kind = /jpeg|png|webp/i.exec(name)![0].toLowerCase();
    t.same(readImage(image), { contentType: `image/${kind}`, ...SIZE, endBytes: image.length }, name);
  }
});

t.test('what follows an image is not part of it', async (t) => {
  for (const [name, image] of Object.entries(ALL)) {
    for (const more of ['PK\x03\x04 an archive', '<script>alert(1)</script>', '\xff\xd8\xff\xd9\0']) {
      const both = Buffer.concat([image, Buffer.from(more, 'latin1')]);
      t.equal(readImage(both).endBytes, image.length, name);
    }
  }
});

t.test('other files are refused, whatever they begin with', async (t) => {
  for (const content of [
    '',
    'GIF89a\x08\0\x06\0',
    'BM\0\0\0\0',
    '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="6"/>',
    '%PDF-1.7',
    '<!doctype html>',
    '\x89PNG\r\n\x1a\n',
    '<PNG\r\n\x1a\n',
    '\xff\xd8\xff',
    '\xff\xd8\xff\xd9',
    'RIFF\x04\0\0\0WAVE',
    'RIFF\x0c\0\0\0WEBPEXIF\0\0\0\0',
  ]) {
    t.throws(() => readImage(Buffer.from(content, 'latin1')), refused, JSON.stringify(content));
  }
});

t.test('an image that is cut off anywhere is refused', async (t) => {
  for (const [name, image] of Object.entries(ALL)) {
    for (let length = 0; length < image.length; length += 1) {
      t.throws(() => readImage(image.subarray(0, length)), refused, `${name}, ${length} bytes`);
    }
  }
});

t.test('too many pixels are refused by what the header says', async (t) => {
  t.equal(readImage(png(8000, 5000)).width, 8000);
  t.throws(() => readImage(png(8000, 5001)), { code: 'IMAGE_INVALID', message: /8000 × 5001 pixels/ });
  t.throws(() => readImage(png(0x7fffffff, 0x7fffffff)), refused);
  t.throws(() => readImage(png(0, 6)), refused, 'none at all');
  t.throws(() => readImage(withSize(IMAGES.jpeg, FRAME + 5, 65_535, 65_535)), refused);
  t.throws(() => readImage(withSize(IMAGES.jpeg, FRAME + 5, 8, 0)), refused);
  const webp = Buffer.from(IMAGES.webpWithAlpha);
  webp.fill(0xff, 24, 30);
  t.throws(() => readImage(webp), refused, 'the canvas of an extended WebP');
});

t.test('a size cannot be hidden behind another one', async (t) => {
  const { jpeg } = IMAGES;
  const huge = withSize(jpeg, FRAME + 5, 20_000, 20_000).subarray(FRAME, FRAME + 19);
  const inserted = (...pieces: Buffer[]) =>
    Buffer.concat([jpeg.subarray(0, FRAME), ...pieces, jpeg.subarray(FRAME)]);
  t.throws(() => readImage(inserted(huge)), refused, 'of two frames the larger counts');
  t.throws(() => readImage(inserted(Buffer.from('ffff', 'hex'), huge)), refused, 'fill bytes before it');
  const comment = Buffer.concat([Buffer.from('fffe0015', 'hex'), huge]);
  t.match(readImage(inserted(comment)), SIZE, 'in a comment it is none');
  const twice = Buffer.concat([png().subarray(0, 33), png(20_000, 20_000).subarray(8)]);
  t.throws(() => readImage(twice), refused, 'a second header');
  const late = Buffer.concat([png().subarray(0, 8), chunk('tEXt', Buffer.from('a\0b')), png().subarray(8)]);
  t.throws(() => readImage(late), refused, 'a header that does not come first');
});

t.test('no bytes make it fail in another way', async () => {
  const images = Object.values(ALL);
  fc.assert(
    fc.property(
      fc.nat(images.length - 1),
      fc.array(fc.tuple(fc.nat(700), fc.nat(255)), { maxLength: 6 }),
      (which, changes) => {
        const bytes = Buffer.from(images[which]!);
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        try {
          return readImage(bytes).endBytes <= bytes.length;
        } catch (error) {
          return (error as { code?: string }).code === 'IMAGE_INVALID';
        }
      },
    ),
    { numRuns: 2_000 },
  );
});
