package live

import (
	"slices"
	"testing"
	"time"

	"github.com/parley-chat/parley/pkg/chat"
)

func TestReplyLatencyIsMeasuredOncePerMessage(t *testing.T) {
	at := time.Unix(1000, 0)
	state := func(kind chat.Kind, through uint64, status chat.Status) chat.Event {
		return chat.Event{Kind: kind, State: &chat.State{Status: status, AnsweredThrough: through}}
	}
	for _, c := range []struct {
		what   string
		asked  []uint64
		events []chat.Event
		want   []time.Duration // since each message, in order
		left   int
	}{
		{"a reply", []uint64{1}, []chat.Event{state(chat.Reply, 1, chat.WithBot)}, []time.Duration{9 * time.Second}, 0},
		{"a burst and one reply", []uint64{1, 2, 3}, []chat.Event{state(chat.Reply, 3, chat.WithBot)}, []time.Duration{9 * time.Second, 8 * time.Second, 7 * time.Second}, 0},
		{"a reply to a part", []uint64{1, 2}, []chat.Event{state(chat.Reply, 1, chat.WithBot)}, []time.Duration{9 * time.Second}, 1},
		{"the same reply again", []uint64{1}, []chat.Event{state(chat.Reply, 1, chat.WithBot), state(chat.Reply, 1, chat.WithBot)}, []time.Duration{9 * time.Second}, 0},
		{"a reply to something else", []uint64{5}, []chat.Event{state(chat.Reply, 1, chat.WithBot)}, nil, 1},
		{"a person comes", []uint64{1}, []chat.Event{state(chat.StateChange, 0, chat.Waiting), state(chat.Reply, 1, chat.WithBot)}, nil, 0},
		{"the person's last words cover it", []uint64{1}, []chat.Event{state(chat.StateChange, 1, chat.WithBot)}, nil, 0},
		{"the visitor goes on", []uint64{1}, []chat.Event{{Kind: chat.Message}}, nil, 1},
		{"more than is measured", []uint64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, nil, nil, maxUnanswered},
	} {
		var u unanswered
		for _, seq := range c.asked {
			u.add(seq, at.Add(time.Duration(seq)*time.Second), nil)
		}
		var took []time.Duration
		for _, e := range c.events {
			u.covered(e, at.Add(10*time.Second), func(d time.Duration) { took = append(took, d) })
		}
		if !slices.Equal(took, c.want) || len(u) != c.left {
			t.Errorf("%s: measured %v, want %v; %d left, want %d", c.what, took, c.want, len(u), c.left)
		}
	}
}
