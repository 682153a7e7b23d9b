package escalation_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/codes"
	"github.com/parley-chat/parley/pkg/desk"
	"github.com/parley-chat/parley/pkg/roles"
)

// leave leaves an address.
func (s *stage) leave(id chat.ID, email string) uint64 {
	s.Helper()
	return s.in(chat.Event{Chat: id, Kind: chat.Request, Request: chat.LeaveEmail, Parts: &chat.Parts{Email: email}})
}

// missed waits until the chat is missed, or no longer, and returns it then.
func (s *stage) missed(id chat.ID, want bool) (snap bus.Snapshot) {
	s.Helper()
	bustest.Eventually(s, "the chat is missed, or no longer", func() bool {
		snap = s.last(id)
		return snap.State.IsMissed() == want
	})
	return snap
}

// A visitor whom nobody can answer leaves an address, and is on the
// agents' list through the end of the wait, the bot's words and a closed chat, until an agent
// steps in and says something.
func TestWhomNobodyCouldAnswerIsMissedUntilAnAgentAnswers(t *testing.T) {
	t.Parallel()
	s, id := newStage(t), chat.NewID()
	opts := patient()
	opts.WaitLimit = 6 * time.Second // the address is left before that is over
	s.work("one", opts)
	s.message(id, "is this vase waterproof?")
	s.ask(id, chat.Escalate)
	s.becomes(id, chat.Waiting)
	left := s.leave(id, "ada@example.com")
	now := s.missed(id, true)
	if request, _ := now.State.Missed(); request != left || now.State.Email() != "ada@example.com" {
		t.Errorf("left with %d: %+v", left, now.State)
	}
	s.becomes(id, chat.WithBot)
	s.listed(id, chat.WithBot, func(e *desk.Entry) bool {
		return !e.Missed.IsZero() && e.Email == "ada@example.com" && e.Name == "Ada"
	})
	changes := s.changes(id)
	if last := changes[len(changes)-1]; last.Reason != chat.NobodyCame || !strings.Contains(last.Text, "ada@example.com") || strings.Contains(last.Text, "Leave your email") {
		t.Errorf("nobody came, and the visitor reads %q", last.Text)
	}
	s.message(id, "never mind, then")
	s.reply(id, false)
	s.ask(id, chat.Close)
	s.becomes(id, chat.Closed)
	s.listed(id, chat.Closed, func(e *desk.Entry) bool { return !e.Missed.IsZero() })

	s.must(roles.DeskStepIn, id, grace, "")
	if live := s.last(id); live.State.Is() != chat.Live || *live.State.Agent != grace || !live.State.IsMissed() {
		t.Errorf("Grace stepped in: %+v", live.State)
	}
	s.must(roles.DeskSay, id, grace, "It is, up to the rim.")
	if said := s.last(id); said.State.IsMissed() || said.State.Email() != "ada@example.com" {
		t.Errorf("Grace answered: %+v", said.State)
	}
	s.must(roles.DeskReturn, id, grace, "")
	s.unlisted(id)
}

func TestAMissedChatIsMarkedAsDealtWithByAnyAgent(t *testing.T) {
	t.Parallel()
	s, id := newStage(t), chat.NewID()
	s.work("one", patient())
	open := s.message(id, "hello?")
	s.leave(id, "ada@example.com")
	s.missed(id, true)
	s.leave(id, "ada@example.org") // the first one had a slip
	bustest.Eventually(t, "the later address counts", func() bool { return s.last(id).State.Email() == "ada@example.org" })
	s.must(roles.DeskDealt, id, linus, "")
	now := s.missed(id, false)
	if now.State.Is() != chat.WithBot || !now.State.BotSpeaks() || now.State.AnsweredThrough >= open {
		t.Errorf("the bot still owes an answer to %d: %+v", open, now.State)
	}
	if seq := s.must(roles.DeskDealt, id, grace, ""); seq != 0 {
		t.Errorf("once more: %d, want 0", seq)
	}
	s.unlisted(id)
	changes := s.changes(id)
	if last := changes[len(changes)-1]; last.Text != "" || last.From.User != "linus" {
		t.Errorf("the change is %+v, and visitors need not read of it", last)
	}
	s.refuses(codes.NotFound, roles.DeskDealt, roles.DeskRequest{Chat: chat.NewID(), Agent: grace})
}

