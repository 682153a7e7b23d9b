package live

import (
	"time"

	"github.com/parley-chat/parley/pkg/chat"
)

// maxUnanswered bounds the messages of one chat whose wait is measured: the first ones
// since the last reply.
const maxUnanswered = 8

// unanswered holds the messages stored through this gateway that the bot has not
// answered yet. It goes with the channel, so open connections bound its memory.
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

// covered forgets the messages that the event deals with, and calls took for each one
// that it is the reply to. While the bot does not speak in a chat no reply is due.
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

// asked records that the visitor's message was stored. Its reply may have been seen
// already: it travels another way.
func (c *channel) asked(seq uint64, at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if s := c.snap.State; s.BotSpeaks() && s.AnsweredThrough >= seq {
		c.hub.metrics.Replied(time.Since(at))
		return
	}
	c.unanswered.add(seq, at)
}
