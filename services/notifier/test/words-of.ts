/** The words of an HTML mail, as they are read. */
export function wordsOf(html: string): string {
  return html
    .replace(/<style>.*?<\/style>/su, '')
    .replace(/<title>.*?<\/title>/su, '')
    .replace(/<[^>]+>/gu, ' ')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replace(/\s+/gu, ' ')
    .trim();
}
