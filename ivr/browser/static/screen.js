// The phone's screen: captions, the entry, the state of the line, and a note.
const MAX_LINES = 300;
const NOTE_MS = 9000;
const BENGALI = /\p{Script=Bengali}/u;

const byId = (id) => document.getElementById(id);

/** Gives text its language, so that it is set and read out rightly. */
export function speak(element, text) {
  element.textContent = text;
  if (BENGALI.test(text)) {
    element.lang = "bn";
  }
}

/** `minutes:seconds` of seconds. */
export function clockFace(seconds) {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

export class Screen {
  #captions = byId("captions");
  #lines = byId("lines");
  #announcer = byId("announcer");
  #last = null;
  #noteTimer = 0;

  constructor() {
    // What comes and goes below takes room from the captions; the newest one stays in view.
    new ResizeObserver(() => this.#showEnd()).observe(this.#captions);
  }

  /** Empty, for a new call. */
  clear() {
    this.#lines.replaceChildren();
    this.#last = null;
    byId("welcome").hidden = true;
    this.entry = "";
    this.quiet();
  }

  /** As before the first call. */
  welcome() {
    byId("welcome").hidden = false;
  }

  /** What the line says. Words that end in a comma go on in the next ones, as read-out digits do. */
  hear({ words, english, to, clip }) {
    const isSame = this.#last !== null && this.#last.clip === clip && this.#last.to === to;
    if (isSame && /,$/.test(this.#last.words)) {
      this.#goOn(words, english);
    } else {
      const line = this.#line("line");
      line.append(...(to ? [span("to", `to ${to}: `)] : []), span("words", words || "(a clip without words)"));
      line.append(span("english", english ?? ""));
      this.#last = { line, words, to, clip };
    }
    this.#announce(words);
    this.#showEnd();
  }

  /** What the caller does, or what happens beside the words. */
  tell(speaker, text) {
    this.#line(speaker).append(span("words", text));
    this.#last = null;
    this.#showEnd();
  }

  /** A word to the person at the page; it stays for some seconds, or until the next. */
  note(text) {
    const note = byId("note");
    note.textContent = text;
    note.hidden = false;
    clearTimeout(this.#noteTimer);
    this.#noteTimer = setTimeout(() => this.quiet(), NOTE_MS);
    this.#announce(text);
    this.#showEnd();
  }

  quiet() {
    byId("note").hidden = true;
  }

  set entry(keys) {
    const entry = byId("entry");
    entry.hidden = keys === "";
    entry.textContent = keys;
  }

  get entry() {
    return byId("entry").textContent;
  }

  set state(text) {
    set(byId("state"), text);
  }

  set who(text) {
    set(byId("who"), text);
  }

  set seconds(seconds) {
    set(byId("clock"), clockFace(seconds));
  }

  set isRecording(isRecording) {
    byId("recording").hidden = !isRecording;
  }

  #goOn(words, english) {
    const { line } = this.#last;
    line.querySelector(".words").textContent += ` ${words}`;
    line.querySelector(".english").textContent += english ? ` ${english}` : "";
    this.#last.words = words;
  }

  #line(speaker) {
    this.#lines.querySelector(".now")?.classList.remove("now");
    const line = document.createElement("li");
    line.className = `${speaker} now`;
    this.#lines.append(line);
    if (this.#lines.childElementCount > MAX_LINES) {
      this.#lines.firstElementChild.remove();
    }
    return line;
  }

  /** Each of them once, and nothing else of what moves on the page. */
  #announce(text) {
    speak(this.#announcer, text);
  }

  #showEnd() {
    this.#captions.scrollTop = this.#captions.scrollHeight;
  }
}

function span(name, text) {
  const made = document.createElement("span");
  made.className = name;
  speak(made, text);
  return made;
}

/** A text that is set anew each tenth of a second must not be a change each time. */
function set(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}
