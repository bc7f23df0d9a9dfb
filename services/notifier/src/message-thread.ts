import { type Draft, renderDraft } from './draft.ts';
import { messageOf } from './message.ts';
import { type WrittenMessage, writeMessage } from './write-message.ts';

/** Runs in a thread of its own: it costs about as much as everything else that a notifier does for a mail. */
export default function writeMail(draft: Draft): WrittenMessage {
  return writeMessage(messageOf(draft, renderDraft(draft)));
}
