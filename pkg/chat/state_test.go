package chat_test

import (
	"errors"
	"testing"
	"time"

	"github.com/parley-chat/parley/pkg/chat"
)

var (
	grace = chat.Agent{User: "grace", Name: "Grace"}
	linus = chat.Agent{User: "linus", Name: "Linus"}
	mary  = chat.Agent{User: "mary", Name: "Mary"}
	noon  = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
)

// in returns a chat of that status; a live one is with Grace.
func in(status chat.Status) chat.State {
	s := chat.State{Status: status, AnsweredThrough: 10, Since: noon.Add(-time.Hour), Visitor: "Ada"}
	switch status {
	case chat.Live:
		agent := grace
		s.Agent, s.Asked = &agent, noon.Add(-2*time.Hour)
	case chat.Waiting:
		s.Asked = noon.Add(-2 * time.Hour)
	}
	return s
}

// The table in the design, "The life of a chat", whole: what every reason does
// in every status. A reason that is not in a row is refused there.
func TestTheLifeOfAChat(t *testing.T) {
	type row struct {
		to  chat.Status
		err error
	}
	taken := &chat.TakenError{}
	refused := func(err error) row { return row{err: err} }
	to := func(s chat.Status) row { return row{to: s} }
	statuses := []chat.Status{chat.WithBot, chat.Waiting, chat.Live, chat.Closed}
	// Columns: with the bot, waiting, live with Grace, closed. Grace acts, unless
	// Linus does (marked).
	for _, c := range []struct {
		reason chat.Reason
		by     chat.Agent
		rows   [4]row
	}{
		{chat.Escalated, chat.Agent{}, [4]row{to(chat.Waiting), refused(chat.ErrUnchanged), refused(chat.ErrUnchanged), to(chat.Waiting)}},
		{chat.BotGaveUp, chat.Agent{}, [4]row{to(chat.Waiting), refused(chat.ErrUnchanged), refused(chat.ErrUnchanged), refused(chat.ErrUnchanged)}},
		{chat.LineFull, chat.Agent{}, [4]row{to(chat.WithBot), refused(chat.ErrUnchanged), refused(chat.ErrUnchanged), to(chat.WithBot)}},
		{chat.AddressFull, chat.Agent{}, [4]row{to(chat.WithBot), refused(chat.ErrUnchanged), refused(chat.ErrUnchanged), to(chat.WithBot)}},
		{chat.Cancelled, chat.Agent{}, [4]row{refused(chat.ErrNotWaiting), to(chat.WithBot), refused(chat.ErrNotWaiting), refused(chat.ErrNotWaiting)}},
		{chat.NobodyCame, chat.Agent{}, [4]row{refused(chat.ErrNotWaiting), to(chat.WithBot), refused(chat.ErrNotWaiting), refused(chat.ErrNotWaiting)}},
		{chat.Taken, grace, [4]row{refused(chat.ErrNotWaiting), to(chat.Live), refused(chat.ErrUnchanged), refused(chat.ErrNotWaiting)}},
		{chat.Taken, linus, [4]row{refused(chat.ErrNotWaiting), to(chat.Live), refused(taken), refused(chat.ErrNotWaiting)}},
		{chat.Assigned, grace, [4]row{refused(chat.ErrNotWaiting), to(chat.Live), refused(chat.ErrUnchanged), refused(chat.ErrNotWaiting)}},
		{chat.Assigned, linus, [4]row{refused(chat.ErrNotWaiting), to(chat.Live), refused(taken), refused(chat.ErrNotWaiting)}},
		{chat.Returned, grace, [4]row{refused(chat.ErrNotLive), refused(chat.ErrNotLive), to(chat.WithBot), refused(chat.ErrNotLive)}},
		{chat.Returned, linus, [4]row{refused(chat.ErrNotLive), refused(chat.ErrNotLive), refused(taken), refused(chat.ErrNotLive)}},
		{chat.Transferred, grace, [4]row{refused(chat.ErrNotLive), refused(chat.ErrNotLive), to(chat.Waiting), refused(chat.ErrNotLive)}},
		{chat.Transferred, linus, [4]row{refused(chat.ErrNotLive), refused(chat.ErrNotLive), refused(taken), refused(chat.ErrNotLive)}},
		{chat.AgentGone, grace, [4]row{refused(chat.ErrNotLive), refused(chat.ErrNotLive), to(chat.Waiting), refused(chat.ErrNotLive)}},
		{chat.AgentGone, linus, [4]row{refused(chat.ErrNotLive), refused(chat.ErrNotLive), refused(taken), refused(chat.ErrNotLive)}},
		{chat.NoAnswer, grace, [4]row{refused(chat.ErrNotLive), refused(chat.ErrNotLive), to(chat.Waiting), refused(chat.ErrNotLive)}},
		{chat.NoAnswer, linus, [4]row{refused(chat.ErrNotLive), refused(chat.ErrNotLive), refused(taken), refused(chat.ErrNotLive)}},
		{chat.ByAgent, grace, [4]row{to(chat.Closed), to(chat.Closed), to(chat.Closed), refused(chat.ErrUnchanged)}},
		{chat.ByAgent, linus, [4]row{to(chat.Closed), to(chat.Closed), refused(taken), refused(chat.ErrUnchanged)}},
		{chat.ByVisitor, chat.Agent{}, [4]row{to(chat.Closed), to(chat.Closed), to(chat.Closed), refused(chat.ErrUnchanged)}},
		{chat.Idle, chat.Agent{}, [4]row{to(chat.Closed), to(chat.Closed), to(chat.Closed), refused(chat.ErrUnchanged)}},
		{chat.SteppedIn, grace, [4]row{to(chat.Live), to(chat.Live), refused(chat.ErrUnchanged), refused(chat.ErrClosed)}},
		{chat.SteppedIn, linus, [4]row{to(chat.Live), to(chat.Live), refused(taken), refused(chat.ErrClosed)}},
		{chat.MissedFull, chat.Agent{}, [4]row{to(chat.WithBot), to(chat.Waiting), refused(chat.ErrNotBot), to(chat.Closed)}},
		{chat.Dealt, grace, [4]row{refused(chat.ErrUnchanged), refused(chat.ErrUnchanged), refused(chat.ErrUnchanged), refused(chat.ErrUnchanged)}},
		{chat.PassedOn, grace, [4]row{refused(chat.ErrNotLive), refused(chat.ErrNotLive), to(chat.Live), refused(chat.ErrNotLive)}},
		{chat.PassedOn, linus, [4]row{refused(chat.ErrNotLive), refused(chat.ErrNotLive), refused(taken), refused(chat.ErrNotLive)}},
		{chat.TakenOver, grace, [4]row{refused(chat.ErrNotLive), refused(chat.ErrNotLive), refused(chat.ErrUnchanged), refused(chat.ErrNotLive)}},
		{chat.TakenOver, linus, [4]row{refused(chat.ErrNotLive), refused(chat.ErrNotLive), to(chat.Live), refused(chat.ErrNotLive)}},
		{"nonsense", grace, [4]row{refused(chat.ErrStep), refused(chat.ErrStep), refused(chat.ErrStep), refused(chat.ErrStep)}},
		{"", grace, [4]row{refused(chat.ErrStep), refused(chat.ErrStep), refused(chat.ErrStep), refused(chat.ErrStep)}},
	} {
		for i, from := range statuses {
			s, want := in(from), c.rows[i]
			next, err := s.Apply(chat.Step{Kind: chat.StateChange, Reason: c.reason, By: c.by, To: mary, At: noon})
			name := string(from) + ", " + string(c.reason) + " by " + c.by.User
			if want.err != nil {
				var t2 *chat.TakenError
				same := errors.Is(err, want.err)
				if want.err == error(taken) {
					same = errors.As(err, &t2) && t2.By == grace
				}
				if !same || next != s {
					t.Errorf("%s: %+v, %v; want it unchanged and refused with %q", name, next, err, want.err)
				}
				continue
			}
			if err != nil || next.Is() != want.to {
				t.Errorf("%s: %s, %v; want %s", name, next.Is(), err, want.to)
			}
			if next.Is() != from && !next.Since.Equal(noon) {
				t.Errorf("%s: since %v, want %v", name, next.Since, noon)
			}
		}
	}
}

