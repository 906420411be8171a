// What a Say says, by a voice of the browser's own where it has one for the language.

/** Of a Say without end. */
const MAX_TIMES = 20;

/** `note(words)` is told once a language that there is no voice for it. */
export class Voice {
  #note;
  #missing = new Set();

  constructor(note) {
    this.#note = note;
    void globalThis.speechSynthesis?.getVoices(); // the first question only lets them be loaded
  }

  get isSpeaking() {
    return globalThis.speechSynthesis?.speaking ?? false;
  }

  say({ text, language, loop, volume }) {
    const voice = this.#voiceFor(language);
    if (voice === null) {
      this.#tellMissing(language);
      return;
    }
    for (let time = 0; time < (loop || MAX_TIMES); time += 1) {
      const speech = new SpeechSynthesisUtterance(text);
      Object.assign(speech, { voice, lang: voice.lang, volume });
      speechSynthesis.speak(speech);
    }
  }

  stop() {
    globalThis.speechSynthesis?.cancel();
  }

  #voiceFor(language) {
    const voices = globalThis.speechSynthesis?.getVoices() ?? [];
    const wanted = (language || "en").toLowerCase();
    const [main] = wanted.split("-");
    return (
      voices.find((each) => each.lang.toLowerCase() === wanted) ??
      voices.find((each) => each.lang.toLowerCase().split(/[-_]/)[0] === main) ??
      null
    );
  }

  #tellMissing(language) {
    if (!this.#missing.has(language)) {
      this.#missing.add(language);
      this.#note(`This browser has no voice for the language ${language || "of a Say"}; its words are only shown.`);
    }
  }
}
