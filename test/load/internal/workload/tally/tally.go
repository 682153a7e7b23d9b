// Package tally is what the harness's clients count and measure for themselves.
package tally

import (
	"maps"
	"time"
)

// Counts is what happened so far. The zero value is ready; values may be added.
type Counts struct {
	Connections int
	Sent        int // messages and requests of visitors, calls of agents; each once
	Resent      int // frames of those that were sent once more
	Acked       int // of Sent, those that were acknowledged
	Refused     int // of Sent, those that were refused for good
	Told        int // events
	Replies     int // messages that a reply covers
	Pages       int
	Errors      map[string]int // error frames by their code, refused connections as "HTTP 503"
	Closes      map[int]int    // connections that ended, by their close code
	Unanswered  int            // messages that the bot has yet to answer
}

// Add adds the other counts.
func (c *Counts) Add(o Counts) {
	c.Connections += o.Connections
	c.Sent += o.Sent
	c.Resent += o.Resent
	c.Acked += o.Acked
	c.Refused += o.Refused
	c.Told += o.Told
	c.Replies += o.Replies
	c.Pages += o.Pages
	c.Unanswered += o.Unanswered
	for code, n := range o.Errors {
		c.Failed(code, n)
	}
	for code, n := range o.Closes {
		c.Closed(code, n)
	}
}

// Failed counts error frames.
func (c *Counts) Failed(code string, n int) {
	if c.Errors == nil {
		c.Errors = map[string]int{}
	}
	c.Errors[code] += n
}

// Closed counts connections that ended.
func (c *Counts) Closed(code, n int) {
	if c.Closes == nil {
		c.Closes = map[int]int{}
	}
	c.Closes[code] += n
}

// Clone returns a copy that shares nothing.
func (c Counts) Clone() Counts {
	c.Errors, c.Closes = maps.Clone(c.Errors), maps.Clone(c.Closes)
	return c
}

// Away is a time without a connection: from its end until the client was let in again and
// had seen everything that it missed.
type Away struct {
	Lasted time.Duration
	Meant  time.Duration // of Lasted, how long the client stayed away on purpose
	Code   int           // the close code, 0 without one
	Own    bool          // the client itself ended the connection
}

// Samples is what was measured. The zero value is ready; values may be added.
type Samples struct {
	Acks    []time.Duration // from when a message was written (Send) to its acknowledgment
	Replies []time.Duration // from when it was written to the reply that covers it
	// The same for messages that waited while the client itself had ended its
	// connection or did not read: the system could not do better.
	OwnAcks, OwnReplies []time.Duration
	Away                []Away
}

// Add adds the other samples.
func (s *Samples) Add(o Samples) {
	s.Acks = append(s.Acks, o.Acks...)
	s.Replies = append(s.Replies, o.Replies...)
	s.OwnAcks = append(s.OwnAcks, o.OwnAcks...)
	s.OwnReplies = append(s.OwnReplies, o.OwnReplies...)
	s.Away = append(s.Away, o.Away...)
}

// Acked adds how long an acknowledgment took.
func (s *Samples) Acked(d time.Duration, own bool) {
	if own {
		s.OwnAcks = append(s.OwnAcks, d)
		return
	}
	s.Acks = append(s.Acks, d)
}

// Replied adds how long a reply took.
func (s *Samples) Replied(d time.Duration, own bool) {
	if own {
		s.OwnReplies = append(s.OwnReplies, d)
		return
	}
	s.Replies = append(s.Replies, d)
}

// Clone returns a copy that shares nothing.
func (s Samples) Clone() Samples {
	var c Samples
	c.Add(s)
	return c
}