// From one team's line into another's a chat is moved by anybody, and into none that it is in.
func TestAWaitingChatChangesItsLine(t *testing.T) {
	moved := func(s chat.State, team string) (chat.State, error) {
		return s.Apply(chat.Step{Kind: chat.StateChange, Reason: chat.Transferred, By: linus, Team: team, At: noon})
	}
	waits := in(chat.Waiting)
	billing, err := moved(waits, "billing2")
	if err != nil || billing.Team() != "billing2" || billing.Is() != chat.Waiting || !billing.Since.Equal(waits.Since) {
		t.Errorf("%+v, %v", billing, err)
	}
	for _, c := range []struct {
		from chat.State
		team string
		want error
	}{{billing, "billing2", chat.ErrUnchanged}, {billing, "", chat.ErrNotLive}, {waits, chat.NoTeam, chat.ErrUnchanged}, {in(chat.WithBot), "billing2", chat.ErrNotLive}, {in(chat.Closed), "billing2", chat.ErrNotLive}} {
		if _, err := moved(c.from, c.team); !errors.Is(err, c.want) {
			t.Errorf("%s of %q to %q: %v", c.from.Is(), c.from.Team(), c.team, err)
		}
	}
	if _, err := moved(in(chat.Live), "billing2"); !errors.As(err, new(*chat.TakenError)) {
		t.Errorf("another's chat: %v", err)
	}
	if back, err := moved(billing, chat.NoTeam); err != nil || back.Team() != "" {
		t.Errorf("into everybody's: %+v, %v", back, err)
	}
}

