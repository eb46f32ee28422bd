/** The largest file that is fetched when nobody says otherwise. */
export const MAX_BYTES = 10 * 1_024 * 1_024;
