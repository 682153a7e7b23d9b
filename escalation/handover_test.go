package escalation_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/roles"
)

// answer replies as the bot, with what it makes of its answer.
func (s *stage) answer(id chat.ID, handover bool, why *chat.Why) chat.Event {
	s.Helper()
	e, err := s.conn.GuardedAppend(s.Context(), id, 0, nil, func(snap bus.Snapshot) (chat.Event, error) {
		last, err := s.conn.LastInput(s.Context(), id)
		if err != nil {
			return chat.Event{}, err
		}
		next, err := snap.State.Apply(chat.Step{Kind: chat.Reply, AnsweredThrough: last, At: time.Now(), Handover: handover})
		return chat.Event{Kind: chat.Reply, From: chat.Speaker{Role: chat.RoleBot, Name: "Robin"}, Text: "…", Why: why, State: &next,
			Parts: &chat.Parts{Citations: []chat.Citation{{Title: "Returns", URL: "https://shop.example/returns"}}}}, err
	})
	if err != nil {
		s.Fatal(err)
	}
	return e
}

// log reads all events of the chat, notes included.
func (s *stage) log(id chat.ID) []chat.Event {
	s.Helper()
	tail, err := s.conn.TailOf(s.Context(), id, 0, chat.RoleAgent)
	if err != nil {
		s.Fatal(err)
	}
	return tail.Events
}

// explained checks that each of the chat's hand-overs has one note, right before it, and returns
// the notes' texts.
func (s *stage) explained(id chat.ID) (texts []string) {
	s.Helper()
	notes, log := map[string]uint64{}, s.log(id)
	for _, e := range log {
		switch {
		case e.Kind == chat.Note && e.From.Role == chat.RoleBot:
			if notes[e.ID] != 0 {
				s.Errorf("the note %s stands at %d and %d", e.ID, notes[e.ID], e.Seq)
			}
			notes[e.ID], texts = e.Seq, append(texts, e.Text)
		case e.Reason == chat.Escalated || e.Reason == chat.BotGaveUp:
			if notes[fmt.Sprint("handover-", e.State.RequestsThrough)] == 0 {
				s.Errorf("no note says why the chat changed at %d", e.Seq)
			}
		}
	}
	return texts
}

// Agents find why a chat is theirs, whoever asked for them, once for each time. Visitors and the
// bot do not, and nobody who is declined gets one.
func TestAHandedOverChatSaysWhy(t *testing.T) {
	t.Parallel()
	s, id := newStage(t), chat.NewID()
	opts := patient()
	opts.BotName = "Hal"
	s.work("one", opts)
	s.work("two", opts)
	s.ask(id, chat.Escalate)
	s.becomes(id, chat.Waiting)
	s.ask(id, chat.Cancel)
	s.becomes(id, chat.WithBot)
	s.message(id, "How do I return shoes?")
	s.answer(id, false, chat.NewWhy(chat.CauseNothing, ""))
	s.ask(id, chat.Escalate)
	s.becomes(id, chat.Waiting)
	s.must(roles.DeskTake, id, grace, "")
	s.must(roles.DeskSay, id, grace, "Hi")
	s.must(roles.DeskReturn, id, grace, "")
	s.message(id, "I want my money")
	reply := s.answer(id, true, chat.NewWhy(chat.CauseModel, "a refund"))
	s.in(chat.Event{Chat: id, Kind: chat.Request, Request: chat.Escalate, From: chat.Speaker{Role: chat.RoleBot, Name: "Robin"}, Covers: reply.Seq, ID: fmt.Sprint("handover-", reply.Seq)})
	s.becomes(id, chat.Waiting)
	s.must(roles.DeskClose, id, grace, "")
	s.ask(id, chat.Escalate)
	s.becomes(id, chat.Waiting)

	want := []string{
		"The visitor asked for a person.\nNothing was asked before.",
		"The visitor asked for a person: the bot had found no answer.\nAsked: “How do I return shoes?”",
		"The bot asked for a person. Its reason: a refund\nAsked:\n– “How do I return shoes?”\n– “I want my money”",
		"The visitor asked for a person.\nNothing was asked before.",
	}
	if got := s.explained(id); strings.Join(got, "\n\n") != strings.Join(want, "\n\n") {
		t.Errorf("the notes are\n%s\nwant\n%s", strings.Join(got, "\n\n"), strings.Join(want, "\n\n"))
	}
	var names, pages []string
	for _, e := range s.log(id) {
		if e.Kind == chat.Note {
			names = append(names, e.From.Name)
			pages = append(pages, fmt.Sprint(e.Parts != nil && len(e.Citations) == 1))
		}
	}
	if got := fmt.Sprint(names, pages); got != "[Hal Robin Robin Hal] [false true true false]" {
		t.Errorf("the notes are of, and have pages: %s", got)
	}
	for _, e := range s.changes(id) {
		if e.Parts != nil || strings.Contains(e.Text, "refund") {
			t.Errorf("visitors read %+v", e)
		}
	}
}

// A replica died between the note and the change, or two decide at once: there is one note.
func TestAHandOverIsExplainedOnce(t *testing.T) {
	t.Parallel()
	s, id := newStage(t), chat.NewID()
	s.message(id, "shoes?")
	request := s.ask(id, chat.Escalate)
	left, err := s.conn.AppendNoteOnce(t.Context(), chat.Event{Chat: id, Kind: chat.Note, ID: fmt.Sprint("handover-", request), From: chat.Speaker{Role: chat.RoleBot, Name: "Bot"}, Text: "as it was written before the crash"}, request)
	if err != nil || left.Duplicate {
		t.Fatal(left, err)
	}
	s.work("one", patient())
	s.becomes(id, chat.Waiting)
	if got := s.explained(id); len(got) != 1 || got[0] != "as it was written before the crash" {
		t.Errorf("the notes are %q", got)
	}
	s.work("two", patient())
	s.work("three", patient())
	var crowd []chat.ID
	for range 20 {
		id := chat.NewID()
		s.message(id, "hats?")
		s.ask(id, chat.Escalate)
		s.ask(id, chat.Escalate)
		crowd = append(crowd, id)
	}
	for _, id := range crowd {
		s.becomes(id, chat.Waiting)
		if got := s.explained(id); len(got) != 1 {
			t.Errorf("the notes are %q", got)
		}
	}
}

// Nobody is handed over who finds no place: no note says so.
func TestWhoIsDeclinedIsNotExplained(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	opts := patient()
	opts.MaxWaiting = 1
	s.work("one", opts)
	first, second := chat.NewID(), chat.NewID()
	s.ask(first, chat.Escalate)
	s.becomes(first, chat.Waiting)
	s.ask(second, chat.Escalate)
	bustest.Eventually(t, "the second is declined", func() bool { return len(s.changes(second)) > 0 })
	if got := s.explained(second); len(got) != 0 || s.reasons(second)[0] != chat.LineFull {
		t.Errorf("it changed %v with the notes %q", s.reasons(second), got)
	}
	if got := s.explained(first); len(got) != 1 {
		t.Errorf("the first has the notes %q", got)
	}
}
