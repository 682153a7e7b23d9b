package llm

import "sync"

// voices remembers which models begin an answer with thoughts without saying so, as those
// do whose template writes the opening mark itself: then only the end of the thoughts is in
// what they write, and before it nobody can tell a thought from a word. The first answer of
// a model that is not known yet is therefore held back until it is complete. That costs the
// first visitor of a replica the sight of the words as they come, if the check at the start
// did not find out already. A shorter wait, for some characters or a sentence, would show
// thoughts, which are as long as the model likes.
//
// A model is known by the name that its endpoint gives it in the answer, since behind one
// setting there may be several. It may be used concurrently.
type voices struct {
	mu    sync.Mutex
	aloud map[string]bool // by model; at most maxVoices
}

// maxVoices bounds the models that are remembered. Beyond it all are forgotten, and heard
// once more before they are trusted.
const maxVoices = 64

// mayThinkAloud reports whether an answer of the model is held back until its end, or until
// its thoughts end.
func (v *voices) mayThinkAloud(model string) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	aloud, known := v.aloud[model]
	return aloud || !known
}

// learn remembers what a complete answer of the model was like.
func (v *voices) learn(model string, aloud bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.aloud == nil || len(v.aloud) >= maxVoices {
		v.aloud = map[string]bool{}
	}
	v.aloud[model] = aloud
}
