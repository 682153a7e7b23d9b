package agent

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/parley-chat/parley/test/load/internal/history"
	"github.com/parley-chat/parley/test/load/internal/workload/wire"
)

// call is a request that is sent, and resent with the same id, until it is answered.
type call struct {
	id, what, chat, text string
	seen                 uint64 // of say: up to where the agent has seen the chat; 0: it does not tell
	note                 string // that goes along
	before               uint64 // of a page
	limit                int
	tries                int
	flying               bool // sent on this connection, and no answer yet
	answer               chan Answer
}

// watching is a watched chat.
type watching struct {
	id     string // of the frame that opens it
	last   uint64 // the last event that was seen
	end    uint64 // the last one that was there when it was opened
	status string
	flying bool    // open was sent on this connection
	opened bool    // and answered
	told   *Answer // the first answer
}

// caughtUp reports whether everything has been seen that was there when it was opened.
func (w *watching) caughtUp() bool { return w.opened && w.last >= w.end }

// Answer is the result of a call.
type Answer struct {
	Seq    uint64 // of the event that it became; 0 if it changed nothing
	Code   string // why it was refused; empty if it was done
	Says   string // the sentence that a person reads then
	Events []history.Event
	More   bool
}

// Say is Call of say with the last event that the agent has seen.
func (a *Agent) Say(ctx context.Context, chat, text string, seen uint64) (Answer, error) {
	return a.call(ctx, &call{what: "say", chat: chat, text: text, seen: seen})
}

// Call makes a call (take, step_in, dealt, say, note, tag, untag, mark, whose text is a name and its value with = between, snooze, whose text is the time or
// empty, wake, return, transfer, close; macro+ with one of the last three: the text is said, and then that is done), over as many
// connections as it takes, and returns its answer.
func (a *Agent) Call(ctx context.Context, what, chat, text string) (Answer, error) {
	return a.call(ctx, &call{what: what, chat: chat, text: text})
}

// PassOn gives the agent's chat to another agent ("pass_on") or into the line of a team
// ("pass_team"), with a note, as Call does.
func (a *Agent) PassOn(ctx context.Context, what, chat, to, note string) (Answer, error) {
	return a.call(ctx, &call{what: what, chat: chat, text: to, note: note})
}

// Page reads older events of a chat.
func (a *Agent) Page(ctx context.Context, chat string, before uint64, limit int) (Answer, error) {
	return a.call(ctx, &call{what: "page", chat: chat, before: before, limit: limit})
}

func (a *Agent) call(ctx context.Context, c *call) (Answer, error) {
	c.answer = make(chan Answer, 1)
	a.mu.Lock()
	c.id = a.id(c.what[:1])
	if c.what != "page" {
		a.tally.Sent++
	}
	a.calls = append(a.calls, c)
	a.change()
	a.mu.Unlock()
	return a.wait(ctx, c.what+" "+c.chat, c.answer)
}

// id makes up an id; with the lock held.
func (a *Agent) id(prefix string) string {
	a.made++
	return fmt.Sprintf("%s%d", prefix, a.made)
}

// Watch begins to watch a chat and returns when that is answered. It is watched
// over all connections until Unwatch.
func (a *Agent) Watch(ctx context.Context, chat string) (Answer, error) {
	a.mu.Lock()
	w := a.watched[chat]
	if w == nil {
		w = &watching{id: a.id("o")}
		a.watched[chat] = w
		a.change()
	}
	a.mu.Unlock()
	err := a.Await(ctx, "a look at "+chat, func(Seen) bool { return w.told != nil })
	if err != nil {
		return Answer{}, err
	}
	return *w.told, nil
}

// Unwatch ends Watch.
func (a *Agent) Unwatch(chat string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	w := a.watched[chat]
	delete(a.watched, chat)
	if w != nil && w.flying {
		a.leaves = append(a.leaves, chat)
	}
	a.change()
}

// wait waits for an answer, for as long as the agent runs.
func (a *Agent) wait(ctx context.Context, what string, answer <-chan Answer) (Answer, error) {
	var why error
	select {
	case got := <-answer:
		return got, nil
	case <-a.ended:
		why = ErrEnded
	case <-ctx.Done():
		why = ctx.Err()
	}
	select {
	case got := <-answer: // before that
		return got, nil
	default:
		return Answer{}, fmt.Errorf("%s: %s: %w", a.o.User, what, why)
	}
}

