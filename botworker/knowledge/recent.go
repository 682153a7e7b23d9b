package knowledge

import "sync"

// recently remembers how words were resolved. It holds at most maxRecent words, and starts
// over when it is full: the common ones are back at once. It may be used concurrently.
type recently struct {
	mu    sync.RWMutex // guards words
	words map[string][]askedTerm
}

// get returns what is remembered of a word. The caller does not change it.
func (r *recently) get(word string) (found []askedTerm, ok bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	found, ok = r.words[word]
	return found, ok
}

func (r *recently) put(word string, found []askedTerm) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.words == nil || len(r.words) >= maxRecent {
		r.words = map[string][]askedTerm{}
	}
	r.words[word] = found
}
