// What comes out of the earpiece: clips one after another, tones, and how loud it is just now.
import { TONES, schedule } from "./tones.js";

const KEY_TONE_SECONDS = 0.13;
/** Of a Play's digits, each; and of its `w` and `W`. */
const SENT_TONE_SECONDS = 0.2;
const SENT_PAUSES = { w: 0.5, W: 1 };
const BEEP = [1000];
const BEEP_SECONDS = 0.4;
/** A clip that is due waits so long for the end of the one before. */
const MAX_LATE_SECONDS = 0.5;
const FETCH_MS = 8000;
const MAX_KEPT_CLIPS = 60;
/** A browser that lets no sound begin gives no error; it only does not begin. */
const START_MS = 1500;

/** `hooks`: `loading(isLoading)` as a due clip is on its way, `trouble(words)`. */
export class Sound {
  #hooks;
  #context = null;
  #earpiece = null;
  #volume = null;
  #clips = new Map();
  #playing = null;
  #endsAt = 0;
  #turn = 0;
  #level = 0.8;
  #isMuted = false;

  constructor(hooks) {
    this.#hooks = hooks;
  }

  /** Must be called from a press of a key: a browser gives no sound before. */
  begin() {
    if (this.#context === null) {
      try {
        this.#make();
      } catch {
        this.#hooks.trouble("This browser gives this page no sound; read the captions.");
        return;
      }
    }
    this.#context.resume().catch(() => {});
    setTimeout(() => {
      if (this.#context.state !== "running") {
        this.#hooks.trouble("The browser lets no sound begin; read the captions, or allow sound for this page.");
      }
    }, START_MS);
  }

  /** Of what sounds from the line, 0 to 1, before the volume; key tones are not the line’s. */
  get level() {
    if (this.#earpiece === null || this.#context.state !== "running") {
      return 0;
    }
    const samples = new Float32Array(this.#earpiece.fftSize);
    this.#earpiece.getFloatTimeDomainData(samples);
    const power = samples.reduce((sum, each) => sum + each * each, 0) / samples.length;
    const decibels = 10 * Math.log10(power + 1e-12);
    return Math.min(Math.max((decibels + 54) / 42, 0), 1);
  }

  set volume(level) {
    this.#level = level;
    this.#setVolume();
  }

  set isMuted(isMuted) {
    this.#isMuted = isMuted;
    this.#setVolume();
  }

  get volume() {
    return this.#isMuted ? 0 : this.#level;
  }

  /** Has a clip at hand before it is due. */
  fetch(path) {
    if (this.#context === null) {
      return Promise.resolve(null);
    }
    if (!this.#clips.has(path)) {
      this.#clips.set(path, this.#decoded(path));
      if (this.#clips.size > MAX_KEPT_CLIPS) {
        this.#clips.delete(this.#clips.keys().next().value);
      }
    }
    return this.#clips.get(path);
  }

  /** Plays a clip behind the one that is just ending; `seconds` bounds its repetitions. */
  async play(path, { seconds, loop }) {
    const turn = this.#turn;
    this.#hooks.loading(true);
    const buffer = await this.fetch(path);
    this.#hooks.loading(false);
    if (buffer === null || turn !== this.#turn) {
      return;
    }
    const source = new AudioBufferSourceNode(this.#context, { buffer, loop: loop !== 1 });
    const begins = this.#nextStart();
    this.#endsAt = begins + (loop === 1 ? buffer.duration : seconds);
    source.connect(this.#earpiece);
    source.start(begins);
    source.stop(this.#endsAt);
    this.#playing = source;
  }

  /** All that sounds from the line stops at once. */
  stop() {
    this.#turn += 1;
    this.#endsAt = 0;
    this.#playing?.stop();
    this.#playing?.disconnect();
    this.#playing = null;
  }

  /** What the caller hears of a key of their own. */
  keyTone(key) {
    if (this.#context?.state === "running") {
      schedule(this.#context, this.#volume, TONES[key], this.#context.currentTime, KEY_TONE_SECONDS);
    }
  }

  beep() {
    if (this.#context?.state === "running") {
      schedule(this.#context, this.#earpiece, BEEP, this.#context.currentTime, BEEP_SECONDS);
    }
  }

  /** The tones of a Play: `1w2`. */
  playTones(letters) {
    if (this.#context?.state !== "running") {
      return;
    }
    let at = this.#context.currentTime;
    for (const letter of letters) {
      if (letter in TONES) {
        schedule(this.#context, this.#earpiece, TONES[letter], at, SENT_TONE_SECONDS * 0.75);
      }
      at += SENT_PAUSES[letter] ?? SENT_TONE_SECONDS;
    }
  }

  #make() {
    this.#context = new AudioContext({ latencyHint: "interactive" });
    this.#volume = new GainNode(this.#context);
    this.#earpiece = new AnalyserNode(this.#context, { fftSize: 1024 });
    this.#earpiece.connect(this.#volume).connect(this.#context.destination);
    this.#setVolume();
  }

  #setVolume() {
    if (this.#volume !== null) {
      this.#volume.gain.value = this.volume;
    }
  }

  #nextStart() {
    const now = this.#context.currentTime;
    if (this.#endsAt - now > MAX_LATE_SECONDS) {
      this.#playing?.stop();
      return now;
    }
    return Math.max(now, this.#endsAt);
  }

  async #decoded(path) {
    for (const each of [path, `${path}?form=wav`]) {
      try {
        const answer = await fetch(each, { signal: AbortSignal.timeout(FETCH_MS) });
        if (answer.ok) {
          return await this.#context.decodeAudioData(await answer.arrayBuffer());
        }
      } catch {
        // The other form may do; what comes of both being no good is told below.
      }
    }
    this.#hooks.trouble("This browser cannot play a clip of the line; read the captions.");
    return null;
  }
}
