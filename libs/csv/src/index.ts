export { type CheckedUpload, UploadCheck } from './check-upload.ts';
export type { CsvFormat, Delimiter, Encoding } from './csv-format.ts';
export { guardCell, unguardCell } from './guard.ts';
export { columnFinder, type Header, type HeaderColumn, readHeader } from './header.ts';
export { type CsvRecord, type ReadOptions, type RecordBatch, readRecords } from './read-records.ts';
export { type ReportRow, writeCorrections, writeReport } from './report.ts';
export { sessionSample, userSample } from './sample.ts';
export { type Sheet, type SheetColumn, sessionSheet, USER_SHEET } from './sheet.ts';
export { BYTE_ORDER_MARK, writeRecords } from './write-records.ts';
