package bus

import (
	"errors"
	"maps"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/parley-chat/parley/pkg/chat"
)

// Hint is what the gateway knew of a chat when it stored a visitor's event.
type Hint struct {
	// Snapshot is the newest state that the gateway had seen: there may be a newer one.
	Snapshot
	// Input is the visitor's last event before the one that is stored, 0 if there is none.
	// To AppendIn it is a guess. In a delivery it is a fact: the stream stored the event only
	// because that was so.
	Input uint64
}

// A gateway's input is stored only if the chat's last input is the one that its hint
// names, so that whoever is given it knows that nothing was written in between, without a
// read. A gateway that guessed wrong (there is another tab at another gateway, or a live
// copy is late) is told which one it is, and tries again with that.
//
// All hinted inputs of a chat expect on the same filter. That matters: in a cluster, the
// leader serializes what expects on one filter, and does not see there what else is on its
// way. (What is on its way without a hint is the bot's request for a person, which the bot
// need not know of.) Duplicates are found all the same: a cluster looks for them first; a
// single server refuses the guess first, and finds the duplicate once it is corrected. See
// decision 0038.

// expectInput has the stream refuse the input unless the chat's last one has that sequence.
func (a *pending) expectInput(id chat.ID, on Subject, last uint64) {
	a.input, a.inputs, a.expected = id, on, last
	a.expectLast(on, last)
}

// hintIn returns the hint in the header of an event; nil if there is none that can be read,
// which costs a read.
func hintIn(header nats.Header) *Hint {
	s := decodeHint(header.Get(hintHeader))
	if s == nil {
		return nil
	}
	last, err := strconv.ParseUint(header.Get(jetstream.ExpectedLastSubjSeqHeader), 10, 64)
	if err != nil {
		return nil // the stream did not check it
	}
	return &Hint{*s, last}
}

// corrected returns the append that follows one that the stream refused since its hint named
// the wrong input, and after which time to begin it; nil if the append did not end so.
func (a *pending) corrected(err error) (next *pending, after time.Duration) {
	if a.input == "" || !errors.Is(err, ErrConflict) {
		return nil, 0
	}
	next = &pending{ctx: a.ctx, end: a.end, input: a.input, inputs: a.inputs, moves: a.moves, appending: a.appending.again(), msg: a.msg}
	next.msg.Header = maps.Clone(a.msg.Header)
	last, told := toldLast(err)
	if !told { // another one is on its way, and will have a number
		next.expected = a.expected
		return next, publishing.Delay(1)
	}
	next.expectInput(a.input, a.inputs, last)
	if last == a.expected { // a stream that can't read what it holds refuses what is right
		return next, publishing.Delay(1)
	}
	return next, 0
}

// toldLast returns what the stream says that the last message is.
func toldLast(err error) (uint64, bool) {
	api, ok := errors.AsType[*jetstream.APIError](err)
	if !ok {
		return 0, false
	}
	text, ok := strings.CutPrefix(api.Description, "wrong last sequence: ")
	if !ok {
		return 0, false
	}
	last, err := strconv.ParseUint(text, 10, 64)
	return last, err == nil
}

// untilRight has done called with what becomes of the append once its hint is right.
func (c *Conn) untilRight(a *pending, done func(Stored, error)) {
	a.done = func(stored Stored, err error) {
		next, after := a.corrected(err)
		if next == nil {
			done(stored, err)
			return
		}
		c.untilRight(next, done)
		begin := func() {
			err := c.fencedAt(next.ctx, next.input, next.expected)
			if err == nil {
				err = c.publisher.begin(next)
			}
			if err != nil {
				next.finish(Stored{}, err)
			}
		}
		if after == 0 && c.opts.Region == "" {
			begin()
			return
		}
		time.AfterFunc(after, begin)
	}
}
