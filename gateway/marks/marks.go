// Package marks keeps how far each side of a chat has read, so that "Read" is still
// there when the chat is opened again. A mark is no event of the log: it tells nobody what
// to do, so losing the last one does no harm, and a chat costs one write in ten seconds at
// most.
package marks

import (
	"context"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
)

const (
	// every is the shortest time between two writes of one mark.
	every = 10 * time.Second
	// most is how many marks are held at once, those written within every and those
	// that are still to be. Above it a new one is dropped.
	most = 20_000
	// aTurn is how many marks are written in a row, so that the end of a gateway waits
	// for few of them.
	aTurn = 500
	// writeTime bounds one write.
	writeTime = 2 * time.Second
)

// Mark is how far one side has read, as the bucket keeps it.
type Mark struct {
	Seq uint64 `json:"seq"`
}

// Marks keeps the marks of the chats of one region. Its methods may be called concurrently. A
// nil *Marks, of a region that was not reached yet, keeps and knows nothing.
type Marks struct {
	bucket *bus.Bucket[Mark]
	log    zerolog.Logger
	every  time.Duration
	wake   chan struct{}

	mu   sync.Mutex
	held map[string]*held // by key
}

// held is a mark that was written lately, or is to be.
type held struct {
	seq, written uint64
	at           time.Time // of the last write; zero: never
}

// New opens the bucket. Nothing is written before Run.
func New(ctx context.Context, conn *bus.Conn, log zerolog.Logger) (*Marks, error) {
	b, err := bus.OpenBucket[Mark](ctx, conn, bus.MarksBucket)
	if err != nil {
		return nil, err
	}
	return &Marks{bucket: b, log: log, every: every, wake: make(chan struct{}, 1), held: map[string]*held{}}, nil
}

// key names the mark of one side of a chat.
func key(id chat.ID, side chat.Role) string { return string(id) + "." + string(side) }

// Has notes that a side has read the chat up to seq. It does not block; the first mark is
// written at once, later ones within ten seconds. A lower one than before changes nothing.
func (m *Marks) Has(id chat.ID, side chat.Role, seq uint64) {
	if m == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	k := key(id, side)
	h := m.held[k]
	if h == nil {
		if len(m.held) >= most {
			return
		}
		h = &held{}
		m.held[k] = h
	}
	if seq <= h.seq {
		return
	}
	h.seq = seq
	if h.at.IsZero() {
		select {
		case m.wake <- struct{}{}:
		default: // it is about to look
		}
	}
}

// Of returns how far a side has read, as far as it is known; 0: nothing is.
func (m *Marks) Of(ctx context.Context, id chat.ID, side chat.Role) uint64 {
	if m == nil {
		return 0
	}
	kept, _, err := m.bucket.Get(ctx, key(id, side))
	if err != nil {
		m.log.Debug().Err(err).Str("chat", string(id)).Msg("no read mark") // shown as sent
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if h := m.held[key(id, side)]; h != nil {
		return max(kept.Seq, h.seq)
	}
	return kept.Seq
}

// Run writes marks until the context ends, and then what is left.
func (m *Marks) Run(ctx context.Context) error {
	t := time.NewTicker(min(m.every, time.Second))
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeTime)
			defer cancel()
			m.write(last, m.due(time.Now().Add(m.every)))
			return nil
		case <-t.C:
		case <-m.wake:
		}
		m.write(ctx, m.due(time.Now()))
	}
}

// due returns what is to be written now, and forgets what was written long ago.
func (m *Marks) due(now time.Time) map[string]uint64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	list := map[string]uint64{}
	for k, h := range m.held {
		switch {
		case now.Sub(h.at) < m.every:
		case h.seq == h.written:
			delete(m.held, k)
		case len(list) < aTurn:
			list[k] = h.seq
		}
	}
	return list
}

func (m *Marks) write(ctx context.Context, list map[string]uint64) {
	for k, seq := range list {
		ctx, cancel := context.WithTimeout(ctx, writeTime)
		err := m.bucket.Put(ctx, k, Mark{Seq: seq})
		cancel()
		if err != nil {
			m.log.Debug().Err(err).Str("mark", k).Msg("a read mark was not kept, trying again later")
		}
		m.mu.Lock()
		if h := m.held[k]; h != nil {
			h.at = time.Now()
			if err == nil {
				h.written = seq
			}
		}
		m.mu.Unlock()
		if err != nil {
			return // NATS is slow or away: the others would only wait for it, too
		}
	}
}
