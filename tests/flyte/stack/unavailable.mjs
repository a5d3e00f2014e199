// What this machine can't give.

import { SetupError } from '../../../scripts/shell.mjs'

/** The exit code of a script that could not run because something is not to be had: sysexits' EX_UNAVAILABLE. */
export const EXIT_UNAVAILABLE = 69

/** A part of the stack that is missing here and can't be installed; the suite is then skipped, not failed. */
export class Unavailable extends SetupError {}
