package macros

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/codes"
	"github.com/parley-chat/parley/pkg/teams"
)

// prefix is what the keys of macros begin with.
const prefix = "macro."

// Store follows the macros, and changes them. Its methods may be called concurrently.
type Store struct {
	conn *bus.Conn
	// seen is called when macros changed: with the owner, or "" for those of all.
	seen func(owner string)

	mu  sync.Mutex       // guards all
	all map[string]Macro // by id; nil until the bucket was read
}

// New returns a Store that knows nothing before Run. seen must be quick; it is called with the
// owner of what changed, and "" for what belongs to all.
func New(conn *bus.Conn, seen func(owner string)) *Store { return &Store{conn: conn, seen: seen} }

// Run follows the macros until the context ends.
func (s *Store) Run(ctx context.Context) error {
	bus.Follow(ctx, s.conn, bus.Following[Macro]{
		Bucket: bus.SiteBucket, Without: "changed quick replies don't reach consoles",
		Synced: func(values map[string]Macro) {
			all := map[string]Macro{}
			for key, m := range values {
				if id, ok := strings.CutPrefix(key, prefix); ok {
					all[id] = m
				}
			}
			s.mu.Lock()
			s.all = all
			s.mu.Unlock()
			s.seen("")
		},
		Put: func(key string, m Macro) {
			if id, ok := strings.CutPrefix(key, prefix); ok {
				s.put(id, m)
			}
		},
		Deleted: func(key string) {
			if id, ok := strings.CutPrefix(key, prefix); ok {
				s.remove(id)
			}
		},
	})
	return nil
}

// put takes what is stored, unless something newer is known.
func (s *Store) put(id string, m Macro) {
	s.mu.Lock()
	was, known := s.all[id]
	newer := s.all != nil && (!known || m.Revision > was.Revision)
	if newer {
		s.all[id] = m
	}
	s.mu.Unlock()
	if newer {
		s.seen(m.Owner)
		if known && was.Owner != m.Owner {
			s.seen(was.Owner)
		}
	}
}

func (s *Store) remove(id string) {
	s.mu.Lock()
	was, known := s.all[id]
	delete(s.all, id)
	s.mu.Unlock()
	if known {
		s.seen(was.Owner)
	}
}

// For returns the macros that an agent may use: those of all, of the agent's teams, and the agent's
// own, by title. Those of a team that was deleted are of the one that has its chats since, or of
// all. Who may change those of all gets those of all teams, too. The error wraps bus.ErrUnavailable
// until the bucket was read.
func (s *Store) For(who Who, set teams.Set) ([]Macro, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.all == nil {
		return nil, fmt.Errorf("read the quick replies: %w", bus.ErrUnavailable)
	}
	list := []Macro{}
	for _, m := range s.all {
		if m.Owner != "" && m.Owner != who.User {
			continue
		}
		team, ok := set.Of(m.Team)
		if m.Team = team.ID; !ok || who.Shares || team.Has(who.User) {
			list = append(list, m)
		}
	}
	slices.SortFunc(list, func(a, b Macro) int {
		return cmp.Or(strings.Compare(strings.ToLower(a.Title), strings.ToLower(b.Title)), strings.Compare(a.ID, b.ID))
	})
	return list, nil
}

// Who changes a macro.
type Who struct {
	User   string
	Shares bool // whether the agent may change those of all
}

// mayChange reports whether that is for the agent to change.
func (w Who) mayChange(m Macro) bool { return m.Owner == w.User || m.Owner == "" && w.Shares }

