package historyworker

import (
	"context"

	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/store"
)

// asksAtOnce is how many events of a tail the store is asked for at once.
const asksAtOnce = 64

// sentBefore looks in the store for the client ids of a chat's tail, many with one query: a
// page asks for them from the last event to the first, and mostly for all.
type sentBefore struct {
	store store.Store
	chat  chat.ID
	rest  []chat.Event // what the store was not asked for yet, ascending
	known map[store.Name]uint64
}

// seq returns the sequence under which the store has what the tail's event says, 0 if it
// does not.
func (s *sentBefore) seq(ctx context.Context, e chat.Event) (uint64, error) {
	name := store.Name{Role: e.From.Role, ID: e.ID}
	for {
		if seq, asked := s.known[name]; asked || len(s.rest) == 0 {
			return seq, nil
		}
		if err := s.ask(ctx); err != nil {
			return 0, err
		}
	}
}

// ask asks for the next ones.
func (s *sentBefore) ask(ctx context.Context) error {
	from := max(0, len(s.rest)-asksAtOnce)
	var names []store.Name
	for _, e := range s.rest[from:] {
		if e.ID != "" {
			names = append(names, store.Name{Role: e.From.Role, ID: e.ID})
		}
	}
	s.rest = s.rest[:from]
	if len(names) == 0 {
		return nil
	}
	seqs, err := s.store.Sent(ctx, s.chat, names)
	if err != nil {
		return err
	}
	for _, name := range names {
		s.known[name] = seqs[name]
	}
	return nil
}
