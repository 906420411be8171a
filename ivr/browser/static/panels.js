// The panels beside the phone: what is chosen before a call, and what the line keeps of it.
const NAMELESS = "Browser phone";

const byId = (id) => document.getElementById(id);

/** Shows which line is rung, as the server tells it. */
export function introduce({ name, line, from, to, has_english: hasEnglish }) {
  document.title = name ?? NAMELESS;
  byId("name").textContent = name ?? NAMELESS;
  byId("welcome-name").textContent = name ?? line.replace(/^https?:\/\//, "");
  byId("line").textContent = line;
  byId("line").title = `as ${to}`;
  byId("from").placeholder = from;
  byId("english-part").hidden = !hasEnglish;
  byId("welcome-english").hidden = !hasEnglish;
}

export const options = {
  get isVirtual() {
    return new FormData(byId("setup")).get("time") === "virtual";
  },

  /** As the server takes them; what is left empty is not sent. */
  get setup() {
    const fields = ["from", "faults", "dial"].map((id) => [id, byId(id).value.trim()]);
    return Object.fromEntries(fields.filter(([, value]) => value !== ""));
  },

  /** In words, for a call that goes on. */
  get told() {
    const { faults, from, dial } = this.setup;
    const parts = [
      this.isVirtual ? "as fast as possible, silent" : "real time, with sound",
      faults ? `faults ${faults}` : "no faults on purpose",
      ...(from ? [`from ${from}`] : []),
      ...(dial ? [`Dial ends ${dial}`] : []),
    ];
    return parts.join(" · ");
  },

  /** During a call they cannot be changed. */
  set isLocked(isLocked) {
    byId("options-title").textContent = isLocked ? "This call" : "Before the call";
    byId("chosen").textContent = this.told;
    byId("chosen").hidden = !isLocked;
    byId("setup").hidden = isLocked;
  },

  /** What the server says of them stands beside them; empty for nothing. */
  set refusal(text) {
    const shown = byId("setup-error");
    shown.textContent = text;
    shown.hidden = text === "";
    byId("more").open ||= text !== "";
    for (const id of ["faults", "from", "dial"]) {
      const isMeant = text !== "" && byId(id).value.trim() !== "" && isAbout(id, byId(id).value, text);
      byId(id).setAttribute("aria-invalid", String(isMeant));
    }
  },
};

const NAMES = { faults: /fault|slow|status|drop|duplicate|@/i, from: /from|number|caller/i, dial: /dial|outcome/i };

function isAbout(id, value, text) {
  return NAMES[id].test(text) || value.split(/[\s,]+/).some((part) => part !== "" && text.includes(part));
}

/** Shows pairs of names and values; null hides the panel. */
export function showSession(pairs) {
  byId("session-part").hidden = pairs === null;
  byId("session-none").hidden = pairs === null || pairs.length > 0;
  const rows = (pairs ?? []).map(([name, value]) => {
    const row = document.createElement("div");
    row.append(cell("dt", name), cell("dd", value));
    return row;
  });
  byId("session").replaceChildren(...rows);
}

/** Offers the call as a file, from a path; null: there is none. */
export function showKept(path) {
  byId("kept").hidden = path === null;
  byId("keep").href = path ?? "";
}

function cell(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}
