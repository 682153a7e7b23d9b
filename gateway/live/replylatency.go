package live

import (
	"time"

	"github.com/parley-chat/parley/pkg/chat"
)

// maxUnanswered bounds the messages of one chat whose wait is measured: the first ones
// since the last reply.
const maxUnanswered = 8

// unanswered holds the messages stored through this gateway that the bot has not
// answered yet: those whose wait is measured, and those for which somebody waits. The
// latter are as many as admission allows.
type unanswered []asked

type asked struct {
	seq      uint64
	at       time.Time
	measured bool
	answered func() // called once when it is answered, or never will be; may be nil
}

// end calls answered.
func (a asked) end() {
	if a.answered != nil {
		a.answered()
	}
}

// add records a message that was stored.
func (u *unanswered) add(seq uint64, at time.Time, answered func()) {
	measured := len(*u) < maxUnanswered
	if measured || answered != nil {
		*u = append(*u, asked{seq, at, measured, answered})
	}
}

// awaited reports whether somebody waits for the reply to one of them.
func (u unanswered) awaited() bool {
	for _, a := range u {
		if a.answered != nil {
			return true
		}
	}
	return false
}

// drop forgets those that were stored before.
func (u *unanswered) drop(before time.Time) {
	rest := (*u)[:0]
	for _, a := range *u {
		if a.at.Before(before) {
			a.end()
		} else {
			rest = append(rest, a)
		}
	}
	clear((*u)[len(rest):])
	*u = rest
}

// covered forgets the messages that the event deals with, and calls took for each one
// that it is the reply to. While the bot does not speak in a chat no reply is due.
func (u *unanswered) covered(e chat.Event, now time.Time, took func(time.Duration)) {
	if e.State == nil {
		return
	}
	if !e.State.BotSpeaks() && e.Kind != chat.Reply {
		for _, a := range *u {
			a.end()
		}
		*u = nil
		return
	}
	rest := (*u)[:0]
	for _, a := range *u {
		if a.seq > e.State.AnsweredThrough {
			rest = append(rest, a)
			continue
		}
		if e.Kind == chat.Reply && a.measured {
			took(now.Sub(a.at))
		}
		a.end()
	}
	clear((*u)[len(rest):])
	if *u = rest; len(rest) == 0 {
		*u = nil // an idle chat holds nothing
	}
}

// asked records that the visitor's message was stored. Its reply may have been seen
// already: it travels another way. answered, if not nil, is called once: with the reply,
// when the bot no longer speaks in the chat, or when that was waited for too long.
func (c *channel) asked(seq uint64, at time.Time, answered func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch s := c.snap.State; {
	case s.BotSpeaks() && s.AnsweredThrough >= seq:
		c.hub.metrics.Replied(time.Since(at))
		asked{answered: answered}.end()
	case !s.BotSpeaks():
		asked{answered: answered}.end()
	default:
		c.unanswered.add(seq, at, answered)
		c.keepWhileAwaited()
	}
}
