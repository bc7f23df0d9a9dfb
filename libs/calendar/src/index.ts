export { type Attendance, type CalendarEvent, writeEvent } from './write-event.ts';
