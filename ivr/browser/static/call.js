// One call: lets time pass, sends what the caller does, and hands on what happens.
//
// The server's clock stands still by itself. This side waits until the next thing is due, or the
// caller does something, and then says how much time has passed. One request at a time.
import { Clock } from "./clock.js";
import { Gone, Refused, leave, post } from "./server.js";

const LOOK_MS = 100;
/** A request at least so often, so that the server knows that somebody is there. */
const MAX_WAIT_SECONDS = 20;
/** A tab that is out of sight is let run once a minute, and its clock then goes slowly. */
const MAX_UNSEEN_MS = 45_000;
/** The clock is sent in decimals, and must not fall short of the moment that it stands for. */
const ROUNDING_SECONDS = 0.001;
/** What a Say takes is an estimate: its voice may be so much slower. */
const MAX_VOICE_SECONDS = 8;
const MAX_LATE_SECONDS = 0.25;
const ASKING_AFTER_SECONDS = 0.5;
/** So long may an application keep a caller who hangs up. */
const HANG_UP_PATIENCE_MS = 3000;
/** What cannot be done, or not yet, is said; the call goes on. */
const NOTED = new Set([400, 409]);
const BEFORE = { seconds: 0, ended: null, waiting: null, listens: [], next_seconds: null };

/**
 * The view is told of everything: `event(event)`, `state(state)`, `session(pairs)`, `note(text)`,
 * `asking(seconds)` (null: no more), `hush()` (the sound stops), and at the end
 * `over(words, isTrouble)`, once; `refused(words)` in its stead when the call never began. It is
 * asked for `isSpeaking`: whether a voice of the browser's still says what the line has said.
 */
export class Call {
  #view;
  #isVirtual;
  #clock = new Clock();
  #state = BEFORE;
  #path = null;
  #actions = [];
  #wake = () => {};
  #isBusy = true;
  #isOver = false;
  /** What the watch shows while the server is asked, and when all is over without its answer. */
  #stoppedAt = 0;
  #hungUpAt = null;
  #askedAt = 0;

  constructor(view, { isVirtual }) {
    this.#view = view;
    this.#isVirtual = isVirtual;
  }

  get isOver() {
    return this.#isOver;
  }

  get isVirtual() {
    return this.#isVirtual;
  }

  /** Where the page's server has the call as a file, when it has seen its end; else null. */
  get keptPath() {
    return this.#state.ended === null ? null : `${this.#path}/kept`;
  }

  get isHangingUp() {
    return this.#hungUpAt !== null;
  }

  /** Of the call, as the caller's watch shows them. */
  get seconds() {
    if (this.#isBusy || this.#isOver) {
      return this.#stoppedAt;
    }
    return this.#state.seconds + (this.#isVirtual ? 0 : this.#passed);
  }

