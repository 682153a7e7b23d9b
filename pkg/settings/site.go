package settings

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
)

// Version is what the settings were from one change to the next.
type Version struct {
	Settings Settings `json:"settings"` // what admins set
	// Revision counts the changes; 0: nobody changed anything.
	Revision uint64    `json:"revision"`
	By       string    `json:"by"` // the admin's user name
	At       time.Time `json:"at"`
	// Names are the settings that this change changed.
	Names []string `json:"names,omitempty"`
}

// ConflictError says that somebody else changed the settings since they were read.
type ConflictError struct{ Now Version }

func (e *ConflictError) Error() string {
	return fmt.Sprintf("the settings were changed by %s and are at revision %d", e.Now.By, e.Now.Revision)
}

// key is the one key of the bucket.
const key = "settings"

// Site follows the settings, and changes them. Its methods may be called concurrently.
type Site struct {
	conn  *bus.Conn
	first Settings
	now   atomic.Pointer[Version]
	known chan struct{} // closed once the bucket was read
	teams func() ([]Offered, uint64)

	mu   sync.Mutex      // guards next, and orders the calls of seen
	next chan struct{}   // closed at the next version
	seen []func(Version) // see OnChange
	open sync.Once       // closes known
}

// New returns a Site that knows the first values only, before Run.
func New(conn *bus.Conn, first Settings) *Site {
	s := &Site{conn: conn, first: first, known: make(chan struct{}), next: make(chan struct{}), teams: func() ([]Offered, uint64) { return nil, 0 }}
	s.now.Store(&Version{})
	return s
}

// Offering has the face show the teams that a function returns, with a revision that grows with
// each change of them. Call Offering before anything else; the function is called concurrently.
func (s *Site) Offering(teams func() ([]Offered, uint64)) { s.teams = teams }

// First are the values of the environment.
func (s *Site) First() Settings { return s.first }

// Now is the version that was seen last, without the first values.
func (s *Site) Now() Version { return *s.now.Load() }

// Settings are those in effect.
func (s *Site) Settings() Settings { return s.now.Load().Settings.Over(s.first) }

// Face is what the pages get of the settings in effect.
func (s *Site) Face() Face {
	v := s.Now()
	face := v.Settings.Over(s.first).Face()
	offered, revision := s.teams()
	face.Teams, face.Revision = offered, v.Revision+revision
	return face
}

// Revision is that of the face.
func (s *Site) Revision() uint64 {
	_, revision := s.teams()
	return s.now.Load().Revision + revision
}

// Bot is the bot's name in effect. It allocates nothing.
func (s *Site) Bot() string {
	if set := s.now.Load().Settings.Bot; set != "" {
		return set
	}
	return s.first.Bot
}

// OnChange has a function called with each version that is seen, in their order. It must
// be quick. Call OnChange before Run.
func (s *Site) OnChange(seen func(Version)) { s.seen = append(s.seen, seen) }

// Run follows the settings until the context ends.
func (s *Site) Run(ctx context.Context) error {
	bus.Follow(ctx, s.conn, bus.Following[Version]{
		Bucket: bus.SiteBucket, Without: "changed settings of the site are not in effect",
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

// Await waits until the settings were read, for so long at most.
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

// Read returns the settings as the bucket has them.
func (s *Site) Read(ctx context.Context) (Version, error) {
	v, _, err := s.read(ctx)
	return v, err
}

func (s *Site) read(ctx context.Context) (v Version, revision uint64, err error) {
	b, err := bus.OpenBucket[Version](ctx, s.conn, bus.SiteBucket)
	if err != nil {
		return Version{}, 0, err
	}
	v, revision, err = b.Get(ctx, key)
	if errors.Is(err, bus.ErrNotFound) {
		return Version{}, 0, nil
	}
	return v, revision, err
}

// Change replaces the settings of a revision, which must have been checked. If somebody
// else changed them since, the error is a *ConflictError, and nothing is changed. It
// returns once this process sees the change, or a second later.
func (s *Site) Change(ctx context.Context, to Settings, revision uint64, by string, at time.Time) (Version, error) {
	was, stored, err := s.read(ctx)
	if err != nil {
		return Version{}, fmt.Errorf("read the settings: %w", err)
	}
	if was.Revision != revision {
		return Version{}, &ConflictError{was}
	}
	next := Version{Settings: to, Revision: revision + 1, By: by, At: at.UTC().Truncate(time.Millisecond), Names: Changed(was.Settings, to)}
	if len(next.Names) == 0 {
		return was, nil
	}
	b, err := bus.OpenBucket[Version](ctx, s.conn, bus.SiteBucket)
	if err != nil {
		return Version{}, err
	}
	_, err = b.Update(ctx, key, next, stored)
	if errors.Is(err, bus.ErrConflict) {
		now, _, err := s.read(ctx)
		if err != nil {
			return Version{}, fmt.Errorf("read the settings: %w", err)
		}
		return Version{}, &ConflictError{now}
	}
	if err != nil {
		return Version{}, fmt.Errorf("change the settings: %w", err)
	}
	s.awaitRevision(ctx, next.Revision)
	return next, nil
}

// awaitRevision waits until this process sees a revision: whoever changed something
// reads it next.
func (s *Site) awaitRevision(ctx context.Context, revision uint64) {
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
