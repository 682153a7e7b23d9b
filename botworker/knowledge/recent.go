package knowledge

import "sync"

// recently remembers what was found out about words. It holds at most maxRecent words, and
// starts over when it is full: the common ones are back at once. It may be used concurrently.
type recently[T any] struct {
	mu    sync.RWMutex // guards words
	words map[string]T
}

// get returns what is remembered of a word, or else what find finds out. The caller does not
// change it.
func (r *recently[T]) get(word string, find func() T) T {
	r.mu.RLock()
	found, ok := r.words[word]
	r.mu.RUnlock()
	if ok {
		return found
	}
	found = find()
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.words == nil || len(r.words) >= maxRecent {
		r.words = map[string]T{}
	}
	r.words[word] = found
	return found
}
