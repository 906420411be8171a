// The tones of a telephone's keys: one of the row and one of the column (ITU-T Q.23), in hertz.
const ROWS = [697, 770, 852, 941];
const COLUMNS = [1209, 1336, 1477, 1633];
const LAYOUT = ["123A", "456B", "789C", "*0#D"];
const LOUDNESS = 0.09;
/** Without it a tone begins and ends with a click. */
const RAMP_SECONDS = 0.008;

export const TONES = Object.fromEntries(
  LAYOUT.flatMap((keys, row) => [...keys].map((key, column) => [key, [ROWS[row], COLUMNS[column]]])),
);

/** Lets sines of these frequencies sound into `target`, from `at` on by the context's clock. */
export function schedule(context, target, frequencies, at, seconds) {
  const gain = new GainNode(context, { gain: 0 });
  gain.connect(target);
  gain.gain.setValueAtTime(0, at);
  gain.gain.linearRampToValueAtTime(LOUDNESS, at + RAMP_SECONDS);
  gain.gain.setValueAtTime(LOUDNESS, at + seconds - RAMP_SECONDS);
  gain.gain.linearRampToValueAtTime(0, at + seconds);
  for (const frequency of frequencies) {
    const sine = new OscillatorNode(context, { frequency });
    sine.connect(gain);
    sine.start(at);
    sine.stop(at + seconds);
    sine.onended = () => sine.disconnect();
  }
}
