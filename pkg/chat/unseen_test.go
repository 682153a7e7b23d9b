package chat_test

import (
	"errors"
	"testing"

	"github.com/parley-chat/parley/pkg/chat"
)

// An agent is asked once two messages of others came, and not for one, for their own words, or
// for what is no message.
func TestWordsThatWereWrittenWithoutSeeingTwoMessagesAreAQuestion(t *testing.T) {
	grace := chat.Agent{User: "grace", Name: "Grace"}
	said := chat.Event{Kind: chat.Message, From: chat.Speaker{Role: chat.RoleVisitor}, Text: "hm"}
	by := func(user string) chat.Event {
		return chat.Event{Kind: chat.Say, From: chat.Speaker{Role: chat.RoleAgent, User: user}, Text: "hm"}
	}
	typed := chat.Event{Kind: chat.Request, Request: chat.Escalate, From: chat.Speaker{Role: chat.RoleVisitor}, Text: "a person, please"}
	pressed, rated := typed, typed
	pressed.Text, rated.Request = "", chat.Rate
	for name, c := range map[string]struct {
		after  []chat.Event
		partly bool
		count  int // -1: it may be said
	}{
		"nothing came":                    {nil, false, -1},
		"one message":                     {[]chat.Event{said}, false, -1},
		"two messages":                    {[]chat.Event{said, said}, false, 2},
		"own words count for nothing":     {[]chat.Event{said, by("grace"), by("grace")}, false, -1},
		"another agent's do":              {[]chat.Event{said, by("linus")}, false, 2},
		"the bot's do":                    {[]chat.Event{said, {Kind: chat.Reply}, said}, false, 3},
		"changes, notes and cards do not": {[]chat.Event{said, {Kind: chat.StateChange}, {Kind: chat.Note, Text: "x"}, {Kind: chat.CardChange}}, false, -1},
		"a typed request does":            {[]chat.Event{said, typed}, false, 2},
		"a pressed one and stars do not":  {[]chat.Event{said, pressed, rated}, false, -1},
		"what came is not known":          {nil, true, 0},
	} {
		err := chat.Seen(c.after, !c.partly, grace)
		unseen, asked := errors.AsType[*chat.UnseenError](err)
		if asked != (c.count >= 0) || asked && unseen.Count != c.count {
			t.Errorf("%s: %v", name, err)
		}
	}
}
