// What the caller hears of the call: clips, tones, a Say's words; nothing in virtual time.
import { Meter } from "./meter.js";
import { Sound } from "./sound.js";
import { Voice } from "./voice.js";

/** `hooks`: `loading(isLoading)` as a due clip is on its way, `note(words)` of what cannot sound. */
export class Ear {
  #sound;
  #voice;
  #meter;
  #isSilent = true;
  #told = new Set();

  constructor(meter, hooks) {
    const noteOnce = (words) => {
      if (!this.#told.has(words)) {
        this.#told.add(words);
        hooks.note(words);
      }
    };
    this.#sound = new Sound({ loading: hooks.loading, trouble: noteOnce });
    this.#voice = new Voice(noteOnce);
    this.#meter = new Meter(meter, () => this.#sound.level);
  }

  /** Of a call; must come from a press of a key. */
  begin({ isSilent }) {
    this.#isSilent = isSilent;
    this.#told.clear();
    if (!isSilent) {
      this.#sound.begin();
      this.#meter.start();
    }
  }

  end() {
    this.hush();
    this.#isSilent = true;
    this.#meter.stop();
  }

  hush() {
    this.#sound.stop();
    this.#voice.stop();
  }

  keyTone(key) {
    if (!this.#isSilent) {
      this.#sound.keyTone(key);
    }
  }

  /** What this event sounds like. */
  take(event) {
    if (this.#isSilent) {
      return;
    }
    switch (event.kind) {
      case "Requested":
        if (event.clip) {
          this.#sound.fetch(event.clip);
        }
        break;
      case "Played":
        this.#play(event);
        break;
      case "Said":
        this.#voice.say({ ...event, volume: this.#sound.volume });
        break;
      case "Beeped":
        this.#sound.beep();
        break;
      case "Interrupted":
      case "Ended":
        this.hush();
        break;
    }
  }

  get isSpeaking() {
    return this.#voice.isSpeaking;
  }

  set volume(level) {
    this.#sound.volume = level;
  }

  set isMuted(isMuted) {
    this.#sound.isMuted = isMuted;
  }

  #play(event) {
    if (event.clip) {
      this.#sound.play(event.clip, event);
    } else {
      this.#sound.playTones(event.words);
    }
  }
}