  /** Until the next thing happens by itself; null in virtual time, which does not wait. */
  get secondsLeft() {
    if (this.#isVirtual || this.#state.next_seconds === null) {
      return null;
    }
    return Math.max(this.#state.next_seconds - this.seconds, 0);
  }

  /** Carries the call through to its end. */
  async hold(setup) {
    await this.#send("calls", { ...setup, virtual: this.#isVirtual });
    while (!this.#isOver) {
      const action = await this.#next();
      if (action !== null) {
        await this.#send(this.#path, this.#timed(action));
      }
    }
  }

  press(key) {
    if (this.#isOver || this.#hungUpAt !== null) {
      return;
    }
    if (this.#state.listens.includes("keys")) {
      this.#view.hush(); // barge-in: at once, the server learns it in a moment
    }
    this.#do({ do: "press", keys: key, virtual: this.#isVirtual });
  }

  say(text) {
    this.#do({ do: "say", text, virtual: this.#isVirtual });
  }

  /** Says nothing until the line goes on; in virtual time only. */
  stayQuiet() {
    this.#do({ do: "listen" });
  }

  speak(seconds) {
    this.#do({ do: "record", seconds });
  }

  hangUp() {
    if (this.#isOver || this.#hungUpAt !== null) {
      return;
    }
    this.#hungUpAt = performance.now();
    this.#view.hush();
    this.#actions = [{ do: "hang_up", virtual: this.#isVirtual }];
    if (this.#isBusy && this.#path !== null) {
      leave(this.#path, this.#actions[0]); // what is under way then ends as soon as it can
    }
    this.#wake();
    setTimeout(() => this.leave("You hung up while the application was still being asked."), HANG_UP_PATIENCE_MS);
  }

  /** Hangs up without waiting for an answer. */
  leave(words) {
    if (this.#isOver) {
      return;
    }
    if (this.#path !== null) {
      leave(this.#path, this.#timed({ do: "hang_up" }));
    }
    this.#end(words, false);
  }

  /** Time stands still while a clip is on its way to the page. */
  holdClock(isHeld) {
    this.#clock.hold(isHeld);
  }

  #do(action) {
    if (!this.#isOver && this.#hungUpAt === null) {
      this.#actions.push(action);
      this.#wake();
    }
  }

  /** Of the time until something happens by itself. */
  get #passed() {
    return Math.min(this.#clock.seconds, this.#due());
  }

  #due() {
    const next = this.#state.next_seconds ?? this.#state.seconds;
    return Math.min(Math.max(next - this.#state.seconds, 0), MAX_WAIT_SECONDS);
  }

  #timed(action) {
    const hasTime = !["wait", "listen", "record"].includes(action.do);
    const seconds = this.#isVirtual ? 0 : Math.min(this.#clock.seconds, MAX_WAIT_SECONDS);
    return hasTime ? { ...action, seconds } : action;
  }

  /** Gives what the caller does next, or the wait for what happens by itself; null: all is over. */
  async #next() {
    while (!this.#isOver) {
      const isDue = this.#isVirtual ? this.#state.waiting === null : this.#isTime();
      if (this.#actions.length > 0) {
        return this.#actions.shift();
      }
      if (isDue) {
        return this.#isVirtual ? { do: "listen" } : { do: "wait", seconds: this.#passed + ROUNDING_SECONDS };
      }
      await this.#pause();
    }
    return null;
  }

  #isTime() {
    if (performance.now() - this.#askedAt > MAX_UNSEEN_MS) {
      return true;
    }
    const late = this.#clock.seconds - this.#due();
    return late >= (this.#view.isSpeaking ? MAX_VOICE_SECONDS : 0);
  }

  /** For some time, or until the caller does something. */
  #pause() {
    const left = 1000 * (this.#due() - this.#clock.seconds);
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, left > 0 ? Math.min(left, LOOK_MS) : LOOK_MS);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async #send(path, action) {
    if (this.#isOver) {
      return;
    }
    this.#askedAt = performance.now();
    const asking = setInterval(() => this.#tellAsking(performance.now() - this.#askedAt), LOOK_MS);
    this.#stoppedAt = this.seconds;
    this.#isBusy = true;
    // The request itself takes time too, while a clip sounds on.
    const late = action.do === "wait" ? this.#clock.seconds - action.seconds : 0;
    this.#clock.set(Math.min(Math.max(late, 0), MAX_LATE_SECONDS));
    try {
      const told = await post(path, action);
      this.#tellAsking(null);
      this.#take(told);
    } catch (error) {
      this.#fail(error, action);
    } finally {
      clearInterval(asking);
      this.#tellAsking(null);
      this.#isBusy = false;
    }
  }

  #tellAsking(milliseconds) {
    const seconds = milliseconds === null ? null : milliseconds / 1000;
    if (seconds === null || seconds >= ASKING_AFTER_SECONDS) {
      this.#view.asking(seconds);
    }
  }

  #take(told) {
    if (this.#isOver) {
      // Somebody hung up while the first answer was on its way: only now it is known which call.
      leave(`calls/${told.id}`, { do: "hang_up", seconds: 0 });
      return;
    }
    this.#path = `calls/${told.id}`;
    this.#state = told.state;
    this.#stoppedAt = told.state.seconds;
    told.events.forEach((event) => this.#view.event(event));
    if (told.state.has_asked) {
      this.#clock.set(0); // to be asked takes the caller's time, and none of the call's
      this.#dropKeys();
    }
    this.#view.session(told.session);
    if (told.state.ended === null) {
      this.#view.state(told.state);
    } else {
      this.#end(null, false);
    }
  }

  /** As on a telephone, where only a verb listens. */
  #dropKeys() {
    const unheard = this.#actions.filter((each) => each.do === "press").map((each) => each.keys);
    this.#actions = this.#actions.filter((each) => each.do !== "press");
    if (unheard.length > 0) {
      this.#view.note(`${unheard.join("")}: pressed while the application was asked; nobody heard it.`);
    }
  }

  #fail(error, action) {
    if (error instanceof Refused && this.#path === null) {
      this.#isOver = true;
      this.#view.refused(error.message, error.status);
    } else if (error instanceof Refused && NOTED.has(error.status) && action.do !== "wait") {
      this.#view.note(error.message);
    } else if (error instanceof Refused || error instanceof Gone) {
      this.#end(error.message, true);
    } else {
      this.#end(`The page has a fault: ${error.message}. The call is over.`, true);
      throw error;
    }
  }

  #end(words, isTrouble) {
    if (!this.#isOver) {
      this.#stoppedAt = this.seconds;
      this.#isOver = true;
      this.#wake();
      this.#view.over(words, isTrouble);
    }
  }
}
