/** One event of a stream, or a comment, which has text only. */
export interface SentEvent {
  id?: string;
  event?: string;
  data?: { status: string; rows: { total: number | null; published: number } };
  text: string;
  atMs: number;
}

/** The events of a `text/event-stream` as they come; the `retry` hint and comments are among them. */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<SentEvent> {
  let text = '';
  for await (const piece of body.pipeThrough(new TextDecoderStream()) as unknown as AsyncIterable<string>) {
    text += piece;
    for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
      const block = text.slice(0, end);
      text = text.slice(end + 2);
      const fields = Object.fromEntries(
        block
          .split('\n')
          .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
      );
      const { id, event, data } = fields;
      yield {
        ...(id ? { id } : {}),
        ...(event ? { event } : {}),
        ...(data ? { data: JSON.parse(data) } : {}),
        text: block,
        atMs: performance.now(),
      };
    }
  }
}
