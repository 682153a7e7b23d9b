package historyworker

import (
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/pkg/outage"
)

// partQuiet is how long no call must have failed for a part of the store until the part
// counts as back. Calls that need other parts succeed all the time, and the bus tries a
// batch that failed again within this time.
const partQuiet = 2 * time.Minute

// part logs the outages of parts of the store. Its methods may be called concurrently.
type part struct {
	log  *outage.Log
	last atomic.Int64 // when a call failed; Unix nanoseconds, 0 while all is well
}

func newPart(log zerolog.Logger) *part {
	return &part{log: outage.New(log, "A part of the store", "new messages of its chats, and what was read in the same batch, wait in the streams; older ones can't be read", storeGrace)}
}

func (p *part) down(err error) {
	p.last.Store(time.Now().UnixNano())
	p.log.Down(err)
}

// up is called whenever the store took something.
func (p *part) up() {
	last := p.last.Load()
	if last != 0 && time.Since(time.Unix(0, last)) > partQuiet && p.last.CompareAndSwap(last, 0) {
		p.log.Up()
	}
}
