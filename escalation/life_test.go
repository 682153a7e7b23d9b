package escalation_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/codes"
	"github.com/parley-chat/parley/pkg/desk"
	"github.com/parley-chat/parley/pkg/roles"
)

func TestTheWholeLifeOfAChat(t *testing.T) {
	t.Parallel()
	s, id := newStage(t), chat.NewID()
	s.work("one", patient())

	s.message(id, "hello")
	s.reply(id, false)
	unanswered := s.message(id, "I would rather talk to a person")
	asked := s.ask(id, chat.Escalate)
	waiting := s.becomes(id, chat.Waiting)
	if waiting.State.AnsweredThrough != asked || asked < unanswered || waiting.State.Visitor != "Ada" {
		t.Errorf("waiting: %+v, want what was said before %d to be the person's", waiting.State, asked)
	}
	s.listed(id, chat.Waiting, func(e *desk.Entry) bool {
		return e.Name == "Ada" && e.Seq == waiting.Out && e.Agent == nil && e.Asked.Equal(waiting.State.Asked)
	})

	took := s.must(roles.DeskTake, id, grace, "")
	if live := s.last(id); live.Out != took || live.State.Is() != chat.Live || *live.State.Agent != grace {
		t.Errorf("taken with %d: %+v", took, live)
	}
	s.listed(id, chat.Live, func(e *desk.Entry) bool { return *e.Agent == grace && e.Asked.Equal(waiting.State.Asked) })
	if seq := s.must(roles.DeskTake, id, grace, ""); seq != 0 {
		t.Errorf("taken once more by the same agent: %d, want 0", seq)
	}
	said := s.must(roles.DeskSay, id, grace, "  Hello Ada  ")
	noted := s.must(roles.DeskNote, id, linus, "she called yesterday")
	if said <= took || noted <= said {
		t.Errorf("taken %d, said %d, noted %d", took, said, noted)
	}
	answer := s.message(id, "thank you")
	returned := s.must(roles.DeskReturn, id, grace, "")
	if back := s.last(id); back.Out != returned || back.State.Is() != chat.WithBot || back.State.AnsweredThrough != answer || !back.State.BotSpeaks() {
		t.Errorf("handed back: %+v, want it with the bot and dealt with through %d", back, answer)
	}
	s.unlisted(id)
	s.message(id, "and one thing more")
	s.reply(id, false)
	s.ask(id, chat.Close)
	s.becomes(id, chat.Closed)

	tail, err := s.conn.TailOf(t.Context(), id, 0, chat.RoleAgent)
	if err != nil {
		t.Fatal(err)
	}
	var story []string
	for _, e := range tail.Events {
		line := string(e.Kind) + " " + string(e.From.Role) + ": " + e.Text
		if e.Kind == chat.StateChange {
			line = string(e.Reason) + " " + string(e.From.Role) + ": " + e.Text
		}
		story = append(story, line)
	}
	want := []string{
		"message visitor: hello", "reply bot: …", "message visitor: I would rather talk to a person", "ask visitor: ",
		"note bot: The visitor asked for a person.\nAsked:\n– “hello”\n– “I would rather talk to a person”",
		"escalated system: You asked for a person.",
		"taken agent: Grace joined the chat.",
		"say agent: Hello Ada",
		"note agent: she called yesterday",
		"message visitor: thank you",
		"returned agent: Grace handed the chat back to the bot.",
		"message visitor: and one thing more", "reply bot: …", "ask visitor: ",
		"by_visitor system: You closed the chat. Write again any time.",
	}
	if !slices.Equal(story, want) {
		t.Errorf("the chat reads\n%s\nwant\n%s", strings.Join(story, "\n"), strings.Join(want, "\n"))
	}
}

func TestAWaitingChatCanBeCancelledPassedOnAndClosed(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.work("one", patient())

	cancelled := chat.NewID()
	s.ask(cancelled, chat.Escalate)
	s.becomes(cancelled, chat.Waiting)
	s.message(cancelled, "anybody?")
	seq := s.ask(cancelled, chat.Cancel)
	if back := s.becomes(cancelled, chat.WithBot); back.State.AnsweredThrough != seq || !back.State.Asked.IsZero() {
		t.Errorf("cancelled at %d: %+v", seq, back.State)
	}
	s.unlisted(cancelled)

	passed := chat.NewID()
	s.ask(passed, chat.Escalate)
	asked := s.becomes(passed, chat.Waiting).State.Asked
	s.must(roles.DeskTake, passed, grace, "")
	s.must(roles.DeskTransfer, passed, grace, "")
	if again := s.last(passed).State; again.Is() != chat.Waiting || !again.Asked.Equal(asked) {
		t.Errorf("passed on: %+v, want it waiting since %v", again, asked)
	}
	s.must(roles.DeskTake, passed, linus, "")
	s.must(roles.DeskClose, passed, linus, "")
	s.unlisted(passed)
	if seq := s.must(roles.DeskClose, passed, linus, ""); seq != 0 {
		t.Errorf("closed twice: %d, want 0", seq)
	}

	waiting := chat.NewID()
	s.ask(waiting, chat.Escalate)
	s.becomes(waiting, chat.Waiting)
	s.must(roles.DeskClose, waiting, grace, "")
	s.unlisted(waiting)
	if s.last(waiting).State.Is() != chat.Closed {
		t.Errorf("closed while it waited: %+v", s.last(waiting))
	}
}

