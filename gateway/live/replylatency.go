package live

import (
	"time"

	"github.com/parley-chat/parley/pkg/chat"
)

// maxUnanswered bounds the messages of one chat whose wait is measured. Who writes
// more before there is a reply is measured by the first ones.
const maxUnanswered = 8

// unanswered is what the visitor wrote, here, and the bot has not answered yet. It
// goes with the watch, so what it takes is bounded by who is connected.
type unanswered []asked

type asked struct {
	seq uint64
	at  time.Time
}

// add records a message that was stored.
func (u *unanswered) add(seq uint64, at time.Time) {
	if len(*u) < maxUnanswered {
		*u = append(*u, asked{seq, at})
	}
}

// covered forgets what the event deals with and calls took for each message that
// it is the reply to. A chat that the bot does not speak in owes no reply.
func (u *unanswered) covered(e chat.Event, now time.Time, took func(time.Duration)) {
	if e.State == nil {
		return
	}
	if !e.State.BotSpeaks() && e.Kind != chat.Reply {
		*u = nil
		return
	}
	rest := (*u)[:0]
	for _, a := range *u {
		switch {
		case a.seq > e.State.AnsweredThrough:
			rest = append(rest, a)
		case e.Kind == chat.Reply:
			took(now.Sub(a.at))
		}
	}
	if *u = rest; len(rest) == 0 {
		*u = nil // an idle chat holds nothing
	}
}

// asked records that the visitor's message was stored, since when the reply is waited
// for. The reply may have been seen already: it travels another way.
func (w *channel) asked(seq uint64, at time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if s := w.snap.State; s.BotSpeaks() && s.AnsweredThrough >= seq {
		w.hub.metrics.Replied(time.Since(at))
		return
	}
	w.unanswered.add(seq, at)
}