// Put stores a macro, which Check returned, in the place of the given revision; 0: it is new. A
// call that is repeated changes nothing. If somebody else changed or removed it since, the error
// is a *ConflictError; one who may not change it gets ErrNotYours, and a full table is refused
// with a sentence.
func (s *Store) Put(ctx context.Context, who Who, m Macro, revision uint64, at time.Time) (Macro, error) {
	b, err := bus.OpenBucket[Macro](ctx, s.conn, bus.SiteBucket)
	if err != nil {
		return Macro{}, err
	}
	m.By, m.At, m.Revision = who.User, at.UTC().Truncate(time.Millisecond), revision+1
	was, stored, err := b.Get(ctx, prefix+m.ID)
	switch {
	case errors.Is(err, bus.ErrNotFound) && revision > 0:
		return Macro{}, &ConflictError{Macro{ID: m.ID}}
	case err != nil && !errors.Is(err, bus.ErrNotFound):
		return Macro{}, fmt.Errorf("read macro %s: %w", m.ID, err)
	case !who.mayChange(m) || err == nil && !who.mayChange(was):
		return Macro{}, ErrNotYours
	case err == nil && same(was, m):
		return was, nil
	case err == nil && was.Revision != revision:
		return Macro{}, &ConflictError{was}
	}
	if err := s.room(m); err != nil {
		return Macro{}, err
	}
	if stored == 0 {
		_, err = b.Create(ctx, prefix+m.ID, m)
	} else {
		_, err = b.Update(ctx, prefix+m.ID, m, stored)
	}
	if errors.Is(err, bus.ErrConflict) {
		now, _, err := b.Get(ctx, prefix+m.ID)
		if errors.Is(err, bus.ErrNotFound) {
			now, err = Macro{ID: m.ID}, nil
		}
		if err != nil {
			return Macro{}, fmt.Errorf("read macro %s: %w", m.ID, err)
		}
		return Macro{}, &ConflictError{now}
	}
	if err != nil {
		return Macro{}, fmt.Errorf("store macro %s: %w", m.ID, err)
	}
	s.put(m.ID, m) // whoever changed it reads it next
	return m, nil
}

// room refuses a macro for which there is none.
func (s *Store) room(m Macro) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.all == nil {
		return fmt.Errorf("read the quick replies: %w", bus.ErrUnavailable)
	}
	count, size := 1, m.size()
	for id, other := range s.all {
		if id != m.ID && other.Owner == m.Owner {
			count, size = count+1, size+other.size()
		}
	}
	most, mostSize, whose := MaxShared, maxSharedSize, "The team has"
	if m.Owner != "" {
		most, mostSize, whose = MaxOwn, maxOwnSize, "You have"
	}
	switch {
	case count > most:
		return &bus.Refusal{Code: codes.BadSetting, Message: fmt.Sprintf("%s %d quick replies, which is as many as there can be. Remove one first.", whose, most)}
	case size > mostSize:
		return &bus.Refusal{Code: codes.BadSetting, Message: fmt.Sprintf("%s %d KB of quick replies, which is as much as there can be. Shorten or remove one first.", whose, mostSize>>10)}
	}
	return nil
}

// Remove removes the macro if it is at that revision; one that is gone already is no error. The
// errors are those of Put.
func (s *Store) Remove(ctx context.Context, who Who, id string, revision uint64) (Macro, error) {
	b, err := bus.OpenBucket[Macro](ctx, s.conn, bus.SiteBucket)
	if err != nil {
		return Macro{}, err
	}
	was, stored, err := b.Get(ctx, prefix+id)
	switch {
	case errors.Is(err, bus.ErrNotFound):
		return Macro{}, nil
	case err != nil:
		return Macro{}, fmt.Errorf("read macro %s: %w", id, err)
	case !who.mayChange(was):
		return Macro{}, ErrNotYours
	case was.Revision != revision:
		return Macro{}, &ConflictError{was}
	}
	if err := b.DeleteAt(ctx, prefix+id, stored); errors.Is(err, bus.ErrConflict) {
		return Macro{}, &ConflictError{was}
	} else if err != nil {
		return Macro{}, fmt.Errorf("remove macro %s: %w", id, err)
	}
	s.remove(id)
	return was, nil
}