// An agent who closes a chat that the bot has yet to answer does not mark the bot's
// work as done.
func TestClosingLeavesTheBotTheAnswersThatItOwes(t *testing.T) {
	t.Parallel()
	s, id := newStage(t), chat.NewID()
	s.work("one", patient())
	s.message(id, "hello")
	s.must(roles.DeskClose, id, grace, "")
	if closed := s.last(id).State; closed.Is() != chat.Closed || closed.AnsweredThrough != 0 || !closed.BotSpeaks() {
		t.Errorf("%+v, want the message still to be answered", closed)
	}
	s.reply(id, false)
	s.becomes(id, chat.WithBot)
}

func TestTheBotAsksForAPersonOnce(t *testing.T) {
	t.Parallel()
	s, id := newStage(t), chat.NewID()
	s.work("one", patient())
	bot := chat.Speaker{Role: chat.RoleBot, Name: "Bot"}

	s.message(id, "hello")
	covers := s.reply(id, true).Seq
	s.message(id, "are you there?")
	s.in(chat.Event{Chat: id, Kind: chat.Request, Request: chat.Escalate, From: bot, Covers: covers})
	if got := s.becomes(id, chat.Waiting).State; got.Visitor != "Ada" || got.Handover {
		t.Errorf("waiting: %+v", got)
	}
	s.must(roles.DeskTake, id, grace, "")
	s.must(roles.DeskReturn, id, grace, "")
	// The bot's replica died after it asked and before it acknowledged; the next one
	// asks again, beyond any duplicate window and under another id.
	s.in(chat.Event{Chat: id, Kind: chat.Request, Request: chat.Escalate, From: bot, Covers: covers})
	s.settled(id)
	if got := s.reasons(id); !slices.Equal(got, []chat.Reason{chat.BotGaveUp, chat.Taken, chat.Returned, chat.ByVisitor}) {
		t.Errorf("the bot's repeated request led to %v", got)
	}

	// Without a reply that announces a person the bot has nothing to ask for.
	plain := chat.NewID()
	s.message(plain, "hello")
	s.in(chat.Event{Chat: plain, Kind: chat.Request, Request: chat.Escalate, From: bot, Covers: s.reply(plain, false).Seq})
	s.settled(plain)
	if got := s.reasons(plain); !slices.Equal(got, []chat.Reason{chat.ByVisitor}) {
		t.Errorf("a request that no reply announced led to %v", got)
	}
}

// settled returns when every request in the chat was dealt with: the visitor closes
// it, and a chat's events are handled in order.
func (s *stage) settled(id chat.ID) {
	s.Helper()
	s.ask(id, chat.Close)
	s.becomes(id, chat.Closed)
}

func TestRequestsThatAreNotPossibleAreIgnored(t *testing.T) {
	t.Parallel()
	s, id := newStage(t), chat.NewID()
	s.work("one", patient())
	s.ask(id, chat.Cancel)
	s.in(chat.Event{Chat: id, Kind: chat.Request, Request: chat.Rate, Score: 5})
	s.in(chat.Event{Chat: id, Kind: chat.Request, Request: "dance"})
	s.in(chat.Event{Chat: id, Kind: chat.Request, Request: chat.Close, From: chat.Speaker{Role: chat.RoleBot}})
	s.ask(id, chat.Escalate)
	s.becomes(id, chat.Waiting)
	s.ask(id, chat.Escalate)
	s.must(roles.DeskTake, id, grace, "")
	s.ask(id, chat.Escalate)
	s.ask(id, chat.Cancel)
	s.must(roles.DeskReturn, id, grace, "")
	s.settled(id)
	if got := s.reasons(id); !slices.Equal(got, []chat.Reason{chat.Escalated, chat.Taken, chat.Returned, chat.ByVisitor}) {
		t.Errorf("the chat went %v", got)
	}
}

func TestATypedEscalateIsARequestToo(t *testing.T) {
	t.Parallel()
	s, id := newStage(t), chat.NewID()
	s.work("one", patient())
	s.in(chat.Event{Chat: id, Kind: chat.Request, Request: chat.Escalate, Text: "/Escalate"})
	s.becomes(id, chat.Waiting)
}