func TestTheZeroStateIsWithTheBot(t *testing.T) {
	var s chat.State
	if s.Is() != chat.WithBot || !s.BotSpeaks() {
		t.Errorf("%+v is %s", s, s.Is())
	}
}

func TestWhoMaySpeak(t *testing.T) {
	for _, c := range []struct {
		status      chat.Status
		bot         bool
		grace, linu bool
	}{
		{chat.WithBot, true, false, false},
		{chat.Waiting, false, false, false},
		{chat.Live, false, true, false},
		{chat.Closed, true, false, false},
	} {
		s := in(c.status)
		if _, err := s.Apply(chat.Step{Kind: chat.Reply, AnsweredThrough: 11, At: noon}); (err == nil) != c.bot {
			t.Errorf("%s: the bot: %v", c.status, err)
		}
		if _, err := s.Apply(chat.Step{Kind: chat.Say, By: grace, At: noon}); (err == nil) != c.grace {
			t.Errorf("%s: Grace: %v", c.status, err)
		}
		if _, err := s.Apply(chat.Step{Kind: chat.Say, By: linus, At: noon}); (err == nil) != c.linu {
			t.Errorf("%s: Linus: %v", c.status, err)
		}
	}
	if _, err := in(chat.WithBot).Apply(chat.Step{Kind: chat.Message}); !errors.Is(err, chat.ErrStep) {
		t.Errorf("a visitor's message as a step: %v", err)
	}
}

func TestAReplyThatAnnouncesAPersonSilencesTheBotUntilTheChatChanges(t *testing.T) {
	s, err := chat.State{}.Apply(chat.Step{Kind: chat.Reply, AnsweredThrough: 1, At: noon, Handover: true})
	if err != nil || s.BotSpeaks() || s.Is() != chat.WithBot {
		t.Fatalf("%+v, %v", s, err)
	}
	if _, err := s.Apply(chat.Step{Kind: chat.Reply, AnsweredThrough: 2, At: noon}); !errors.Is(err, chat.ErrNotBot) {
		t.Errorf("another reply: %v", err)
	}
	s, err = s.Apply(chat.Step{Kind: chat.StateChange, Reason: chat.BotGaveUp, At: noon})
	if err != nil || s.Handover || s.Is() != chat.Waiting {
		t.Errorf("%+v, %v", s, err)
	}
}

func TestAReplyCoversAMessageOnce(t *testing.T) {
	s, err := chat.State{}.Apply(chat.Step{Kind: chat.Reply, AnsweredThrough: 5, At: noon})
	if err != nil {
		t.Fatal(err)
	}
	for _, through := range []uint64{0, 4, 5} {
		if _, err := s.Apply(chat.Step{Kind: chat.Reply, AnsweredThrough: through, At: noon}); !errors.Is(err, chat.ErrCovered) {
			t.Errorf("a second reply through %d: %v", through, err)
		}
	}
}

