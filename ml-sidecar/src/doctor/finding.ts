/** One thing that was looked at. */
export interface Finding {
  /** `right`; `doubtful`: it works, and something is lost; `wrong`: it must be mended. */
  readonly verdict: 'right' | 'doubtful' | 'wrong';
  /** Place, finding and wish, in one line. */
  readonly text: string;
  /** Lines that mend it, and the file that they belong into. */
  readonly paste?: { readonly file: string; readonly lines: string };
}

export const right = (text: string): Finding => ({ verdict: 'right', text });

export const doubtful = (text: string, paste?: Finding['paste']): Finding => ({ verdict: 'doubtful', text, ...(paste ? { paste } : {}) });

export const wrong = (text: string, paste?: Finding['paste']): Finding => ({ verdict: 'wrong', text, ...(paste ? { paste } : {}) });
