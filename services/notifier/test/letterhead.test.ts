import t from 'tap';
import { brandLetterhead } from '../src/letterhead.ts';

const inkOn = (brandColor: string) =>
  brandLetterhead({ organisationName: 'Example Schools', brandColor }).ink;

t.test("the organisation's name is written in whichever ink can be read on its colour", async (t) => {
  for (const dark of ['#000000', '#1e3a5f', '#0f5132', '#7F1D1D', '#0000ff'])
    t.equal(inkOn(dark), '#ffffff', dark);
  for (const light of ['#ffffff', '#FFEB3B', '#00ff00', '#c0c0c0']) t.equal(inkOn(light), '#111418', light);
});

t.test('the name is one plain line', async (t) => {
  const { name } = brandLetterhead({ organisationName: 'A\r\nBcc: x@example.org', brandColor: '#000000' });
  t.equal(name, 'A Bcc: x@example.org');
});
