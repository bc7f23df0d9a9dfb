import { OPS_EXAMPLES } from './ops-examples.ts';

const SESSION_ID = '6657f1f77bcf86cd79943901';
const IMPORT_ID = '6657f1f77bcf86cd79943902';
const REQUEST_ID = '0f0e5f0c-5c5a-4c39-9d8e-0f4a54a2b6f1';
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

const SUPPRESSION = {
  ...{ id: '6657f1f77bcf86cd79943950', userId: MENTEE.id, address: MENTEE.email },
  ...{ reason: 'reminders-off', at: '2027-06-14T08:35:00Z' },
};

const SESSION_MAIL = {
  ...{ id: '6657f1f77bcf86cd79943960', kind: 'session-invited', to: MENTEE, version: 1 },
  ...{
    status: 'sent',
    suppressed: false,
    attempts: 1,
    date: '2027-06-01T08:01:00Z',
    sentAt: '2027-06-01T08:01:01Z',
  },
};

const IMPORT = {
  id: IMPORT_ID,
  kind: 'sessions',
  mode: 'apply',
  notify: true,
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
  mails: 27,
  progress: 1,
  etaSeconds: 0,
  failure: null,
  mail: {
    status: 'sent',
    suppressed: false,
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

const CUSTOM_FIELD = {
  name: 'block',
  label: 'Block',
  type: 'text',
  required: false,
  allowedValues: ['North', 'South'],
};

const SETTINGS = {
  timeZone: 'Asia/Kolkata',
  enrolmentLimit: 5,
  minDurationMinutes: 30,
  maxDurationMinutes: 1440,
  slotGapMinutes: 0,
  newOptions: 'create',
  requiredFields: [],
  workingHours: { from: '09:00', to: '18:00' },
  brandColor: '#1e3a5f',
};

const PERSON = {
  ...MENTOR,
  designation: 'Head teacher',
  roles: ['mentor'],
  active: true,
  organisation: { id: ORGANISATION.id, name: ORGANISATION.name },
};

const MENTEE_VIEW = { ...MENTEE, designation: 'Teacher', enrolment: 'invited' };
const OPTION = {
  id: '6657f1f77bcf86cd79943907',
  value: 'communication',
  label: 'Communication',
  retired: false,
};

const AUDIT_ENTRY = {
  id: '6657f1f77bcf86cd79943908',
  at: '2027-06-01T08:00:00Z',
  user: { id: MANAGER.id, email: MANAGER.email },
  action: 'session.created',
  target: { kind: 'session', id: SESSION_ID },
  fields: [],
  rows: null,
  address: '192.0.2.7',
  requestId: REQUEST_ID,
};

const FAULT = { pointer: '/title', code: 'FIELD_REQUIRED', message: 'Mandatory field title not filled' };
const FORM_FIELD = {
  pointer: '/title',
  label: 'title',
  kind: 'text',
  required: true,
  changeable: true,
  column: 'title',
  maxLength: 255,
};

const pageOf = (item: unknown) => ({ items: [item], nextCursor: null, total: 1 });
const countedPageOf = (item: unknown) => ({ ...pageOf(item), totalIsExact: true });

/** An example of each named schema of the document, by its title. */
export const EXAMPLES: Readonly<Record<string, unknown>> = {
  Access: {
    accessToken: 'eyJhbGciOiJIUzI1NiJ9.e30.c2ln',
    tokenType: 'Bearer',
    expiresIn: 3600,
    refreshToken: 'q0Vd8mN2m1o3b5J7hZ9xQe4rTt6yUu8i',
    refreshExpiresIn: 2_592_000,
    user: ME,
  },
  AuditEntry: AUDIT_ENTRY,
  AuditEntryPage: countedPageOf(AUDIT_ENTRY),
  Credentials: { email: MANAGER.email, password: 'correct horse battery staple' },
  CustomField: CUSTOM_FIELD,
  Fault: FAULT,
  FormField: FORM_FIELD,
  Health: { status: 'ok' },
  Import: IMPORT,
  ImportEvent: { id: 'done', event: 'done', data: JSON.stringify(IMPORT) },
  ImportPage: pageOf(IMPORT),
  ImportRow: IMPORT_ROW,
  ImportRowPage: pageOf(IMPORT_ROW),
  Invitation: { email: MENTOR.email, expiresAt: '2027-06-08T08:00:00Z' },
  Me: ME,
  MeetingInput: { platform: 'ZOOM', link: 'https://zoom.us/j/123456789?pwd=abc' },
  Mentee: MENTEE_VIEW,
  MenteePage: pageOf(MENTEE_VIEW),
  MentorSlots: {
    mentor: MENTOR,
    from: '2027-06-14T00:00:00Z',
    to: '2027-06-15T00:00:00Z',
    timeZone: 'Asia/Kolkata',
    slotGapMinutes: 0,
    busy: [{ start: SESSION.start, end: SESSION.end, sessionId: SESSION_ID, title: SESSION.title }],
    free: [{ start: '2027-06-14T03:30:00Z', end: '2027-06-14T09:29:00Z' }],
  },
  NewOption: { label: OPTION.label },
  NewPerson: {
    name: 'Nisha Verma',
    email: 'nisha.verma@example.org',
    roles: ['mentor', 'mentee'],
    designation: 'Teacher',
  },
  Option: OPTION,
  OptionChange: { label: 'Talking to parents' },
  OptionPage: pageOf(OPTION),
  Organisation: {
    id: ORGANISATION.id,
    version: 1,
    name: ORGANISATION.name,
    settings: SETTINGS,
    customFields: [CUSTOM_FIELD],
    relatedOrganisations: [{ id: '6657f1f77bcf86cd79943909', name: 'Other Academy' }],
  },
  OrganisationChange: { settings: { enrolmentLimit: 8 }, customFields: [CUSTOM_FIELD] },
  PasswordByLink: {
    token: 'q0Vd8mN2m1o3b5J7hZ9xQe4rTt6yUu8i',
    password: 'correct horse battery staple',
  },
  PasswordChange: { currentPassword: 'the one before', newPassword: 'correct horse battery staple' },
  Person: PERSON,
  PersonChange: { designation: 'Principal', active: true },
  PersonPage: countedPageOf(PERSON),
  Problem: {
    type: 'urn:mentorline:error:VALIDATION_FAILED',
    title: 'Some fields are not valid',
    status: 422,
    detail: 'The session cannot be published; see errors',
    code: 'VALIDATION_FAILED',
    errors: [FAULT],
    requestId: REQUEST_ID,
  },
  Readiness: { status: 'ok', checks: { mongodb: 'ok', redis: 'ok' } },
  RefreshToken: { refreshToken: 'q0Vd8mN2m1o3b5J7hZ9xQe4rTt6yUu8i' },
  Removal: { outcome: 'deactivated' },
  ResetRequest: { email: MENTOR.email },
  Session: SESSION,
  SessionDraft: SESSION_INPUT,
  SessionEdit: { start: '2027-06-15T09:30:00Z', mentees: [MENTEE.email] },
  SessionForm: {
    timeZone: 'Asia/Kolkata',
    seats: { limit: 5 },
    slotGapMinutes: 0,
    workingHours: SETTINGS.workingHours,
    fields: [FORM_FIELD],
    organisations: [{ id: '6657f1f77bcf86cd79943901', name: 'Example Schools' }],
  },
  SessionInput: SESSION_INPUT,
  SessionMail: SESSION_MAIL,
  SessionMailPage: pageOf(SESSION_MAIL),
  SessionPage: countedPageOf(SESSION),
  SessionTrial: { ok: true, errors: [], newOptions: [], note: null },
  Suppression: SUPPRESSION,
  SuppressionPage: pageOf(SUPPRESSION),
  ...OPS_EXAMPLES,
};
