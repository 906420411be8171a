// The log of the call: a row for each thing that happened, for whoever builds the line.
import { speak } from "./screen.js";
import { coloured } from "./twiml.js";

/** Older rows are let go, so that a call of hours stays quick. */
const MAX_ROWS = 4000;
const NEAR_END_PIXELS = 40;
/** Of what is no line of the transcript. */
const DETAILS = { Gathering: "gather", Redirected: "redirect", Rejected: "reject", KeyPressed: "key" };
const KINDS = { error: "diagnoses", warning: "diagnoses" };
const ERRORS_PAGE = "twilio.com/docs/api/errors/";

export class Log {
  #rows = document.getElementById("rows");
  #list = document.getElementById("log");
  #counts = { error: 0, warning: 0 };
  #open = null;
  #waiting = [];
  /** The end stays in view until somebody scrolls away from it. */
  #isFollowing = true;
  #isByHand = false;

  constructor(filters) {
    this.#follow();
    filters.addEventListener("click", (event) => {
      const { show } = event.target.dataset;
      if (show !== undefined) {
        this.#rows.dataset.show = show;
        for (const each of filters.children) {
          each.setAttribute("aria-pressed", String(each === event.target));
        }
      }
    });
  }

  clear() {
    this.#list.replaceChildren();
    this.#waiting = [];
    this.#open = null;
    this.#isFollowing = true;
    this.#counts = { error: 0, warning: 0 };
    this.#count();
    document.getElementById("log-none").hidden = true;
  }

  add(event) {
    const made = this.#made(event);
    if (made !== null) {
      this.#append(event.at, made);
    }
  }

  /** What this page has to say, and not the line. */
  note(seconds, text, kind = "page") {
    if (kind === "error") {
      this.#counts.error += 1;
      this.#count();
    }
    this.#append(seconds, { kind, nodes: [mark(kind), words(text)] });
  }

  /** Where the session stands after a turn. */
  place(seconds, pairs) {
    const told = pairs.map(([name, value]) => (name === "place" ? value : `${name} ${value}`));
    const nodes = [mark("place"), words(told.join(" · "))];
    this.#append(seconds, { kind: "place", nodes });
  }

  #made(event) {
    switch (event.kind) {
      case "Requested":
        return request(event);
      case "Received":
        return { kind: "document", nodes: [mark("TwiML"), this.#document(event)] };
      case "Warned":
      case "Failed":
        return this.#diagnosis(event);
      case "Delayed":
        return { kind: "fault", nodes: [mark("fault"), words(`the answer is ${seconds(event.seconds)} late`)] };
      case "Ended":
        return { kind: "ended", nodes: [mark("ended"), words(event.why ?? event.by)] };
      default:
        return event.told ? told(event) : null;
    }
  }

  /** The newest document stands open, unless somebody closed it. */
  #document({ twiml, place }) {
    const details = document.createElement("details");
    const summary = document.createElement("summary");
    summary.textContent = place ?? "";
    const text = document.createElement("pre");
    text.tabIndex = 0;
    text.setAttribute("aria-label", "TwiML");
    text.setAttribute("role", "group");
    const code = document.createElement("code");
    code.append(coloured(twiml));
    text.append(code);
    details.append(summary, text);
    if (this.#open !== null && !this.#open.dataset.touched) {
      this.#open.open = false;
    }
    summary.addEventListener("click", () => {
      details.dataset.touched = "yes";
    });
    details.open = this.#open === null || this.#open.dataset.touched !== "yes" || this.#open.open;
    this.#open = details;
    return details;
  }

  #diagnosis(event) {
    const kind = event.kind === "Failed" ? "error" : "warning";
    this.#counts[kind] += 1;
    this.#count();
    const nodes = [mark(event.code === null ? kind : `${kind} ${event.code}`), words(event.message)];
    if (event.code !== null) {
      nodes.push(element("span", "more", `${ERRORS_PAGE}${event.code}`));
    }
    return { kind, nodes };
  }

  #append(at, { kind, nodes }) {
    const row = element("li", `row ${kind}`);
    row.dataset.of = KINDS[kind] ?? (["request", "document", "fault"].includes(kind) ? "requests" : "call");
    row.append(element("span", "at", seconds(at)), ...nodes);
    // One layout for all the rows of an answer.
    this.#waiting.push(row);
    if (this.#waiting.length === 1) {
      queueMicrotask(() => this.#flush());
    }
  }

  #flush() {
    this.#list.append(...this.#waiting);
    this.#waiting = [];
    while (this.#list.childElementCount > MAX_ROWS) {
      this.#list.firstElementChild.remove();
    }
  }

  #follow() {
    for (const each of ["wheel", "touchmove", "pointerdown", "keydown"]) {
      this.#rows.addEventListener(each, () => (this.#isByHand = true), { passive: true });
    }
    this.#rows.addEventListener("scroll", () => {
      const { scrollTop, clientHeight, scrollHeight } = this.#rows;
      if (this.#isByHand) {
        this.#isFollowing = scrollTop + clientHeight >= scrollHeight - NEAR_END_PIXELS;
      }
    });
    // Also as rows get their true height only when they come into view.
    new ResizeObserver(() => this.#showEnd()).observe(this.#list);
  }

  #showEnd() {
    if (this.#isFollowing) {
      this.#isByHand = false;
      this.#rows.scrollTop = this.#rows.scrollHeight;
    }
  }

  #count() {
    for (const [kind, count] of Object.entries(this.#counts)) {
      const shown = document.getElementById(`${kind}s`);
      shown.hidden = count === 0;
      shown.textContent = `${count} ${kind}${count === 1 ? "" : "s"}`;
    }
  }
}

function request({ method, url, place, status, seconds: took, number, faults, purpose }) {
  const isFine = status !== null && status < 400;
  const nodes = [
    mark(number ? `request ${number}` : purpose),
    element("span", "method", method),
    element("span", "path", place),
    element("span", isFine ? "status" : "status bad", status === null ? "no answer" : String(status)),
    element("span", "took", `${Math.round(1000 * took)} ms`),
    ...(faults ?? []).map((fault) => element("span", "planted", fault)),
  ];
  nodes[2].title = url;
  return { kind: number ? "request" : "request small", nodes };
}

function told({ kind, told: text, speaker, english }) {
  const nodes = [mark(speaker || DETAILS[kind] || "detail"), words(text)];
  if (english) {
    nodes.push(element("span", "english", english));
  }
  return { kind: speaker || "detail", nodes };
}

const mark = (text) => element("span", "mark", text);

function words(text) {
  const made = element("span", "words");
  speak(made, text);
  return made;
}

function element(name, className, text = "") {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

const seconds = (value) => `${value.toFixed(1)} s`;
