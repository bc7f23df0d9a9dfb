/** @returns what was promised; `late` when it fails, or has not come after `timeoutMs` */
export async function within<Answer, Late>(
  promise: Promise<Answer>,
  timeoutMs: number,
  late: Late,
): Promise<Answer | Late> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<Late>((resolve) => {
    timer = setTimeout(resolve, timeoutMs, late);
  });
  try {
    return await Promise.race([promise.catch(() => late), tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
