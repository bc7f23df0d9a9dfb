/** The columns of the user CSV, in the order of the sample file. */
export const USER_COLUMNS = [
  { key: 'name', header: 'Name', name: 'Name', mandatory: true },
  { key: 'email', header: 'Email', name: 'Email', mandatory: true },
  { key: 'roles', header: 'Roles', name: 'Roles', mandatory: true },
  { key: 'designation', header: 'Designation', name: 'Designation', mandatory: false },
] as const;

export type UserColumn = (typeof USER_COLUMNS)[number]['key'];