func TestTheAgentsCallsAreRefusedWithASentence(t *testing.T) {
	t.Parallel()
	s, id := newStage(t), chat.NewID()
	s.work("one", patient())
	for _, ep := range []endpoint{roles.DeskTake, roles.DeskSay, roles.DeskNote, roles.DeskReturn, roles.DeskTransfer, roles.DeskClose} {
		s.refuses(codes.NotFound, ep, roles.DeskRequest{Chat: id, Agent: grace, Text: "hello"})
		s.refuses(codes.NotFound, ep, roles.DeskRequest{Chat: "chat.*.>", Agent: grace, Text: "hello"})
		s.refuses(codes.BadText, ep, roles.DeskRequest{Chat: id, ID: "not an id", Agent: grace, Text: "hello"})
		s.refuses(codes.BadText, ep, roles.DeskRequest{Chat: id, Text: "hello"})
	}
	s.message(id, "hello")
	s.refuses(codes.NotWaiting, roles.DeskTake, roles.DeskRequest{Chat: id, Agent: grace})
	for _, ep := range []endpoint{roles.DeskSay, roles.DeskReturn, roles.DeskTransfer} {
		s.refuses(codes.NotLive, ep, roles.DeskRequest{Chat: id, Agent: grace, Text: "hello"})
	}
	s.ask(id, chat.Escalate)
	s.becomes(id, chat.Waiting)
	s.must(roles.DeskTake, id, grace, "")
	for _, ep := range []endpoint{roles.DeskTake, roles.DeskSay, roles.DeskReturn, roles.DeskTransfer, roles.DeskClose} {
		if no := s.refuses(codes.Taken, ep, roles.DeskRequest{Chat: id, Agent: linus, Text: "hello"}); !strings.HasPrefix(no.Message, "Grace took this chat ") {
			t.Errorf("%s by Linus: %q", ep.Name, no.Message)
		}
	}
	for _, ep := range []endpoint{roles.DeskSay, roles.DeskNote} {
		s.refuses(codes.BadText, ep, roles.DeskRequest{Chat: id, Agent: grace, Text: " \n "})
		s.refuses(codes.BadText, ep, roles.DeskRequest{Chat: id, Agent: grace, Text: "\x00\ufeff"})
		s.refuses(codes.TooLong, ep, roles.DeskRequest{Chat: id, Agent: grace, Text: strings.Repeat("𝕏", chat.MaxText+1)})
		if _, err := s.call(ep, roles.DeskRequest{Chat: id, Agent: grace, Text: strings.Repeat("𝕏", chat.MaxText)}); err != nil {
			t.Errorf("%s of %d characters: %v", ep.Name, chat.MaxText, err)
		}
	}
}

func TestARepeatedCallHappensOnce(t *testing.T) {
	t.Parallel()
	s, id := newStage(t), chat.NewID()
	s.work("one", patient())
	s.work("two", patient())
	s.ask(id, chat.Escalate)
	s.becomes(id, chat.Waiting)
	twice := func(ep endpoint, clientID string) {
		t.Helper()
		req := roles.DeskRequest{Chat: id, ID: clientID, Agent: grace, Text: "hello"}
		first, err := s.call(ep, req)
		if err != nil {
			t.Fatalf("%s: %v", ep.Name, err)
		}
		again, err := s.call(ep, req)
		if err != nil || again != first && again != 0 {
			t.Errorf("%s again: %d, %v; want %d or 0", ep.Name, again, err, first)
		}
	}
	twice(roles.DeskTake, "1")
	twice(roles.DeskSay, "2")
	twice(roles.DeskNote, "3")
	said, err := s.call(roles.DeskSay, roles.DeskRequest{Chat: id, ID: "4", Agent: grace, Text: "bye"})
	if err != nil {
		t.Fatal(err)
	}
	twice(roles.DeskTransfer, "5")
	// The answer was lost; when the call is repeated the agent no longer has the chat.
	if again, err := s.call(roles.DeskSay, roles.DeskRequest{Chat: id, ID: "4", Agent: grace, Text: "bye"}); err != nil || again != said {
		t.Errorf("repeated when the chat had moved on: %d, %v; want %d", again, err, said)
	}
	// Another agent's client may count from one as well.
	if _, err := s.call(roles.DeskTake, roles.DeskRequest{Chat: id, ID: "1", Agent: linus}); err != nil {
		t.Fatal(err)
	}
	if holder := s.last(id).State.Agent; holder == nil || *holder != linus {
		t.Errorf("Linus took the chat and %v has it", holder)
	}
	if want := []chat.Reason{chat.Escalated, chat.Taken, chat.Transferred, chat.Taken}; !slices.Equal(s.reasons(id), want) {
		t.Errorf("the chat went %v, want %v", s.reasons(id), want)
	}
}

func TestTimesAreThoseOfTheWorkersClock(t *testing.T) {
	t.Parallel()
	s, id := newStage(t), chat.NewID()
	opts := patient()
	at := time.Date(2030, 1, 2, 3, 4, 5, 6, time.FixedZone("", 7200))
	opts.Now = func() time.Time { return at }
	s.work("one", opts)
	s.ask(id, chat.Escalate)
	if got := s.becomes(id, chat.Waiting).State; !got.Since.Equal(at) || !got.Asked.Equal(at) {
		t.Errorf("%+v, want %v", got, at)
	}
	s.listed(id, chat.Waiting, func(e *desk.Entry) bool { return e.Since.Equal(at) })
}
