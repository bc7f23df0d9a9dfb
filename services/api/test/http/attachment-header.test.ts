import t from 'tap';
import { attachmentHeader } from '../../src/http/attachment-header.ts';

t.test('a plain name stands as it is', async (t) => {
  t.equal(attachmentHeader('june.csv'), `attachment; filename="june.csv"; filename*=UTF-8''june.csv`);
});

t.test('a name of any script is encoded, and has a plain one beside it', async (t) => {
  t.equal(
    attachmentHeader('जून "1".csv'),
    `attachment; filename="_1_.csv"; filename*=UTF-8''%E0%A4%9C%E0%A5%82%E0%A4%A8%20%221%22.csv`,
  );
});
