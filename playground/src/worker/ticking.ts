/** What setitimer does elsewhere: a signal at short intervals, by which the engine bounds the time of regexes. */

const SIGALRM = 14;

/** Milliseconds between two signals; the interval of telemap/runtime/regexes.py. */
const TICK = 2;

/** Python looks at the buffer more often than a clock is worth reading. */
const LOOKS_PER_CLOCK = 8;

export interface Ticking {
  /** For Pyodide's `setInterruptBuffer`: Python reads slot 0 now and then, and raises the signal that it finds there. */
  buffer: { 0: number };
  begin(): void;
  end(): void;
}

/** Returns a timer whose signals Python ignores as long as it has no handler for SIGALRM. */
export function ticking(now: () => number): Ticking {
  let due = Infinity;
  let looks = 0;
  return {
    buffer: {
      get 0() {
        looks = (looks + 1) % LOOKS_PER_CLOCK;
        if (looks !== 0 || now() < due) return 0;
        due = now() + TICK;
        return SIGALRM;
      },
      set 0(_handled: number) {},
    },
    begin() {
      due = now() + TICK;
    },
    end() {
      due = Infinity;
    },
  };
}
