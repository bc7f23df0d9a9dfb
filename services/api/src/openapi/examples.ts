const SESSION_ID = '6657f1f77bcf86cd79943901';
const IMPORT_ID = '6657f1f77bcf86cd79943902';
const MANAGER = { id: '6657f1f77bcf86cd79943903', name: 'Priya Menon', email: 'manager@example.org' };
const MENTOR = { id: '6657f1f77bcf86cd79943904', name: 'Asha Rao', email: 'asha.rao@example.org' };
const MENTEE = { id: '6657f1f77bcf86cd79943905', name: 'Meera Iyer', email: 'meera.iyer@example.org' };
const ORGANISATION = { id: '6657f1f77bcf86cd79943906', name: 'Example Schools', timeZone: 'Asia/Kolkata' };

const SESSION = {
  id: SESSION_ID,
  version: 1,
  title: 'Leading a school',
  description: 'How heads plan a year of change',
  type: 'PUBLIC',
  status: 'PUBLISHED',
  mentor: MENTOR,
  start: '2027-06-14T09:30:00Z',
  end: '2027-06-14T10:30:00Z',
  durationMinutes: 60,
  timeZone: 'Asia/Kolkata',
  seats: { limit: 5, taken: 1 },
  mentees: [{ ...MENTEE, enrolment: 'invited' }],
  recommendedFor: [{ value: 'teachers', label: 'Teachers' }],
  categories: [{ value: 'communication', label: 'Communication' }],
  medium: [{ value: 'english', label: 'English' }],
  meeting: { platform: 'BBB', link: null, meetingId: null, passcode: null },
  custom: {},
  image: null,
  importId: null,
  importRow: null,
  createdBy: MANAGER.id,
  createdAt: '2027-06-01T08:00:00Z',
  updatedAt: '2027-06-01T08:00:00Z',
};

const SESSION_INPUT = {
  title: 'Leading a school',
  description: 'How heads plan a year of change',
  type: 'PUBLIC',
  mentor: 'asha.rao@example.org',
  mentees: ['meera.iyer@example.org'],
  start: '2027-06-14T09:30:00Z',
  durationMinutes: 60,
  recommendedFor: ['Teachers'],
  categories: ['Communication'],
  medium: ['English'],
};

const IMPORT = {
  id: IMPORT_ID,
  kind: 'sessions',
  mode: 'apply',
  undoes: null,
  status: 'completed',
  fileName: 'sessions.csv',
  sizeBytes: 1824,
  sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  encoding: 'utf-8',
  delimiter: ',',
  warnings: [],
  uploadedBy: MANAGER,
  rows: {
    total: 10,
    published: 9,
    created: 0,
    updated: 0,
    deleted: 0,
    unchanged: 0,
    invalid: 1,
    unprocessed: 0,
  },
  progress: 1,
  etaSeconds: 0,
  failure: null,
  mail: {
    status: 'sent',
    messageId: `<import-${IMPORT_ID}@mail.example.org>`,
    sentAt: '2027-06-01T08:00:04Z',
  },
  acceptedAt: '2027-06-01T08:00:00Z',
  cancelRequestedAt: null,
  startedAt: '2027-06-01T08:00:01Z',
  finishedAt: '2027-06-01T08:00:03Z',
};

const IMPORT_ROW = {
  row: 2,
  action: 'Create',
  status: 'Invalid',
  sessionId: null,
  errors: [
    {
      code: 'USER_NOT_FOUND',
      column: 'Mentor(Email)',
      value: 'asha@example.org',
      message: 'User not found: asha@example.org',
    },
  ],
  note: '',
  cells: { Action: 'Create', title: 'Leading a school', 'Mentor(Email)': 'asha@example.org' },
};

const ME = {
  ...MANAGER,
  designation: 'Programme manager',
  roles: ['session_manager'],
  organisation: ORGANISATION,
};

const pageOf = (item: unknown) => ({ items: [item], nextCursor: null, total: 1 });

/** An example of each named schema of the document, by its title. */
export const EXAMPLES: Readonly<Record<string, unknown>> = {
  Access: { accessToken: 'eyJhbGciOiJIUzI1NiJ9.e30.c2ln', tokenType: 'Bearer', expiresIn: 3600, user: ME },
  Credentials: { email: MANAGER.email, password: 'correct horse battery staple' },
  Import: IMPORT,
  ImportPage: pageOf(IMPORT),
  ImportRow: IMPORT_ROW,
  ImportRowPage: pageOf(IMPORT_ROW),
  Me: ME,
  Problem: {
    type: 'urn:mentorline:error:VALIDATION_FAILED',
    title: 'Some fields are not valid',
    status: 422,
    detail: 'The session cannot be published; see errors',
    code: 'VALIDATION_FAILED',
    errors: [{ pointer: '/title', code: 'FIELD_REQUIRED', message: 'Mandatory field title not filled' }],
    requestId: '0f0e5f0c-5c5a-4c39-9d8e-0f4a54a2b6f1',
  },
  Readiness: { status: 'ok', checks: { mongodb: 'ok', redis: 'ok' } },
  Session: SESSION,
  SessionInput: SESSION_INPUT,
  SessionPage: pageOf(SESSION),
};
