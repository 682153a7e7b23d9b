// @ts-check
// The sentences of the dialog for accounts. See later.js.

const day = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'long' });

export const people = {
  title: 'People',
  rename: 'Rename',
  nameOf: (/** @type {string} */ name) => `New name of ${name}, as visitors see it`,
  save: 'Save',
  add: 'Invite a person',
  invite: 'Create invite link',
  byPassword: 'Set a password instead',
  byInvite: 'Invite by link instead',
  addNow: 'Add',
  added: (/** @type {string} */ name) => `${name} can sign in now.`,
  you: (/** @type {string} */ name) => `${name} (you)`,
  about: (/** @type {string[]} */ ...parts) => parts.filter(Boolean).join(' · '),
  online: 'online',
  disabled: 'disabled',
  reset: 'Reset password',
  enable: 'Enable',
  isEnabled: (/** @type {string} */ name) => `${name} can sign in again.`,
  disable: 'Disable',
  isDisabled: (/** @type {string} */ name) => `${name} can’t sign in any more.`,
  shown: 'Name visitors see',
  passwordOf: (/** @type {string} */ name) => `New password for ${name}`,
  hasPassword: (/** @type {string} */ name) => `${name} has a new password.`,
  set: 'Set password',
  role: 'Role',
};

export const invite = {
  until: (/** @type {number} */ at) => `invited, link works until ${day.format(at)}`,
  over: 'invited, link has expired',
  renew: 'New link',
  renewOf: (/** @type {string} */ name) => `New link for ${name} to join`,
  withdraw: 'Withdraw',
  withdrawOf: (/** @type {string} */ name) => `Withdraw the invite of ${name}`,
  withdrawn: (/** @type {string} */ name) => `The invite for ${name} is withdrawn.`,
  link: (/** @type {string} */ name) => `Invite link for ${name}`,
  copy: 'Copy link',
  copied: 'Copied',
  copyFailed: 'The browser didn’t let us copy. The link is selected: copy it by hand.',
  once: (/** @type {number} */ at) => `Send it yourself. It works once, until ${day.format(at)}; you won’t see it again.`,
};
