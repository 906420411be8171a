// The page put together: what the call tells goes to screen, sound and log; what is pressed, to the call.
import { Call } from "./call.js";
import { Ear } from "./ear.js";
import { Keypad, onKeyboard } from "./keypad.js";
import { Log } from "./log.js";
import { introduce, options, showKept, showSession } from "./panels.js";
import { Screen } from "./screen.js";
import { get } from "./server.js";
import { WHO, stateWords } from "./words.js";

const LOOK_MS = 200;
const SPEAK_SECONDS = 4;
const LEFT = "The page was left; the call was hung up.";

const byId = (id) => document.getElementById(id);

class Page {
  #screen = new Screen();
  #log = new Log(byId("filters"));
  #ear = new Ear(byId("meter"), {
    loading: (isLoading) => this.#call?.holdClock(isLoading),
    note: (words) => this.#isCalling && this.#note(words),
  });
  #keypad = new Keypad(byId("keypad"), (key) => this.#press(key));
  #call = null;
  #state = null;
  #session = new Map();
  #clip = null;
  /** How long the application has been asked for something; null when it is not. */
  #askedSeconds = null;
  #latest = "";

  async begin() {
    this.#listen();
    this.#showStill();
    try {
      introduce(await get("about"));
    } catch (error) {
      this.#screen.state = error.message;
      this.#setPhone("over");
    }
  }

  // -- what the call tells ---------------------------------------------------------------------

  event(event) {
    this.#log.add(event);
    this.#latest = event.kind === "KeyPressed" ? this.#latest : event.kind;
    if (!this.#call.isHangingUp) {
      this.#ear.take(event);
    }
    switch (event.kind) {
      case "Played":
        this.#clip = event.url;
        break;
      case "Heard":
        this.#screen.hear({ ...event, clip: event.url === null ? null : this.#clip });
        break;
      case "KeyPressed":
        this.#showKey(event);
        break;
      case "Ended":
        this.#end(event.why, event.by === "error" || event.by === "limit");
        break;
      case "Received":
      case "Pressed":
      case "Silence":
        this.#screen.entry = "";
        this.#tell(event);
        break;
      default:
        this.#tell(event);
    }
  }

  state(state) {
    this.#state = state;
    const { waiting, listens } = state;
    byId("say").hidden = !listens.includes("speech");
    byId("silence").hidden = !this.#call.isVirtual || waiting === null;
    byId("speak").hidden = !this.#call.isVirtual || waiting !== "record" || !listens.includes("voice");
    this.#screen.isRecording = waiting === "record";
    this.#setPhone(waiting === null ? "speaks" : "listens");
    this.#look();
  }

  session(pairs) {
    showSession(pairs);
    const changed = (pairs ?? []).filter(([name, value]) => this.#session.get(name) !== value);
    if (changed.length > 0) {
      this.#session = new Map(pairs);
      this.#log.place(this.#call.seconds, changed);
    }
  }

  get isSpeaking() {
    return this.#ear.isSpeaking;
  }

  asking(seconds) {
    this.#askedSeconds = seconds;
    this.#look();
  }

  hush() {
    this.#ear.hush();
  }

  note(text) {
    this.#note(text);
  }

  refused(text, status) {
    options.refusal = status === 400 ? text : "";
    this.#ear.end();
    options.isLocked = false;
    this.#showIdle();
    if (status === 400) {
      this.#screen.welcome(); // what is wrong stands beside the field
    } else {
      this.#tell({ speaker: "error", told: text });
    }
    byId("announcer").textContent = text;
  }

  over(words, isTrouble) {
    if (isTrouble) {
      this.#log.note(this.#call.seconds, words, "error"); // the line's own errors stand there already
    }
    this.#end(words, isTrouble);
    this.#ear.end();
    options.isLocked = false;
    showKept(this.#call.keptPath);
  }

  // -- what the person does --------------------------------------------------------------------

  #listen() {
    // A browser lets sound begin at a click, not already as a finger goes down.
    byId("call").addEventListener("click", () => this.#ring());
    byId("hang-up").addEventListener("click", () => this.#hangUp()); // a finger may only scroll
    byId("silence").addEventListener("click", () => this.#call.stayQuiet());
    byId("speak").addEventListener("click", () => this.#call.speak(SPEAK_SECONDS));
    byId("mute").addEventListener("click", () => this.#mute());
    byId("volume").addEventListener("input", () => this.#setVolume());
    byId("english").addEventListener("change", (event) => {
      document.body.classList.toggle("with-english", event.target.checked);
    });
    byId("setup").addEventListener("submit", (event) => event.preventDefault());
    byId("say").addEventListener("submit", (event) => this.#sayWords(event));
    onKeyboard({
      press: (key) => this.#press(key),
      call: () => this.#ring(),
      hangUp: () => this.#hangUp(),
    });
    addEventListener("pagehide", () => this.#call?.leave(LEFT));
    this.#setVolume();
  }

  #ring() {
    if (this.#isCalling) {
      return;
    }
    this.#clear();
    options.refusal = "";
    this.#call = new Call(this, { isVirtual: options.isVirtual });
    this.#ear.begin({ isSilent: this.#call.isVirtual });
    const { setup } = options;
    options.isLocked = true;
    this.#setPhone("rings");
    this.#look();
    this.#call.hold(setup);
  }

  #clear() {
    this.#screen.clear();
    this.#log.clear();
    this.#state = null;
    this.#askedSeconds = null;
    this.#session = new Map();
    showSession(null);
    showKept(null);
  }

  #hangUp() {
    if (this.#isCalling) {
      this.#call.hangUp();
      this.#look();
    }
  }

  #press(key) {
    this.#keypad.show(key);
    if (!this.#isCalling) {
      return;
    }
    this.#ear.keyTone(key);
    this.#call.press(key);
  }

  #sayWords(event) {
    event.preventDefault();
    const field = byId("words");
    if (field.value.trim() !== "") {
      this.#call.say(field.value);
      field.value = "";
    }
  }

  #mute() {
    const isMuted = byId("mute").getAttribute("aria-pressed") !== "true";
    byId("mute").setAttribute("aria-pressed", String(isMuted));
    this.#ear.isMuted = isMuted;
  }

  #setVolume() {
    this.#ear.volume = Number(byId("volume").value) / 100;
  }

  // -- how it looks and sounds -----------------------------------------------------------------

  get #isCalling() {
    return this.#call !== null && !this.#call.isOver;
  }

  #showIdle() {
    this.#setPhone("idle");
    this.#screen.state = stateWords(null);
  }

  #showStill() {
    this.#showIdle();
    setInterval(() => this.#look(), LOOK_MS);
  }

  #look() {
    if (this.#isCalling) {
      this.#screen.seconds = this.#call.seconds;
      this.#screen.state = stateWords({
        state: this.#state,
        askedSeconds: this.#askedSeconds,
        isDelayed: this.#latest === "Delayed",
        secondsLeft: this.#call.secondsLeft,
        isHangingUp: this.#call.isHangingUp,
      });
    }
  }

  #setPhone(state) {
    const { phone, call, "hang-up": hangUp } = Object.fromEntries(["phone", "call", "hang-up"].map((id) => [id, byId(id)]));
    phone.dataset.state = state;
    const isCalling = state !== "idle" && state !== "over";
    call.setAttribute("aria-disabled", String(isCalling));
    hangUp.setAttribute("aria-disabled", String(!isCalling));
    this.#screen.who = WHO[state];
  }

  #end(words, isTrouble) {
    if (byId("phone").dataset.state === "over") {
      return;
    }
    this.#setPhone("over");
    this.#screen.isRecording = false;
    this.#screen.seconds = this.#call.seconds;
    this.#screen.entry = "";
    for (const id of ["say", "silence", "speak"]) {
      byId(id).hidden = true;
    }
    const told = words ?? "The call is over.";
    this.#screen.state = told;
    this.#screen.tell(isTrouble ? "error" : "aside", told);
    byId("announcer").textContent = told;
  }

  #tell({ told, speaker }) {
    if (told && speaker) {
      this.#screen.tell(speaker === "line" ? "aside" : speaker, told);
    }
  }

  #showKey({ key, is_heard: isHeard, told }) {
    if (isHeard) {
      this.#screen.entry += key;
    } else {
      this.#screen.note(told);
    }
  }

  #note(text) {
    this.#screen.note(text);
    this.#log.note(this.#call.seconds, text);
  }
}

new Page().begin();
