// How much time has passed for the caller since the last answer, in real seconds.

/** A machine that slept, or a tab that was hidden, does not take the call along. */
export const MAX_STEP_SECONDS = 2;

export class Clock {
  #passed = 0;
  #looked = performance.now();
  #isHeld = false;

  /** Seconds since it was set, without those in which it was held. */
  get seconds() {
    const now = performance.now();
    if (!this.#isHeld) {
      this.#passed += Math.min((now - this.#looked) / 1000, MAX_STEP_SECONDS);
    }
    this.#looked = now;
    return this.#passed;
  }

  set(seconds) {
    this.#passed = seconds;
    this.#looked = performance.now();
  }

  /** Stands still while something is under way that takes no time in the call. */
  hold(isHeld) {
    void this.seconds; // what has passed so far counts by the old rule
    this.#isHeld = isHeld;
  }
}
