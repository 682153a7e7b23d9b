package bus

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/parley-chat/parley/pkg/chat"
)

// MaxMoves is how often a chat can be moved: each move takes it into another stream, and these
// are made with all others.
const MaxMoves = 3

// Home says where the chat, or the region, under whose name it is kept is at home by now. It is
// kept in SiteBucket, which is merged: of two regions' records of one chat the one of more moves
// wins. Only moving writes it.
type Home struct {
	Revision uint64    `json:"revision"` // how often it was moved
	At       time.Time `json:"at"`
	// Path has all homes, the first one at the beginning and the present one at the end. That of
	// a region that was given up has two: itself, and where its chats go on.
	Path []chat.Region `json:"path"`
}

// homeKeys is where they are in the bucket.
const homeKeys = "home."

// HomeKey is the key of a chat's Home, or of a region's that was given up.
func HomeKey[T chat.ID | chat.Region](of T) string { return homeKeys + string(of) }

// Homes are all chats that were moved, and all regions that were given up, as a process knows
// them: a moment late. Their methods may be called concurrently.
type Homes struct {
	some atomic.Bool // there is one at all

	mu      sync.RWMutex // guards what follows
	of      map[string][]chat.Region
	changed []func()
	synced  chan struct{} // closed once all were read
}

func newHomes() *Homes {
	return &Homes{of: map[string][]chat.Region{}, synced: make(chan struct{})}
}

// OnChange has f called whenever a chat may have got another home. It must be quick.
func (h *Homes) OnChange(f func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.changed = append(h.changed, f)
}

// Learn takes over what is known of the chat or region under that key, unless more moves are
// known of it.
func (h *Homes) Learn(key string, home Home) {
	name := strings.TrimPrefix(key, homeKeys)
	h.mu.Lock()
	if len(home.Path) <= len(h.of[name]) {
		h.mu.Unlock()
		return
	}
	h.of[name] = home.Path
	calls := slices.Clone(h.changed)
	h.mu.Unlock()
	h.some.Store(true)
	for _, f := range calls {
		f()
	}
}

// Path returns all homes that a chat has had, the present one at the end. first is that of a chat
// whose id names none.
func (h *Homes) Path(id chat.ID, first chat.Region) []chat.Region {
	h.mu.RLock()
	defer h.mu.RUnlock()
	path := h.of[string(id)]
	if len(path) == 0 {
		path = []chat.Region{homeIn(id, first)}
	}
	for len(path) <= MaxMoves {
		given := h.of[string(path[len(path)-1])]
		if len(given) < 2 {
			break
		}
		path = append(slices.Clip(path), given[1])
	}
	return path
}

// GivenUp returns where the chats of a region go on that was given up; empty if it was not.
func (h *Homes) GivenUp(region chat.Region) chat.Region {
	if !h.some.Load() {
		return ""
	}
	h.mu.RLock()
	defer h.mu.RUnlock()
	if path := h.of[string(region)]; len(path) > 1 {
		return path[1]
	}
	return ""
}

// GivenUpTo returns a region that was given up and whose chats go on in that one; empty if there is none.
func (h *Homes) GivenUpTo(region chat.Region) (from chat.Region) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	for name, path := range h.of {
		if given, err := chat.ParseRegion(name); err == nil && len(path) > 1 && path[1] == region && (from == "" || given < from) {
			from = given
		}
	}
	return from
}

// is returns the chat's present home.
func (h *Homes) is(id chat.ID, first chat.Region) chat.Region {
	if !h.some.Load() {
		return homeIn(id, first)
	}
	path := h.Path(id, first)
	return path[len(path)-1]
}

// moves returns after how many moves the chat was in that region the last time; false if it never was.
func (h *Homes) moves(id chat.ID, first, region chat.Region) (n int, was bool) {
	if !h.some.Load() {
		return 0, homeIn(id, first) == region
	}
	path := h.Path(id, first)
	for i := len(path) - 1; i >= 0; i-- {
		if path[i] == region {
			return i, true
		}
	}
	return 0, false
}

