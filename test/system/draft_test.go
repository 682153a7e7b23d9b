package system_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/parley-chat/parley/escalation"
	"github.com/parley-chat/parley/test/internal/talk"
	"github.com/parley-chat/parley/test/internal/talk/talktest"
)

// A draft is there on the agent's other device, at another gateway, and for nobody else. What
// another device changed meanwhile is not replaced, but told. It is no part of the chat.
func TestADraftIsItsAuthorsOnEveryDevice(t *testing.T) {
	s := newSystem(t)
	s.bot(echo{})
	s.escalation(escalation.Options{})
	g, g2 := s.gateway(), s.gateway()
	ada := talktest.Dial(t, g.url)
	w := ada.Hello("Ada", "", 0)
	ada.Say("m1", "hello")
	ada.Event("reply", "You said: hello")

	laptop := s.agent(g, "grace")
	phone, hedy := talktest.Console(t, g2.url, "grace", "a long password"), s.agent(g2, "hedy")
	tries := 0
	draft := func(of *talktest.Client, text string, edition uint64) talk.Frame {
		t.Helper()
		tries++
		return of.Try("t", "draft", "id", fmt.Sprint("d", tries), "chat", w.Chat, "draft", map[string]any{"text": text, "internal": true, "edition": edition})
	}
	if no := draft(laptop, "x", 0); no.Code != "not_found" {
		t.Errorf("in a chat that is not open: %+v", no)
	}
	for _, a := range []*talktest.Client{laptop, phone, hedy} {
		a.Do("t", "open", "id", "o", "chat", w.Chat)
	}
	first := draft(laptop, "Check the parcel", 0)
	if first.T != "draft" || first.Edition == 0 || first.Other {
		t.Fatalf("kept: %+v", first)
	}
	drafted := func(edition uint64) func(talk.Frame) bool {
		return func(f talk.Frame) bool { return f.T == "signal" && f.What == "drafted" && f.Seq == edition }
	}
	if f := phone.Find("that there is a draft", drafted(first.Edition)); f.Chat != w.Chat || f.Text != "" {
		t.Errorf("the phone is told %+v", f)
	}
	if f := phone.Do("t", "draft", "id", "r", "chat", w.Chat); f.Text != "Check the parcel" || !f.Internal || f.Edition != first.Edition {
		t.Errorf("on the phone: %+v", f)
	}
	if f := hedy.Do("t", "draft", "id", "r", "chat", w.Chat, "user", "grace", "agent", "grace"); f.Text != "" || f.Edition != 0 {
		t.Errorf("another agent reads %+v", f)
	}
	second := draft(phone, "Check the parcel again", first.Edition)
	laptop.Find("that there is another", drafted(second.Edition))
	if f := draft(laptop, "Check it", first.Edition); !f.Other || f.Text != "Check the parcel again" || f.Edition != second.Edition {
		t.Errorf("the laptop is told %+v", f)
	}
	if f := draft(laptop, "Check it", second.Edition); f.Other || f.Text != "Check it" {
		t.Errorf("once it has read that: %+v", f)
	}
	if no := draft(laptop, strings.Repeat("x", 8001), 0); no.Code != "too_long" {
		t.Errorf("a long one: %+v", no)
	}
	ada.Say("m2", "still there?")
	ada.Event("reply", "You said: still there?")
	for _, of := range []*talktest.Client{ada, hedy} {
		for _, f := range of.Seen() {
			if strings.Contains(f.Text, "Check") || f.What == "drafted" {
				t.Errorf("somebody else sees %+v", f)
			}
		}
	}
}
