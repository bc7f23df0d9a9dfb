import { messageOf, type OutgoingMail } from './message.ts';
import { writeMessage } from './write-message.ts';

/**
 * Runs in a thread of its own: writing a message costs about as much as everything else that a notifier does for it, but
 * for the sending.
 * @returns the message's bytes
 */
export default function writeMail(mail: OutgoingMail): Uint8Array {
  return writeMessage(messageOf(mail));
}