func homeIn(id chat.ID, first chat.Region) chat.Region {
	if home := id.Home(); home != "" {
		return home
	}
	return first
}

// follow keeps them up to date until the context ends.
func (h *Homes) follow(ctx context.Context, c *Conn) {
	all := sync.OnceFunc(func() { close(h.synced) })
	Follow(ctx, c, Following[Home]{
		Bucket: SiteBucket, Keys: homeKeys + ">", Without: "what was moved to another region since is looked for where it was",
		Synced: func(values map[string]Home) {
			for key, home := range values {
				h.Learn(key, home)
			}
			all()
		},
		Put:     h.Learn,
		Deleted: func(string) {}, // a chat that was moved stays so
	})
}

// homesTime is how long a process that starts waits until it knows what was moved.
const homesTime = 2 * time.Second

// knowHomes begins to follow what was moved, where the region has a name, and waits a moment until
// all of it is known: then a region that was given up does not begin to work again.
func (c *Conn) knowHomes(ctx context.Context) {
	if c.opts.Region == "" || c.opts.afar {
		return
	}
	following, stop := context.WithCancel(context.Background())
	c.endHomes = stop
	c.homesEnded.Go(func() { c.homes.follow(following, c) })
	limit := time.NewTimer(homesTime)
	defer limit.Stop()
	select {
	case <-c.homes.synced:
	case <-limit.C:
	case <-ctx.Done():
	}
}

// Homes are what this connection knows of chats that were moved.
func (c *Conn) Homes() *Homes { return c.homes }

// First returns the home of chats whose ids name none.
func (c *Conn) First() chat.Region {
	if c.opts.First != "" {
		return c.opts.First
	}
	return c.opts.Region
}

// HomeOf returns the present home of a chat.
func (c *Conn) HomeOf(id chat.ID) chat.Region { return c.homes.is(id, c.First()) }

// IsHome reports whether a chat is at home in the region that the connection is to.
func (c *Conn) IsHome(id chat.ID) bool {
	return c.opts.Region == "" || c.HomeOf(id) == c.opts.Region
}

var (
	errElsewhere = errors.New("the chat is at home there")
	errUnknown   = errors.New("it is not known to be here")
	errFenced    = errors.New("the chat is on its way there")
)

// Moving is the error of whoever comes to the old home of a chat that is moved to that region.
func Moving(id chat.ID, to chat.Region) error {
	return fmt.Errorf("chat %s: %w", id, &AwayError{to, errFenced})
}

// mayAppend refuses what would be written where a chat is not, or not any more, at home. The
// stream refuses it as well once the chat was fenced there.
func (c *Conn) mayAppend(id chat.ID) error {
	if at := c.HomeOf(id); c.opts.Region != "" && at != c.opts.Region {
		return fmt.Errorf("append to chat %s: %w", id, &AwayError{at, errElsewhere})
	}
	return nil
}

// Knows returns an AwayError if a chat is not known to be, or to have been, in this region: what is
// read of it here could be too little.
func (c *Conn) Knows(id chat.ID) error {
	if c.opts.Region == "" {
		return nil
	}
	if _, was := c.homes.moves(id, c.First(), c.opts.Region); !was {
		return fmt.Errorf("read chat %s: %w", id, &AwayError{c.HomeOf(id), errUnknown})
	}
	return nil
}

// settled makes the state that was read the one that counts here: in the streams of an old home
// nobody may change anything, and what the store of the new one has from there is no fence here.
func (c *Conn) settled(id chat.ID, s Snapshot) Snapshot {
	switch at := c.HomeOf(id); {
	case c.opts.Region == "":
	case at != c.opts.Region && s.State.Moved == "":
		s.State.Moved = at
	case at == c.opts.Region && s.Out == 0:
		s.State.Moved = ""
	}
	return s
}