func TestWhoWasInterruptedKeepsTheTimeOfAsking(t *testing.T) {
	s, _ := chat.State{}.Apply(chat.Step{Kind: chat.StateChange, Reason: chat.Escalated, At: noon})
	s, _ = s.Apply(chat.Step{Kind: chat.StateChange, Reason: chat.Taken, By: grace, At: noon.Add(time.Minute)})
	s, err := s.Apply(chat.Step{Kind: chat.StateChange, Reason: chat.AgentGone, By: grace, At: noon.Add(time.Hour)})
	if err != nil || !s.Asked.Equal(noon) || !s.Since.Equal(noon.Add(time.Hour)) {
		t.Errorf("asked %v, waiting since %v, %v", s.Asked, s.Since, err)
	}
}

// The line is shared by the address block that asked, so a chat keeps it for as long as
// it is on the desk, and no longer.
func TestAChatKeepsItsSourceWhileItIsOnTheDesk(t *testing.T) {
	const source = "0123456789abcdef"
	step := func(s chat.State, reason chat.Reason, want string) chat.State {
		t.Helper()
		next, err := s.Apply(chat.Step{Kind: chat.StateChange, Reason: reason, By: grace, At: noon, Source: map[bool]string{true: source}[s.Is() == chat.WithBot]})
		if err != nil || next.Source != want {
			t.Errorf("%s: the source is %q, %v", reason, next.Source, err)
		}
		return next
	}
	for _, ask := range []chat.Reason{chat.Escalated, chat.BotGaveUp} {
		waits := step(chat.State{}, ask, source)
		live := step(waits, chat.Taken, source)
		for _, back := range []chat.Reason{chat.Transferred, chat.AgentGone, chat.NoAnswer} {
			step(live, back, source)
		}
		for _, end := range []chat.Reason{chat.Cancelled, chat.NobodyCame, chat.ByAgent, chat.ByVisitor, chat.Idle} {
			step(waits, end, "")
		}
		step(live, chat.Returned, "")
	}
	for _, no := range []chat.Reason{chat.LineFull, chat.AddressFull} {
		step(chat.State{}, no, "")
	}
}

// The bot announced a person, and there is no place in line: it answers again.
func TestADeclinedRequestGivesTheBotItsVoiceBack(t *testing.T) {
	for _, no := range []chat.Reason{chat.LineFull, chat.AddressFull} {
		s, _ := chat.State{}.Apply(chat.Step{Kind: chat.Reply, AnsweredThrough: 1, At: noon, Handover: true})
		s, err := s.Apply(chat.Step{Kind: chat.StateChange, Reason: no, At: noon, RequestsThrough: 3})
		if err != nil || !s.BotSpeaks() || s.Is() != chat.WithBot || s.AnsweredThrough != 1 || s.RequestsThrough != 3 || !s.Asked.IsZero() || !no.Declines() {
			t.Errorf("%s: %+v, %v", no, s, err)
		}
	}
}

// A visitor's address waits for an agent: nothing but an agent's words, or their word that it
// is dealt with, takes the chat off the list, whoever else speaks and whatever else happens.
func TestAMissedChatStaysMissedUntilAnAgentDealsWithIt(t *testing.T) {
	change := func(s chat.State, reason chat.Reason, by chat.Agent) chat.State {
		t.Helper()
		next, err := s.Apply(chat.Step{Kind: chat.StateChange, Reason: reason, By: by, At: noon, Email: "ada@example.com", Left: 12, RequestsThrough: 12, Source: "0123456789abcdef"})
		if err != nil {
			t.Fatalf("%s: %v", reason, err)
		}
		return next
	}
	missed := func(s chat.State) bool {
		request, since := s.Missed()
		return s.IsMissed() && request == 12 && since.Equal(noon)
	}
	for _, from := range []chat.Status{chat.WithBot, chat.Waiting, chat.Closed} {
		s := change(in(from), chat.EmailLeft, chat.Agent{})
		if s.Is() != from || s.Email() != "ada@example.com" || !missed(s) || s.AnsweredThrough != 10 || !s.Since.Equal(in(from).Since) {
			t.Fatalf("%s: %+v", from, s)
		}
		if from == chat.Waiting {
			s = change(s, chat.NobodyCame, chat.Agent{})
		}
		s, err := s.Apply(chat.Step{Kind: chat.Reply, AnsweredThrough: 13, At: noon})
		if err != nil || !missed(s) || s.Source == "" {
			t.Fatalf("%s: the bot spoke: %+v, %v", from, s, err)
		}
		s = change(change(s, chat.Idle, chat.Agent{}), chat.SteppedIn, grace)
		if s.Is() != chat.Live || !missed(s) || s.Asked.IsZero() {
			t.Fatalf("%s: Grace stepped in: %+v", from, s)
		}
		if back := change(change(s, chat.Returned, grace), chat.ByVisitor, chat.Agent{}); !missed(back) {
			t.Errorf("%s: Grace said nothing, and nobody knows of it any more: %+v", from, back)
		}
		if done := change(change(s, chat.Returned, grace), chat.Dealt, linus); done.IsMissed() || done.Source != "" || done.Email() == "" || done.Is() != chat.WithBot {
			t.Errorf("%s: marked as dealt with: %+v", from, done)
		}
		var taken *chat.TakenError
		if _, err := s.Apply(chat.Step{Kind: chat.StateChange, Reason: chat.Dealt, By: linus, At: noon}); !errors.As(err, &taken) {
			t.Errorf("%s: Linus marks what Grace has as dealt with: %v", from, err)
		}
		said, err := s.Apply(chat.Step{Kind: chat.Say, By: grace, At: noon})
		if err != nil || said.IsMissed() || said.Email() != "ada@example.com" {
			t.Errorf("%s: Grace answered: %+v, %v", from, said, err)
		}
	}
}

