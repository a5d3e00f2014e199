/** The command was given wrongly. */
export class UsageError extends Error {}
