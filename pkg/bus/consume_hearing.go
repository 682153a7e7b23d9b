package bus

import (
	"slices"
	"sync"
	"time"

	"github.com/parley-chat/parley/pkg/outage"
)

// silentGrace is how long a stream may deliver nothing without a log line: leaders
// change.
const silentGrace = 5 * time.Second

// hearing knows from which streams a consumer gets nothing, so that one log line names
// them all.
type hearing struct {
	conn  *Conn
	watch *outage.Log

	mu     sync.Mutex // guards what follows
	silent map[string]bool
}

func (c *Conn) newHearing(consumer string) *hearing {
	meanwhile := "its events wait; those in the other streams are handled"
	return &hearing{conn: c, watch: outage.New(c.log, "A stream of the consumer "+consumer, meanwhile, silentGrace), silent: map[string]bool{}}
}

// fails is called when a pull from a stream failed. Without a connection all of them
// do, which the connection itself logs.
func (h *hearing) fails(stream string, err error) {
	if !h.conn.nc.IsConnected() {
		return
	}
	h.mu.Lock()
	h.silent[stream] = true
	var all []string
	for name := range h.silent {
		all = append(all, name)
	}
	h.mu.Unlock()
	slices.Sort(all)
	h.watch.Down(err, all...)
}

// works is called when a pull from a stream succeeded.
func (h *hearing) works(stream string) {
	h.mu.Lock()
	delete(h.silent, stream)
	all := len(h.silent) == 0
	h.mu.Unlock()
	if all {
		h.watch.Up()
	}
}