// The name that the chat began with is still written by other tabs, and by gateways that have
// not heard of the given one.
func TestAGivenNameStaysUntilAnotherIsGiven(t *testing.T) {
	give := func(s chat.State, name string) (chat.State, error) {
		return s.Apply(chat.Step{Kind: chat.StateChange, Reason: chat.NameGiven, At: noon, Visitor: name, RequestsThrough: 12})
	}
	for _, from := range []chat.Status{chat.WithBot, chat.Waiting, chat.Closed} {
		s, err := give(in(from), "Ada")
		if err != nil || s.Visitor != "Ada" || s.Is() != from || !s.Since.Equal(in(from).Since) || s.AnsweredThrough != 10 || s.RequestsThrough != 12 {
			t.Fatalf("%s: %+v, %v", from, s, err)
		}
		if _, err := give(s, "Ada"); err != chat.ErrUnchanged {
			t.Errorf("%s: once more: %v", from, err)
		}
		if s, err = give(s, "Ada L."); err != nil || s.Visitor != "Ada L." {
			t.Errorf("%s: another one: %+v, %v", from, s, err)
		}
		for _, step := range []chat.Step{
			{Kind: chat.StateChange, Reason: chat.SteppedIn, By: grace, At: noon, Visitor: "Visitor"},
			{Kind: chat.Say, By: grace, At: noon, Visitor: "Visitor"},
			{Kind: chat.StateChange, Reason: chat.Returned, By: grace, At: noon, Visitor: "Visitor"},
			{Kind: chat.Reply, AnsweredThrough: 13, At: noon, Visitor: "Visitor"},
		} {
			if s.Is() == chat.Closed { // nobody steps in there
				s, _ = s.Apply(chat.Step{Kind: chat.Reply, AnsweredThrough: 12, At: noon})
			}
			if s, err = s.Apply(step); err != nil || s.Visitor != "Ada L." {
				t.Errorf("%s: after a %s (%s): %+v, %v", from, step.Kind, step.Reason, s, err)
			}
		}
	}
	if _, err := give(in(chat.WithBot), ""); err != chat.ErrStep {
		t.Errorf("no name: %v", err)
	}
	if _, err := give(in(chat.Live), "Ada"); err != chat.ErrNotBot {
		t.Errorf("beside a person: %v", err)
	}
}

func TestAnAddressEndsNoHandover(t *testing.T) {
	s, _ := chat.State{}.Apply(chat.Step{Kind: chat.Reply, AnsweredThrough: 1, At: noon, Handover: true})
	for _, reason := range []chat.Reason{chat.EmailLeft, chat.Dealt, chat.NameGiven} {
		var err error
		if s, err = s.Apply(chat.Step{Kind: chat.StateChange, Reason: reason, By: grace, At: noon, Email: "ada@example.com", Left: 2, Visitor: "Ada"}); err != nil || !s.Handover {
			t.Fatalf("%s: the person who was announced does not come: %+v, %v", reason, s, err)
		}
	}
	if s, err := s.Apply(chat.Step{Kind: chat.StateChange, Reason: chat.BotGaveUp, At: noon}); err != nil || s.Is() != chat.Waiting {
		t.Errorf("%+v, %v", s, err)
	}
}
