package system_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/parley-chat/parley/gateway/frame"
	"github.com/parley-chat/parley/pkg/audit"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/test/internal/talk"
	"github.com/parley-chat/parley/test/internal/talk/talktest"
)

// How often each kind of a console's frame has to be in the audit log, sent twice: as a look into the
// chat, or, with a reason, not at all.
var consoleFrames = map[string]struct {
	act     audit.Act
	lines   int
	nothing string
}{
	"page":  {audit.LookChat, 2, ""},
	"chats": {audit.LookList, 2, ""},
	"open":  {audit.LookChat, 1, ""},

	"leave": {nothing: "closes a chat"}, "typing": {nothing: "a signal"}, "read": {nothing: "a mark"}, "look": {nothing: "a signal"}, "mentions_seen": {nothing: "a mark"},
	"draft": {nothing: "one's own words"}, "take": {nothing: "an acknowledgment"}, "step_in": {nothing: "an acknowledgment"}, "dealt": {nothing: "an acknowledgment"},
	"say": {nothing: "an acknowledgment"}, "note": {nothing: "an acknowledgment"}, "card": {nothing: "an acknowledgment"}, "macro": {nothing: "an acknowledgment"},
	"return": {nothing: "an acknowledgment"}, "transfer": {nothing: "an acknowledgment"}, "close": {nothing: "an acknowledgment"}, "snooze": {nothing: "an acknowledgment"},
	"wake": {nothing: "an acknowledgment"}, "pass_on": {nothing: "an acknowledgment"}, "assign": {nothing: "an acknowledgment"}, "take_over": {nothing: "an acknowledgment"},
	"close_source": {nothing: "an acknowledgment"},
}

// auditOf reads the audit log.
func auditOf(t *testing.T, c *bus.Conn) (lines []audit.Line) {
	t.Helper()
	if _, err := c.EachAudit(t.Context(), func(r bus.AuditRecord) error { lines = append(lines, r.Lines...); return r.Bad }); err != nil {
		t.Fatal(err)
	}
	return lines
}

// No kind of frame shows an agent words of a chat without a line in the audit log, and no console is
// shown the desk without one.
func TestNoFrameReadsAChatWithoutALineInTheAuditLog(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	g := s.whole()
	reader := s.connect("reader")
	ann := talktest.Dial(t, g.url)
	id := ann.Hello("Ann", "", 0).Chat
	const words = "the secret is 42"
	ann.Say("m1", words)
	ann.Event("reply", words)
	c := talktest.Console(t, g.url, "admin", adminPassword)
	c.Find("the welcome", func(f talk.Frame) bool { return f.T == "welcome" })
	shown := func() bool { // words in any frame so far
		text, _ := json.Marshal(c.Frames())
		return strings.Contains(string(text), words)
	}
	if lines := auditOf(t, reader); len(lines) != 2 || lines[0].Act != audit.SignIn || lines[1].Act != audit.LookList || lines[1].Detail != "the desk" || lines[1].By != "admin" || lines[1].From == "" {
		t.Fatalf("a console came: %+v", lines)
	}
	send := func(kind frame.Kind) {
		want, ok := consoleFrames[kind.Name]
		if !ok || want.act == "" && want.nothing == "" {
			t.Errorf("%s: say here what it writes into the audit log, or why it shows nothing of a chat", kind.Name)
			return
		}
		before := len(auditOf(t, reader))
		c.Forget()
		last := uint64(0)
		for _, n := range []string{"1", "2"} {
			pairs := []any{"t", kind.Name, "id", kind.Name + n, "chat", id, "text", "x"}
			if n == "2" { // it is shown already
				pairs = append(pairs, "since", last)
			}
			if kind.ID {
				last = c.Try(pairs...).Seq
			} else {
				c.Send(pairs...)
			}
		}
		var wrote []audit.Line
		if kind.ID { // what has no id has no answer either
			wrote = auditOf(t, reader)[before:]
		}
		for _, l := range wrote {
			if l.Act != want.act || l.By != "admin" || l.Act == audit.LookChat && string(l.Chat) != id {
				t.Errorf("%s wrote %+v", kind.Name, l)
			}
		}
		if len(wrote) != want.lines {
			t.Errorf("%s wrote %d lines, want %d", kind.Name, len(wrote), want.lines)
		}
		if want.act == "" && shown() {
			t.Errorf("%s showed words of the chat without a line", kind.Name)
		}
	}
	var opens frame.Kind
	for _, kind := range frame.Kinds {
		switch {
		case kind.From&frame.Agent == 0:
		case kind.Name == "open":
			opens = kind
		default:
			send(kind)
		}
	}
	file := ask(t, http.MethodGet, g.url+"/api/files/"+id+"/"+fileID(), talktest.Login(t, g.url, "admin", adminPassword), nil)
	if lines := auditOf(t, reader); file.Status != http.StatusNotFound || lines[len(lines)-1].Act != audit.LookFile || string(lines[len(lines)-1].Chat) != id || lines[len(lines)-1].From == "" {
		t.Errorf("a file (%d): %+v", file.Status, lines[len(lines)-1])
	}
	send(opens) // afterwards the chat's events come by themselves
	r, err := reader.VerifyAudit(t.Context(), &audit.Verifier{Keep: bus.AuditKeep, Now: time.Now()})
	if err != nil || !r.OK() {
		t.Errorf("%+v, %v", r.Faults, err)
	}
}

// What can't be written down is not shown.
func TestWithoutTheAuditLogNobodyReadsAChat(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	g := s.whole()
	ann := talktest.Dial(t, g.url)
	id := ann.Hello("Ann", "", 0).Chat
	const words = "the secret is 42"
	ann.Say("m1", words)
	ann.Event("reply", words)
	c := talktest.Console(t, g.url, "admin", adminPassword)
	c.Find("the welcome", func(f talk.Frame) bool { return f.T == "welcome" })
	s.nats.DeleteStream("AUDIT")
	for _, kind := range []string{"open", "page", "chats"} {
		if f := c.Ask("t", kind, "id", kind, "chat", id); f.Code != "unavailable" {
			t.Errorf("%s: %+v", kind, f)
		}
	}
	if text, _ := json.Marshal(c.Frames()); strings.Contains(string(text), words) {
		t.Error("words were shown")
	}
	ann.Say("m2", "still there?") // visitors go on
	ann.Event("reply", "still there?")
}
