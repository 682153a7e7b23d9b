package escalation

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/parley-chat/parley/pkg/chat"
)

func asks(seq uint64, text string) chat.Event {
	return chat.Event{Chat: "c", Seq: seq, Kind: chat.Message, From: chat.Speaker{Role: chat.RoleVisitor}, Text: text}
}

func answers(seq uint64, why chat.Cause, words string, pages ...string) chat.Event {
	e := chat.Event{Chat: "c", Seq: seq, Kind: chat.Reply, From: chat.Speaker{Role: chat.RoleBot, Name: "Robin"}, Text: "…", Why: chat.NewWhy(why, words)}
	for _, title := range pages {
		if e.Parts == nil {
			e.Parts = &chat.Parts{Passage: "long"}
		}
		e.Citations = append(e.Citations, chat.Citation{Title: title, URL: "https://shop.example/" + title})
	}
	return e
}

func TestTheNoteOfAHandOver(t *testing.T) {
	visitor := chat.Event{Chat: "c", Seq: 9, Kind: chat.Request, Request: chat.Escalate, From: chat.Speaker{Role: chat.RoleVisitor}}
	bot := visitor
	bot.From.Role, bot.Covers = chat.RoleBot, 2
	for _, c := range []struct {
		name    string
		request chat.Event
		before  []chat.Event
		want    string
		pages   string
	}{
		{"at once", visitor, nil, "The visitor asked for a person.\nNothing was asked before.", ""},
		{"after an answer", visitor, []chat.Event{asks(1, "shoes?"), answers(2, "", "", "returns")}, "The visitor asked for a person.\nAsked: “shoes?”", "returns"},
		{"after none", visitor, []chat.Event{asks(1, "shoes?"), answers(2, chat.CauseNothing, "")}, "The visitor asked for a person: the bot had found no answer.\nAsked: “shoes?”", ""},
		{"after none, and a new question", visitor, []chat.Event{asks(1, "shoes?"), answers(2, chat.CauseNothing, ""), asks(3, "hats?")}, "The visitor asked for a person.\nAsked:\n– “shoes?”\n– “hats?”", ""},
		{"after an unsure one", visitor, []chat.Event{asks(1, "shoes?"), answers(2, chat.CauseUnsure, "", "care")}, "The visitor asked for a person: the bot was not sure of its answer.\nAsked: “shoes?”", "care"},
		{"wished", bot, []chat.Event{asks(1, "a human\n please"), answers(2, chat.CauseAsked, "")}, "The visitor asked for a person.\nAsked: “a human please”", ""},
		{"the model's", bot, []chat.Event{asks(1, "shoes?"), answers(2, chat.CauseModel, "wants a refund")}, "The bot asked for a person. Its reason: wants a refund\nAsked: “shoes?”", ""},
		{"the model's, without words", bot, []chat.Event{asks(1, "shoes?"), answers(2, chat.CauseModel, "")}, "The bot asked for a person, and gave no reason.\nAsked: “shoes?”", ""},
		{"a failure", bot, []chat.Event{asks(1, "shoes?"), answers(2, chat.CauseFailed, "")}, "The bot asked for a person: its language model failed, and its pages have no answer.\nAsked: “shoes?”", ""},
		{"nothing at all", bot, []chat.Event{asks(1, "shoes?"), answers(2, chat.CauseGaveUp, "")}, "The bot asked for a person: it could not answer at all.\nAsked: “shoes?”", ""},
		{"of an earlier version", bot, []chat.Event{asks(1, "shoes?"), answers(2, "", "")}, "The bot asked for a person.\nAsked: “shoes?”", ""},
		{"of a later one", bot, []chat.Event{asks(1, "shoes?"), answers(2, "bored", "")}, "The bot asked for a person.\nAsked: “shoes?”", ""},
		{"another reply's", bot, []chat.Event{asks(1, "shoes?"), answers(3, chat.CauseFailed, "")}, "The bot asked for a person.\nAsked: “shoes?”", ""},
		{"the last three", visitor, []chat.Event{asks(1, "1"), asks(2, "2"), asks(3, "\u200b"), asks(4, "3"), asks(5, "4")}, "The visitor asked for a person.\nAsked:\n– “2”\n– “3”\n– “4”", ""},
		{"each page once, the last answer's first", visitor, []chat.Event{answers(1, "", "", "a", "b"), answers(2, "", "", "c"), answers(3, "", "", "b", "d", "e", "f", "g")}, "The visitor asked for a person.\nNothing was asked before.", "b d e f g"},
	} {
		note := handoverNote(c.request, c.before)
		var pages []string
		if note.Parts != nil {
			for _, p := range note.Citations {
				pages = append(pages, p.Title)
			}
		}
		if note.Text != c.want || strings.Join(pages, " ") != c.pages || note.Kind != chat.Note || note.ID != "handover-9" || note.From.Role != chat.RoleBot || note.From.User != "" || note.State != nil || note.Why != nil {
			t.Errorf("%s: %+v\n%q\nwant\n%q %s", c.name, note, note.Text, c.want, c.pages)
		}
		if len(c.before) > 1 && note.From.Name != "Robin" && c.before[len(c.before)-1].Kind == chat.Reply {
			t.Errorf("%s: the note is of %q", c.name, note.From.Name)
		}
		if again := handoverNote(c.request, c.before); !reflect.DeepEqual(again, note) {
			t.Errorf("%s: another replica writes %+v", c.name, again)
		}
	}
}

// Whatever was written, the note fits, has no characters that do something, and quotes how the
// last message begins.
func TestTheNoteOfAHandOverIsBounded(t *testing.T) {
	var before []chat.Event
	for i := range uint64(40) {
		before = append(before, asks(2*i+1, fmt.Sprintf("%d \u202e\x1b[31m", i)+strings.Repeat("why ", 1000)), answers(2*i+2, chat.CauseModel, strings.Repeat("because ", 500), "a", "b", "c", "d", "e", "f"))
	}
	request := chat.Event{Chat: "c", Seq: 99, Kind: chat.Request, Request: chat.Escalate, Covers: 80, From: chat.Speaker{Role: chat.RoleBot}}
	note := handoverNote(request, before)
	if n := utf8.RuneCountInString(note.Text); n > 1400 || n < 1000 {
		t.Errorf("the note has %d characters", n)
	}
	if strings.ContainsAny(note.Text, "\x1b\u202e") || !strings.Contains(note.Text, "39 why why") || len(note.Citations) != chat.MaxCitations {
		t.Errorf("the note is %q with %d pages", note.Text, len(note.Citations))
	}
	if err := note.CheckParts(); err != nil {
		t.Error(err)
	}
	if clean, err := chat.CleanText(note.Text); err != nil || clean != note.Text {
		t.Errorf("cleaned it is %q, %v", clean, err)
	}
}
