// @ts-check

/** @type {AudioContext|null} */
let audio = null;
let last = 0;

/** Plays two short soft tones, at most once in two seconds. */
export async function tone() {
  if (Date.now() - last < 2_000) return;
  last = Date.now();
  try {
    audio ??= new AudioContext();
    // Browsers allow no sound until something on this page was pressed, and what was
    // due before that must not be played all at once then.
    await audio.resume();
    if (Date.now() - last > 1_000) return;
    for (const [at, pitch] of [[0, 660], [0.12, 880]]) {
      const [oscillator, gain] = [audio.createOscillator(), audio.createGain()];
      const start = audio.currentTime + at;
      oscillator.frequency.value = pitch;
      gain.gain.setValueAtTime(0, start);
      gain.gain.linearRampToValueAtTime(0.12, start + 0.015);
      gain.gain.exponentialRampToValueAtTime(0.0001, start + 0.25);
      oscillator.connect(gain).connect(audio.destination);
      oscillator.start(start);
      oscillator.stop(start + 0.3);
    }
  } catch {
    // No audio here; what is seen on the page remains.
  }
}
