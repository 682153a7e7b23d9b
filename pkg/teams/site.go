package teams

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
)

// Version is the teams as they were from one change to the next.
type Version struct {
	Set
	Revision uint64    `json:"revision"` // counts the changes; 0: there never was a team
	By       string    `json:"by"`       // the admin's user name
	At       time.Time `json:"at"`
}

// ConflictError says that somebody else changed the teams since they were read.
type ConflictError struct{ Now Version }

func (e *ConflictError) Error() string {
	return fmt.Sprintf("the teams were changed by %s and are at revision %d", e.Now.By, e.Now.Revision)
}

// key is the key in the bucket.
const key = "teams"

// Site follows the teams, and changes them. Its methods may be called concurrently.
type Site struct {
	conn    *bus.Conn
	without string
	now     atomic.Pointer[Version]
	known   chan struct{} // closed once the bucket was read

	mu   sync.Mutex      // guards next, and orders the calls of seen
	next chan struct{}   // closed at the next version
	seen []func(Version) // see OnChange
	open sync.Once       // closes known
}

// New returns a Site that knows no team before Run. without says what does not work while the
// bucket can't be read, as a sentence without its full stop: for the log.
func New(conn *bus.Conn, without string) *Site {
	s := &Site{conn: conn, without: without, known: make(chan struct{}), next: make(chan struct{})}
	s.now.Store(&Version{})
	return s
}

// Now is the version that was seen last. It allocates nothing.
func (s *Site) Now() *Version { return s.now.Load() }

// OnChange has a function called with each version that is seen, in their order. It must be
// quick. Call OnChange before Run.
func (s *Site) OnChange(seen func(Version)) { s.seen = append(s.seen, seen) }

// Run follows the teams until the context ends.
func (s *Site) Run(ctx context.Context) error {
	bus.Follow(ctx, s.conn, bus.Following[Version]{
		Bucket: bus.SiteBucket, Without: s.without,
		Synced: func(values map[string]Version) {
			s.see(values[key])
			s.open.Do(func() { close(s.known) })
		},
		Put: func(name string, v Version) {
			if name == key {
				s.see(v)
			}
		},
		Deleted: func(name string) {
			if name == key {
				s.see(Version{})
			}
		},
	})
	return nil
}

// Await waits until the teams were read, for so long at most.
func (s *Site) Await(ctx context.Context, most time.Duration) {
	enough := time.NewTimer(most)
	defer enough.Stop()
	select {
	case <-s.known:
	case <-enough.C:
	case <-ctx.Done():
	}
}

func (s *Site) see(v Version) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now.Store(&v)
	for _, seen := range s.seen {
		seen(v)
	}
	close(s.next)
	s.next = make(chan struct{})
}

// Read returns the teams as the bucket has them.
func (s *Site) Read(ctx context.Context) (Version, error) {
	v, _, err := s.read(ctx)
	return v, err
}

func (s *Site) read(ctx context.Context) (v Version, stored uint64, err error) {
	b, err := bus.OpenBucket[Version](ctx, s.conn, bus.SiteBucket)
	if err != nil {
		return Version{}, 0, err
	}
	v, stored, err = b.Get(ctx, key)
	if errors.Is(err, bus.ErrNotFound) {
		return Version{}, 0, nil
	}
	return v, stored, err
}

// Change replaces the teams of a revision by what change makes of them; its error is returned,
// and nothing is changed. If somebody else changed them since, the error is a *ConflictError.
// It returns once this process sees the change, or a second later.
func (s *Site) Change(ctx context.Context, revision uint64, by string, at time.Time, change func(Set) (Set, error)) (Version, error) {
	was, stored, err := s.read(ctx)
	if err != nil {
		return Version{}, fmt.Errorf("read the teams: %w", err)
	}
	if was.Revision != revision {
		return Version{}, &ConflictError{was}
	}
	next := Version{Revision: revision + 1, By: by, At: at.UTC().Truncate(time.Millisecond)}
	if next.Set, err = change(was.Set); err != nil {
		return Version{}, err
	}
	b, err := bus.OpenBucket[Version](ctx, s.conn, bus.SiteBucket)
	if err != nil {
		return Version{}, err
	}
	_, err = b.Update(ctx, key, next, stored)
	if errors.Is(err, bus.ErrConflict) {
		now, _, err := s.read(ctx)
		if err != nil {
			return Version{}, fmt.Errorf("read the teams: %w", err)
		}
		return Version{}, &ConflictError{now}
	}
	if err != nil {
		return Version{}, fmt.Errorf("change the teams: %w", err)
	}
	s.await(ctx, next.Revision)
	return next, nil
}

// await waits until this process sees a revision: whoever changed something reads it next.
func (s *Site) await(ctx context.Context, revision uint64) {
	enough := time.NewTimer(time.Second)
	defer enough.Stop()
	for {
		s.mu.Lock()
		next := s.next
		s.mu.Unlock()
		if s.Now().Revision >= revision {
			return
		}
		select {
		case <-next:
		case <-enough.C:
			return
		case <-ctx.Done():
			return
		}
	}
}
