// Before the service, which is not loaded yet: only so can the libraries it uses be watched.
if (process.env.OTEL_EXPORTER_OTLP_ENDPOINT?.trim()) {
  const { startTracing } = await import('./start-tracing.ts');
  startTracing(process.env, process.argv[1] ?? '');
}
