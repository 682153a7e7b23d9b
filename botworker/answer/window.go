package answer

import "sync"

// window is how long a prompt the model takes, as far as this replica knows: its methods
// may be called concurrently. Sizes are tokens as llm.Prompt.Tokens estimates them.
type window struct {
	most int // by the setting; 0: none

	mu    sync.Mutex // guards what follows
	known int        // the size to begin with; 0: any
	tight int        // prompts in a row that fitted and had to leave something out
	after int        // how many of them there must be before more is tried
}

const (
	// growAfter is how many prompts must have fitted before one that is a quarter longer
	// is tried. Each time that this is refused, it takes twice as many, up to growLate.
	growAfter = 32
	growLate  = 1024
	// largest is the size from which a prompt is bounded by its limits alone.
	largest = 16_000
	// smallest is the least that one question can teach the others: its own words may be
	// such that they make more tokens than estimated.
	smallest = 700
)

// newWindow returns what is known at the start: nothing, or what the setting says.
func newWindow(context int) *window {
	w := &window{after: growAfter}
	if context > 0 {
		w.most = forPrompt(context)
		w.known = w.most
	}
	return w
}

// forPrompt is what a window of that many tokens leaves for the prompt: at least three
// quarters, since the answer needs room, too.
func forPrompt(window int) int { return max(window*3/4, window-1500) }

// shorter is the size of the next prompt after one of that size did not fit into the
// window; window is 0 if its size is not known.
func shorter(size, window int) int {
	if window <= 0 {
		return size * 3 / 5
	}
	// The estimate may be wrong for this text: then the second step is a smaller one.
	if fits := forPrompt(window); fits < size*9/10 {
		return fits
	}
	return size * 3 / 4
}

// room returns the size to begin with; 0: any.
func (w *window) room() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.known
}

// fitted learns from a prompt that was answered: what room it was given, how long it was,
// and whether longer ones of the same question were refused before.
func (w *window) fitted(room, size int, refused bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case refused && (w.known == 0 || room < w.known):
		w.known, w.tight = max(room, min(smallest, w.limit())), 0
	case refused: // others have learned more meanwhile
	case room > 0 && room == w.known && size >= room*3/4:
		w.grow()
	}
}

// grow counts a prompt that filled its room; with the lock held.
func (w *window) grow() {
	if w.tight++; w.tight < w.after {
		return
	}
	w.tight, w.after = 0, min(2*w.after, growLate)
	w.known += w.known / 4
	switch {
	case w.most > 0:
		w.known = min(w.known, w.most)
	case w.known > largest:
		w.known, w.after = 0, growAfter
	}
}

// limit is the setting's size, or any.
func (w *window) limit() int {
	if w.most > 0 {
		return w.most
	}
	return largest
}
