/** `Content-Disposition` of a download (RFC 6266); names of any script, with a plain one for old clients. */
export function attachmentHeader(fileName: string): string {
  const plain = fileName.replace(/[^\w.-]+/gu, '_');
  const encoded = encodeURIComponent(fileName).replace(
    /['()*]/gu,
    (sign) => `%${sign.charCodeAt(0).toString(16)}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}
