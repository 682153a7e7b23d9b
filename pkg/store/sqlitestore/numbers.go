package sqlitestore

import (
	"sync"

	"github.com/parley-chat/parley/pkg/chat"
)

// maxNumbers bounds how many numbers are kept: some 6 MB. If there are more, all are
// forgotten, and those in use are looked up once more.
const maxNumbers = 50_000

// numbers are those of chats that were written to since the program started. A chat's
// number never changes; only what was committed may be learned.
type numbers struct {
	mu    sync.Mutex // guards known
	known map[chat.ID]int64
}

// given is the number of a chat.
type given struct {
	chat chat.ID
	n    int64
}

// of returns the number of a chat, 0 if it is not known.
func (n *numbers) of(id chat.ID) int64 {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.known[id]
}

func (n *numbers) learn(list []given) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.known == nil || len(n.known)+len(list) > maxNumbers {
		n.known = map[chat.ID]int64{}
	}
	for _, g := range list {
		n.known[g.chat] = g.n
	}
}
