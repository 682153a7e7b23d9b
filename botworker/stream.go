package botworker

import (
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
)

// streamEvery is the shortest time between two pieces of a streamed reply.
const streamEvery = 60 * time.Millisecond

// stream shows a reply while it is being written. It is best effort: the stored reply
// replaces it. Whoever makes one calls end when the reply is written.
type stream struct {
	conn *bus.Conn
	id   chat.ID
	name string
	log  zerolog.Logger

	mu      sync.Mutex // guards what follows
	turn    string     // made with the first piece
	pos     int        // code points sent
	pending strings.Builder
	sent    time.Time
	later   *time.Timer // sends what is pending; nil until there was something
}

func newStream(conn *bus.Conn, id chat.ID, name string, log zerolog.Logger) *stream {
	return &stream{conn: conn, id: id, name: name, log: log}
}

// Delta implements answer.Progress. Nothing waits for the next piece: a model may pause in
// the middle of an answer.
func (s *stream) Delta(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pending.WriteString(text)
	wait := streamEvery - time.Since(s.sent)
	switch {
	case wait <= 0:
		s.flush()
	case s.later == nil:
		s.later = time.AfterFunc(wait, func() {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.flush()
		})
	default:
		s.later.Reset(wait)
	}
}

// Restart implements answer.Progress: a new turn voids what was sent.
func (s *stream) Restart() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.turn, s.pos = "", 0
	s.pending.Reset()
}

// end sends what is left. Nothing is sent after it returns.
func (s *stream) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.later != nil {
		s.later.Stop() // one that has fired already finds nothing pending
	}
	s.flush()
}

const (
	// typingAfter is how long a reply may take without a sign: quoting takes less.
	typingAfter = 400 * time.Millisecond
	// typingEvery is how often the sign is repeated. It lapses after 6 s on the pages.
	typingEvery = 3 * time.Second
)

// typist shows that the bot is at work while it thinks of a reply: a model may think for a
// minute before its first word. An answer that is there at once costs it a timer that never
// fires.
type typist struct {
	conn *bus.Conn
	id   chat.ID
	name string
	log  zerolog.Logger

	mu      sync.Mutex // guards what follows, and is held while a sign is sent
	next    *time.Timer
	stopped bool
}

// typing begins to show it. The caller calls stop before it stores the reply, since the
// reply is what ends the sign.
func typing(conn *bus.Conn, id chat.ID, name string, log zerolog.Logger) *typist {
	t := &typist{conn: conn, id: id, name: name, log: log}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.next = time.AfterFunc(typingAfter, t.sign)
	return t
}

// sign sends one sign, and sees to the next one.
func (t *typist) sign() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.stopped {
		return
	}
	err := t.conn.SendSignal(t.id, bus.Signal{What: bus.Typing, On: true, From: chat.Speaker{Role: chat.RoleBot, Name: t.name}})
	if err != nil {
		t.log.Debug().Err(err).Msg("sign of a thinking bot not sent")
	}
	t.next.Reset(typingEvery)
}

// stop ends it. Nothing is sent after it returns.
func (t *typist) stop() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.stopped = true
	t.next.Stop()
}

// flush sends what is pending. The caller holds mu.
func (s *stream) flush() {
	text := s.pending.String()
	if text == "" {
		return
	}
	s.pending.Reset()
	s.sent = time.Now()
	if s.turn == "" {
		s.turn = string(chat.NewID())
	}
	err := s.conn.SendSignal(s.id, bus.Signal{What: bus.Delta, From: chat.Speaker{Role: chat.RoleBot, Name: s.name}, Turn: s.turn, Pos: s.pos, Text: text})
	if err != nil {
		s.log.Debug().Err(err).Msg("piece of a streamed reply not sent")
	}
	s.pos += utf8.RuneCountInString(text)
}