// due returns what is to be sent now, and records it: first the chats that are
// watched, and the calls of each once it has been seen what became of them. With
// the lock held.
func (a *Agent) due() []wire.Request {
	if !a.in || a.waits() {
		return nil
	}
	var out []wire.Request
	for _, chat := range a.leaves {
		a.write(history.Entry{Op: history.Leave, Chat: chat})
		out = append(out, wire.Request{T: "leave", Chat: chat})
	}
	a.leaves = nil
	out = append(out, a.seenMentions()...)
	for chat, w := range a.watched {
		if !w.flying {
			w.flying = true
			a.write(history.Entry{Op: history.Watch, Chat: chat, ID: w.id, Since: w.last})
			out = append(out, wire.Request{T: "open", ID: w.id, Chat: chat, Since: w.last})
		}
	}
	for _, c := range a.calls {
		if w := a.watched[c.chat]; c.flying || w != nil && !w.caughtUp() && c.tries > 0 {
			continue
		}
		c.flying = true
		if c.what == "page" {
			a.write(history.Entry{Op: history.Ask, Chat: c.chat, ID: c.id, Before: c.before, Limit: c.limit})
			out = append(out, wire.Request{T: "page", ID: c.id, Chat: c.chat, Before: c.before, Limit: c.limit})
			continue
		}
		if c.tries++; c.tries > 1 {
			a.tally.Resent++
		}
		if a.dropNext && c.tries == 1 {
			a.dropNext, a.drop, a.deaf = false, true, true
		}
		if then, ok := strings.CutPrefix(c.what, macro); ok {
			// Each step is recorded as the call that it is.
			a.write(history.Entry{Op: history.Call, Chat: c.chat, ID: c.id + stepSay, What: "say", Text: c.text, Again: c.tries > 1})
			a.write(history.Entry{Op: history.Call, Chat: c.chat, ID: c.id + stepEnd, What: then, Again: c.tries > 1})
			out = append(out, wire.Request{T: "macro", ID: c.id, Chat: c.chat, Text: c.text, Macro: &wire.Macro{Title: "m", Then: then}})
			continue
		}
		if c.note != "" {
			a.write(history.Entry{Op: history.Call, Chat: c.chat, ID: c.id + history.Along, What: "note", Text: c.note, Again: c.tries > 1})
		}
		a.write(history.Entry{Op: history.Call, Chat: c.chat, ID: c.id, What: c.what, Text: c.text, Since: c.seen, Again: c.tries > 1})
		switch c.what {
		case "tag":
			out = append(out, wire.Request{T: "card", ID: c.id, Chat: c.chat, Edit: &wire.Edit{Add: []string{c.text}}})
		case "untag":
			out = append(out, wire.Request{T: "card", ID: c.id, Chat: c.chat, Edit: &wire.Edit{Remove: []string{c.text}}})
		case "mark":
			key, value, _ := strings.Cut(c.text, "=")
			out = append(out, wire.Request{T: "card", ID: c.id, Chat: c.chat, Edit: &wire.Edit{Set: []wire.Attribute{{Key: key, Value: value}}}})
		case "pass_on", "assign":
			out = append(out, wire.Request{T: c.what, ID: c.id, Chat: c.chat, To: c.text, Text: c.note})
		case "pass_team":
			out = append(out, wire.Request{T: "pass_on", ID: c.id, Chat: c.chat, Team: c.text, Text: c.note})
		case "snooze":
			out = append(out, wire.Request{T: c.what, ID: c.id, Chat: c.chat, Until: c.text})
		default:
			out = append(out, wire.Request{T: c.what, ID: c.id, Chat: c.chat, Text: c.text, Seen: c.seen})
		}
	}
	return out
}

// macro begins the name of a call that says something and then does what follows; docs/agent-protocol.md
// names the ids of its events.
const (
	macro   = "macro+"
	stepSay = ".say"
	stepEnd = ".end"
)

// step returns the id under which a macro's frame was recorded that was answered so: its last
// step if all was done, else its first.
func (a *Agent) step(f wire.Frame) string {
	i := slices.IndexFunc(a.calls, func(c *call) bool { return c.id == f.ID && strings.HasPrefix(c.what, macro) })
	switch {
	case i < 0:
		return f.ID
	case f.T == "ack" && f.Refused == "":
		return f.ID + stepEnd
	}
	return f.ID + stepSay
}

// answered takes a call off the list and hands its caller the answer; with the lock held.
func (a *Agent) answered(id string, with Answer) bool {
	i := slices.IndexFunc(a.calls, func(c *call) bool { return c.id == id || strings.HasPrefix(c.what, macro) && c.id+stepEnd == id })
	if i < 0 {
		return false
	}
	c := a.calls[i]
	a.calls = slices.Delete(a.calls, i, i+1)
	c.answer <- with
	switch {
	case c.what == "page":
	case with.Code == "":
		a.tally.Acked++
	default:
		a.tally.Refused++
	}
	return true
}
