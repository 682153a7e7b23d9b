package botworker

import (
	"slices"
	"testing"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
)

func TestTheBotAnswersWhatIsAddressedToIt(t *testing.T) {
	visitor, bot := chat.Speaker{Role: chat.RoleVisitor}, chat.Speaker{Role: chat.RoleBot}
	message := func(seq uint64) chat.Event { return chat.Event{Seq: seq, Kind: chat.Message, From: visitor} }
	ask := func(seq uint64, what chat.RequestKind, from chat.Speaker) chat.Event {
		return chat.Event{Seq: seq, Kind: chat.Request, Request: what, From: from}
	}
	for name, c := range map[string]struct {
		state  chat.State
		out    uint64 // the last event that carries the state
		inputs []chat.Event
		want   []uint64
	}{
		"a burst":                                {chat.State{}, 0, []chat.Event{message(1), message(2)}, []uint64{1, 2}},
		"what stands before a wish for a person": {chat.State{}, 0, []chat.Event{message(1), ask(2, chat.Escalate, visitor), message(3)}, []uint64{1}},
		"all, where the wish is decided":         {chat.State{RequestsThrough: 2}, 0, []chat.Event{message(1), ask(2, chat.Escalate, visitor), message(3)}, []uint64{1, 3}},
		"all, where the bot itself asked":        {chat.State{}, 0, []chat.Event{ask(2, chat.Escalate, bot), message(3)}, []uint64{3}},
		"what comes after a void goodbye":        {chat.State{Status: chat.WithBot, AnsweredThrough: 1}, 3, []chat.Event{ask(2, chat.Close, visitor), message(4)}, []uint64{4}},
		"nothing after a goodbye":                {chat.State{}, 0, []chat.Event{ask(1, chat.Close, visitor), message(2)}, nil},
		"what comes after a second goodbye":      {chat.State{Status: chat.Closed}, 0, []chat.Event{ask(1, chat.Close, visitor), message(2)}, []uint64{2}},
		"messages around an address":             {chat.State{}, 0, []chat.Event{message(1), ask(2, chat.LeaveEmail, visitor), message(3)}, []uint64{1, 3}},
		"messages around a rating or a cancel":   {chat.State{}, 0, []chat.Event{message(1), ask(2, chat.Rate, visitor), ask(3, chat.Cancel, visitor), message(4)}, []uint64{1, 4}},
	} {
		var got []uint64
		for _, e := range addressedToBot(bus.Snapshot{Out: c.out, State: c.state}, c.inputs) {
			got = append(got, e.Seq)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