func TestAnAgentStepsIntoAChatOfTheBots(t *testing.T) {
	t.Parallel()
	s, id := newStage(t), chat.NewID()
	s.work("one", patient())
	first := s.message(id, "hello")
	s.reply(id, false)
	second := s.message(id, "do you ship to Norway?")
	s.must(roles.DeskStepIn, id, grace, "")
	live := s.last(id)
	if live.State.Is() != chat.Live || *live.State.Agent != grace || live.State.AnsweredThrough != second || first >= second {
		t.Errorf("%+v, want what was said up to %d to be Grace's", live.State, second)
	}
	changes := s.changes(id)
	if last := changes[len(changes)-1]; last.Reason != chat.SteppedIn || last.Text != "Grace joined the chat." {
		t.Errorf("the visitor reads %+v", last)
	}
	s.listed(id, chat.Live, func(e *desk.Entry) bool { return *e.Agent == grace })
	if no := s.refuses(codes.Taken, roles.DeskStepIn, roles.DeskRequest{Chat: id, Agent: linus}); !strings.Contains(no.Message, "Grace") {
		t.Errorf("Linus reads %q", no.Message)
	}
	if seq := s.must(roles.DeskStepIn, id, grace, ""); seq != 0 {
		t.Errorf("once more: %d, want 0", seq)
	}
	s.must(roles.DeskTransfer, id, grace, "")
	if now := s.last(id); now.State.Is() != chat.Waiting || now.State.Asked.IsZero() {
		t.Errorf("passed on: %+v", now.State)
	}
	s.must(roles.DeskStepIn, id, linus, "") // waiting: as if taken
	s.must(roles.DeskClose, id, linus, "")
	s.refuses(codes.ChatClosed, roles.DeskStepIn, roles.DeskRequest{Chat: id, Agent: grace})
	s.refuses(codes.NotFound, roles.DeskStepIn, roles.DeskRequest{Chat: chat.NewID(), Agent: grace})
}

// The agent steps in when the bot has looked and is about to speak: it looks again, and is
// silent.
func TestTheBotNeverSpeaksBesideAnAgentWhoStepsIn(t *testing.T) {
	t.Parallel()
	s, id := newStage(t), chat.NewID()
	s.work("one", patient())
	asked, looks := s.message(id, "hello"), 0
	_, err := s.server.Connect("bot").GuardedAppend(t.Context(), id, asked, nil, func(snap bus.Snapshot) (chat.Event, error) {
		next, err := snap.State.Apply(chat.Step{Kind: chat.Reply, AnsweredThrough: asked, At: time.Now()})
		if looks++; looks == 1 {
			s.must(roles.DeskStepIn, id, grace, "")
		}
		return chat.Event{Kind: chat.Reply, From: chat.Speaker{Role: chat.RoleBot}, Text: "Hello!", State: &next}, err
	})
	if !errors.Is(err, chat.ErrNotBot) || looks != 2 {
		t.Errorf("it looked %d times and was told %v", looks, err)
	}
}

// The address is noted beside whatever the bot is about to do.
func TestAnAddressNeitherEndsNorAnswersAnything(t *testing.T) {
	t.Parallel()
	s, id := newStage(t), chat.NewID()
	s.work("one", patient())
	s.message(id, "a person, please")
	announced := s.reply(id, true)
	s.leave(id, "ada@example.com")
	if now := s.missed(id, true); !now.State.Handover {
		t.Errorf("the person who was announced does not come: %+v", now.State)
	}
	s.in(chat.Event{Chat: id, Kind: chat.Request, Request: chat.Escalate, Covers: announced.Seq, From: chat.Speaker{Role: chat.RoleBot}})
	s.becomes(id, chat.Waiting)
	s.must(roles.DeskTake, id, grace, "")
	s.leave(id, "ada@example.org") // while somebody is there, it is for them to read
	s.must(roles.DeskReturn, id, grace, "")
	if now := s.last(id); now.State.Email() != "ada@example.com" || !now.State.IsMissed() {
		t.Errorf("%+v, want the first address, which nobody dealt with", now.State)
	}
}

// A chat that began with an address ends like any other when nobody writes, and is missed.
func TestAChatThatBeganWithAnAddressEndsWhenNobodyWrites(t *testing.T) {
	t.Parallel()
	s, id := newStage(t), chat.NewID()
	opts := patient()
	opts.IdleLimit = time.Second
	s.work("one", opts)
	s.leave(id, "ada@example.com")
	if now := s.becomes(id, chat.Closed); !now.State.IsMissed() {
		t.Errorf("it ended as %+v", now.State)
	}
}

// Nobody fills the list for the others: it is bounded, and shared by addresses.
func TestTheMissedListIsBounded(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	bucket, err := bus.OpenBucket[desk.Entry](t.Context(), s.conn, bus.DeskBucket)
	if err != nil {
		t.Fatal(err)
	}
	for range desk.MissedList.PerSource {
		id := chat.NewID()
		if err := bucket.Put(t.Context(), string(id), desk.Entry{Chat: id, Status: chat.WithBot, Missed: time.Now(), Source: "0123456789abcdef"}); err != nil {
			t.Fatal(err)
		}
	}
	opts := patient()
	s.work("one", opts)
	try := func(source string) chat.Reason {
		id := chat.NewID()
		s.in(chat.Event{Chat: id, Kind: chat.Request, Request: chat.LeaveEmail, Parts: &chat.Parts{Email: "ada@example.com"}, Source: source})
		bustest.Eventually(t, "the request is decided", func() bool { return len(s.reasons(id)) > 0 })
		return s.reasons(id)[0]
	}
	bustest.Eventually(t, "one address has all of its places", func() bool { return try("0123456789abcdef") == chat.MissedFull })
	if got := try("fedcba9876543210"); got != chat.EmailLeft {
		t.Errorf("another address: %s", got)
	}
}
