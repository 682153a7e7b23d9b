package chat_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/parley-chat/parley/pkg/chat"
)

// unknown is a kind of a version to come.
const unknown chat.Kind = "whisper"

// The table, once more by hand: what visitors see and what is sealed must not
// change by a slip of the pen.
func TestTheTableOfKinds(t *testing.T) {
	type row struct {
		leaf                                  chat.Leaf
		visitor, state, input, sealed, spoken bool
	}
	want := map[chat.Kind]row{
		chat.Message:     {leaf: "in.message", visitor: true, input: true, spoken: true},
		chat.Request:     {leaf: "in.request", visitor: true, input: true, spoken: true},
		chat.Reply:       {leaf: "out.reply", visitor: true, state: true, spoken: true},
		chat.Say:         {leaf: "out.say", visitor: true, state: true, spoken: true},
		chat.StateChange: {leaf: "out.state", visitor: true, state: true},
		chat.Note:        {leaf: "note", sealed: true, spoken: true},
		chat.CardChange:  {leaf: "card"},
	}
	for _, k := range chat.Kinds() {
		got := row{k.Leaf(), k.VisibleTo(chat.RoleVisitor), k.CarriesState(), k.IsInput(), k.Sealed(), k.Spoken()}
		if w, ok := want[k]; !ok {
			t.Errorf("%s is in the table of kinds and not in this one: add its row here, by hand", k)
		} else if got != w {
			t.Errorf("%s: %+v, want %+v", k, got, w)
		}
		delete(want, k)
		if err := k.Check(); err != nil {
			t.Error(err)
		}
	}
	if len(want) > 0 {
		t.Errorf("not in the table: %v", want)
	}
}

// What the rest of the house relies on, for kinds to come as well.
func TestEveryKindIsComplete(t *testing.T) {
	for _, k := range chat.Kinds() {
		if k.Leaf() == "" {
			t.Errorf("%s is stored nowhere", k)
		}
		if !k.VisibleTo(chat.RoleAgent) {
			t.Errorf("agents see the whole chat, and not %s", k)
		}
		hidden := !k.VisibleTo(chat.RoleVisitor)
		if hidden != k.Leaf().Internal() {
			t.Errorf("%s: hidden from visitors: %v, and stored on %q, which their feed matches unless it is internal", k, hidden, k.Leaf())
		}
		if k.VisibleTo(chat.RoleBot) != k.VisibleTo(chat.RoleVisitor) {
			t.Errorf("the bot is to read what the visitor does, and %s is not so", k)
		}
		if k.Sealed() && k.VisibleTo(chat.RoleBot) {
			t.Errorf("%s is sealed from the bot, which may see it", k)
		}
	}
}

func TestAnUnknownKindIsRefused(t *testing.T) {
	for _, k := range []chat.Kind{unknown, "", "Message", "note "} {
		if err := k.Check(); !errors.Is(err, chat.ErrUnknownKind) {
			t.Errorf("%q: %v", k, err)
		}
		for _, role := range []chat.Role{chat.RoleVisitor, chat.RoleBot, chat.RoleAgent, chat.RoleSystem} {
			if k.VisibleTo(role) {
				t.Errorf("%q is shown to the %s", k, role)
			}
		}
		if k.Leaf() != "" || k.CarriesState() || k.IsInput() || k.Sealed() || k.Spoken() {
			t.Errorf("%q has a row", k)
		}
		if _, err := (chat.Event{Kind: k}).Encode(); !errors.Is(err, chat.ErrUnknownKind) {
			t.Errorf("%q is encoded: %v", k, err)
		}
	}
}

// A reader must get past what a later version stored, and know its sequence.
func TestAnEventOfALaterVersionIsDecoded(t *testing.T) {
	e, err := chat.Decode([]byte(`{"kind":"whisper","id":"w1","from":{"role":"agent"},"text":"psst","loud":7}`), "x", 9, noon)
	if err != nil || e.Kind != unknown || e.Seq != 9 || e.ID != "w1" {
		t.Errorf("%+v, %v", e, err)
	}
}

func TestARoleReadsItsKinds(t *testing.T) {
	if got := chat.KindsFor(chat.RoleAgent); !slices.Equal(got, chat.Kinds()) || !chat.RoleAgent.SeesInternal() {
		t.Errorf("agents see %v", got)
	}
	open := slices.DeleteFunc(chat.Kinds(), func(k chat.Kind) bool { return k.Leaf().Internal() })
	for _, role := range []chat.Role{chat.RoleVisitor, chat.RoleBot} {
		if got := chat.KindsFor(role); !slices.Equal(got, open) || slices.Contains(got, chat.Note) || role.SeesInternal() {
			t.Errorf("%s sees %v, want the kinds that are not internal: %v", role, got, open)
		}
	}
	for _, role := range []chat.Role{chat.RoleSystem, "", "stranger"} {
		if got := chat.KindsFor(role); len(got) != 0 || role.SeesInternal() {
			t.Errorf("%q sees %v", role, got)
		}
	}
}
