package escalation_test

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/codes"
	"github.com/parley-chat/parley/pkg/desk"
	"github.com/parley-chat/parley/pkg/rights"
	"github.com/parley-chat/parley/pkg/roles"
	"github.com/parley-chat/parley/pkg/teams"
)

// live returns a chat that the agent has.
func (s *stage) live(with chat.Agent) chat.ID {
	s.Helper()
	id := s.waits()
	s.must(roles.DeskTake, id, with, "")
	return id
}

// waits returns a chat that waits for a person.
func (s *stage) waits() chat.ID {
	s.Helper()
	id := chat.NewID()
	s.message(id, "hello")
	s.ask(id, chat.Escalate)
	s.becomes(id, chat.Waiting)
	return id
}

func (s *stage) notes(id chat.ID) (texts []string) {
	s.Helper()
	tail, err := s.conn.TailOf(s.Context(), id, 0, chat.RoleAgent)
	if err != nil {
		s.Fatal(err)
	}
	for _, e := range tail.Events {
		if e.Kind == chat.Note && e.From.Role == chat.RoleAgent {
			texts = append(texts, e.From.Name+": "+e.Text)
		}
	}
	return texts
}

// comes waits until replicas know that the agent is online.
func (s *stage) comes(a chat.Agent) {
	s.Helper()
	s.online(a)
	probe := s.live(chat.Agent{User: "probe", Name: "Probe"})
	bustest.Eventually(s, a.Name+" is known to be online", func() bool {
		_, err := s.call(roles.DeskPassOn, roles.DeskRequest{Chat: probe, Agent: chat.Agent{User: "probe", Name: "Probe"}, To: a})
		return err == nil
	})
	s.must(roles.DeskClose, probe, a, "")
}

func TestAChatIsPassedOnWithItsNote(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.work("one", patient())
	s.comes(linus)
	id := s.live(grace)
	asked := s.last(id).State.Asked
	req := roles.DeskRequest{Chat: id, ID: "p1", Agent: grace, To: linus, Text: "  wants a refund  "}
	seq, err := s.call(roles.DeskPassOn, req)
	if err != nil {
		t.Fatal(err)
	}
	now := s.last(id)
	if a := now.State.Agent; now.Out != seq || a == nil || *a != linus || !now.State.Asked.Equal(asked) {
		t.Errorf("at %d: %+v", now.Out, now.State)
	}
	changes := s.changes(id)
	if last := changes[len(changes)-1]; last.Reason != chat.PassedOn || last.From.User != "grace" || last.Text != "Grace passed the chat on to Linus." {
		t.Errorf("the change: %+v", last)
	}
	// The answer was lost, and the call is made again: all of it was done.
	for range 2 {
		if again, err := s.call(roles.DeskPassOn, req); err != nil || again != seq {
			t.Errorf("again: %d, %v; want %d", again, err, seq)
		}
	}
	if notes := s.notes(id); len(notes) != 1 || notes[0] != "Grace: wants a refund" {
		t.Errorf("notes: %q", notes)
	}
	s.refuses(codes.Taken, roles.DeskSay, roles.DeskRequest{Chat: id, Agent: grace, Text: "one more thing"})
	s.must(roles.DeskSay, id, linus, "hello")
}

// A replica dies between the note and the change: the call is made again, at another one.
func TestAPassOnThatWasCutOffBehindItsNoteIsFinishedOnce(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.work("one", patient())
	s.comes(linus)
	id := s.live(grace)
	note := chat.Event{Chat: id, Kind: chat.Note, ID: "grace/p1+note", Text: "wants a refund", From: chat.Speaker{Role: chat.RoleAgent, Name: "Grace", User: "grace"}}
	if _, err := s.conn.Append(t.Context(), note); err != nil {
		t.Fatal(err)
	}
	if _, err := s.call(roles.DeskPassOn, roles.DeskRequest{Chat: id, ID: "p1", Agent: grace, To: linus, Text: "wants a refund"}); err != nil {
		t.Fatal(err)
	}
	if notes, holder := s.notes(id), s.last(id).State.Agent; len(notes) != 1 || *holder != linus {
		t.Errorf("notes %q, with %+v", notes, holder)
	}
}

func TestNobodyIsGivenAChatWhoCantTakeIt(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	opts := patient()
	opts.Capacity = 2
	s.work("one", opts)
	s.comes(linus)
	mary := chat.Agent{User: "mary", Name: "Mary"}
	id, waiting := s.live(grace), s.waits()
	pass := func(to chat.Agent) roles.DeskRequest {
		return roles.DeskRequest{Chat: id, Agent: grace, Role: rights.Supervisor, To: to, Text: "a note"}
	}
	give := pass(mary)
	give.Chat = waiting
	for what, c := range map[string]struct {
		no   *bus.Refusal
		says string
	}{
		"offline":             {s.refuses(codes.NotAvailable, roles.DeskPassOn, pass(mary)), "Mary isn’t online. Pass the chat on to someone else, or return it to the queue."},
		"assigned to offline": {s.refuses(codes.NotAvailable, roles.DeskAssign, give), "Mary isn’t online. Choose someone else, or leave it in the queue."},
		"oneself":             {s.refuses(codes.NotAvailable, roles.DeskPassOn, pass(grace)), "You have this chat already. Choose someone else, or the queue."},
		"nobody":              {s.refuses(codes.BadText, roles.DeskPassOn, pass(chat.Agent{})), "This call does not say who gets the chat."},
	} {
		if c.no.Message != c.says {
			t.Errorf("%s: %q", what, c.no.Message)
		}
	}
	for range 2 {
		s.listed(s.live(linus), chat.Live)
	}
	bustest.Eventually(t, "it is seen that Linus has two", func() bool {
		_, err := s.call(roles.DeskPassOn, pass(linus))
		return err != nil && strings.HasPrefix(err.Error(), "Linus has 2 of 2 chats already.")
	})
	presence, err := bus.OpenBucket[struct{}](t.Context(), s.conn, bus.PresenceBucket)
	if err != nil {
		t.Fatal(err)
	}
	if err := presence.Delete(t.Context(), "linus"); err != nil {
		t.Fatal(err)
	}
	bustest.Eventually(t, "it is seen that Linus left", func() bool {
		_, err := s.call(roles.DeskPassOn, pass(linus))
		return err != nil && strings.HasPrefix(err.Error(), "Linus has just left.")
	})
	if notes := s.notes(id); len(notes) != 0 {
		t.Errorf("of refused tries there are notes: %q", notes)
	}
	if holder := s.last(id).State.Agent; *holder != grace {
		t.Errorf("%+v has the chat", holder)
	}
}

func TestASupervisorAssignsAndTakesOver(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.work("one", patient())
	s.comes(linus)
	ada := chat.Agent{User: "ada", Name: "Ada"}
	id := s.waits()
	req := roles.DeskRequest{Chat: id, ID: "a1", Agent: ada, Role: rights.Supervisor, To: linus}
	seq, err := s.call(roles.DeskAssign, req)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := s.call(roles.DeskAssign, req); err != nil || again != seq && again != 0 {
		t.Errorf("assigned again: %d, %v; want %d", again, err, seq)
	}
	changes := s.changes(id)
	if last := changes[len(changes)-1]; last.Reason != chat.Assigned || last.From.User != "ada" || *last.State.Agent != linus || last.Text != "Linus joined the chat." {
		t.Errorf("the change: %+v", last)
	}
	// Whoever directs a chat does not speak in it.
	s.refuses(codes.Taken, roles.DeskSay, roles.DeskRequest{Chat: id, Agent: ada, Role: rights.Supervisor, Text: "hello"})
	over := roles.DeskRequest{Chat: id, ID: "o1", Agent: ada, Role: rights.Supervisor}
	if seq, err = s.call(roles.DeskTakeOver, over); err != nil {
		t.Fatal(err)
	}
	if again, err := s.call(roles.DeskTakeOver, over); err != nil || again != seq && again != 0 {
		t.Errorf("taken over again: %d, %v; want %d", again, err, seq)
	}
	changes = s.changes(id)
	if last := changes[len(changes)-1]; last.Seq != seq || last.Reason != chat.TakenOver || last.From.User != "ada" || *last.State.Agent != ada || last.Text != "Ada took over from Linus." {
		t.Errorf("the change: %+v", last)
	}
	s.refuses(codes.Taken, roles.DeskSay, roles.DeskRequest{Chat: id, Agent: linus, Text: "hello"})
	s.must(roles.DeskSay, id, ada, "hello")
	s.refuses(codes.NotLive, roles.DeskTakeOver, roles.DeskRequest{Chat: s.waits(), Agent: ada, Role: rights.Supervisor})
}

// Whoever acts on what is no longer so reads what happened, and when.
func TestARefusalSaysWhatHappenedToTheChat(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.work("one", patient())
	s.comes(linus)
	id := s.live(grace)
	when := ` (just now|\d+ (s|min) ago)\.$`
	says := func(no *bus.Refusal, what string) {
		t.Helper()
		if !regexp.MustCompile("^" + regexp.QuoteMeta(what) + when).MatchString(no.Message) {
			t.Errorf("%q, want %q and when", no.Message, what)
		}
	}
	says(s.refuses(codes.Taken, roles.DeskTake, roles.DeskRequest{Chat: id, Agent: linus}), "Grace took this chat")
	if _, err := s.call(roles.DeskPassOn, roles.DeskRequest{Chat: id, Agent: grace, To: linus}); err != nil {
		t.Fatal(err)
	}
	says(s.refuses(codes.Taken, roles.DeskPassOn, roles.DeskRequest{Chat: id, Agent: grace, To: linus}), "Grace passed this chat on to Linus")
	s.must(roles.DeskReturn, id, linus, "")
	says(s.refuses(codes.NotLive, roles.DeskPassOn, roles.DeskRequest{Chat: id, Agent: linus, To: grace}), "Linus returned this chat to the bot")
	s.ask(id, chat.Close)
	s.becomes(id, chat.Closed)
	says(s.refuses(codes.NotLive, roles.DeskSay, roles.DeskRequest{Chat: id, Agent: linus, Text: "x"}), "The visitor closed this chat")
}

// Each call is refused that the role may not make, where the append is made: whatever the
// gateway let through.
func TestNoRoleDoesWhatItMayNot(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.work("one", patient())
	s.comes(linus)
	id := s.live(grace)
	n := 0
	for _, role := range append([]rights.Role{"", "wizard"}, rights.Roles...) {
		for ep, act := range map[endpoint]rights.Act{
			roles.DeskTake: rights.Answer, roles.DeskStepIn: rights.Answer, roles.DeskDealt: rights.Answer, roles.DeskSay: rights.Answer, roles.DeskReturn: rights.Answer,
			roles.DeskTransfer: rights.Answer, roles.DeskClose: rights.Answer, roles.DeskPassOn: rights.Answer, roles.DeskNote: rights.Annotate,
			roles.DeskAssign: rights.Assign, roles.DeskTakeOver: rights.TakeOver,
		} {
			if role.May(act) {
				continue
			}
			n++
			no := s.refuses(codes.NotAllowed, ep, roles.DeskRequest{Chat: id, ID: fmt.Sprint("n", n), Agent: grace, Role: role, To: linus, Text: "x"})
			if no.Message != rights.Refusal(act) {
				t.Errorf("%s by a %q: %q", ep.Name, role, no.Message)
			}
		}
	}
	if n < 11+11+2+2 {
		t.Errorf("only %d tries", n)
	}
	var no *bus.Refusal
	_, err := bus.Call(t.Context(), s.conn, roles.DeskCard, roles.CardRequest{Chat: id, ID: "c", Agent: grace, Role: rights.Reader, Edit: chat.CardEdit{Add: []string{"x"}}})
	if no = asRefusal(err); no == nil || no.Code != codes.NotAllowed {
		t.Errorf("a reader's card: %v", err)
	}
	_, err = bus.Call(t.Context(), s.conn, roles.DeskCloseSource, roles.SourceRequest{Source: "x", ID: "c", Agent: grace, Role: rights.Reader})
	if no = asRefusal(err); no == nil || no.Code != codes.NotAllowed {
		t.Errorf("a reader closes an address: %v", err)
	}
	if holder := s.last(id).State.Agent; holder == nil || *holder != grace || len(s.notes(id)) != 0 {
		t.Errorf("something was done: %+v", s.last(id).State)
	}
}

func asRefusal(err error) (no *bus.Refusal) {
	errors.As(err, &no)
	return no
}

func TestAChatIsPassedOnToATeam(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.work("one", patient())
	ids := s.teams(teams.Team{Name: "Billing", Members: []string{"linus"}}, teams.Team{Name: "Sales", Members: []string{"linus"}})
	id := s.live(grace)
	asked := s.last(id).State.Asked
	var seq uint64
	req := roles.DeskRequest{Chat: id, ID: "p1", Agent: grace, Team: ids["Billing"], Text: "an invoice"}
	bustest.Eventually(t, "the team is known", func() (ok bool) {
		var err error
		seq, err = s.call(roles.DeskPassOn, req)
		return err == nil
	})
	now := s.last(id)
	if now.Out != seq || now.State.Is() != chat.Waiting || now.State.Team() != ids["Billing"] || !now.State.Asked.Equal(asked) {
		t.Errorf("at %d: %+v", now.Out, now.State)
	}
	changes := s.changes(id)
	if last := changes[len(changes)-1]; last.Reason != chat.Transferred || last.From.User != "grace" || last.Text != "Grace passed the chat on to Billing." {
		t.Errorf("the change: %+v", last)
	}
	if again, err := s.call(roles.DeskPassOn, req); err != nil || again != seq {
		t.Errorf("again: %d, %v; want %d", again, err, seq)
	}
	if notes := s.notes(id); len(notes) != 1 || notes[0] != "Grace: an invoice" {
		t.Errorf("notes: %q", notes)
	}
	general := s.live(grace)
	if _, err := s.call(roles.DeskPassOn, roles.DeskRequest{Chat: general, Agent: grace, Team: chat.NoTeam, Text: "for anybody"}); err != nil || s.last(general).State.Is() != chat.Waiting || len(s.notes(general)) != 1 {
		t.Errorf("to everybody: %v, %+v", err, s.last(general).State)
	}
	other := s.live(grace)
	no := s.refuses(codes.NotAvailable, roles.DeskPassOn, roles.DeskRequest{Chat: other, Agent: grace, Team: "gonegone", Text: "x"})
	if no.Message != "That team isn’t there any more. Choose another one, or return the chat to the queue." || len(s.notes(other)) != 0 {
		t.Errorf("to no team: %q, with the notes %q", no.Message, s.notes(other))
	}
}

// A chat that waits goes from one line into another, with a note, by anybody who answers; it
// keeps its time, and the limit of the wait.
func TestAWaitingChatIsMovedIntoAnotherLine(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.work("one", patient())
	ids := s.teams(teams.Team{Name: "Billing", Members: []string{"linus"}}, teams.Team{Name: "Sales", Members: []string{"linus"}})
	id := s.waits()
	before := s.last(id).State
	to := func(team string) roles.DeskRequest {
		return roles.DeskRequest{Chat: id, ID: "to-" + team, Agent: grace, Team: team}
	}
	var seq uint64
	bustest.Eventually(t, "the team is known", func() bool {
		req := to(ids["Billing"])
		req.Text = "an invoice"
		var err error
		seq, err = s.call(roles.DeskPassOn, req)
		return err == nil
	})
	now := s.last(id)
	if now.Out != seq || now.State.Is() != chat.Waiting || now.State.Team() != ids["Billing"] || !now.State.Asked.Equal(before.Asked) || !now.State.Since.Equal(before.Since) {
		t.Errorf("moved at %d: %+v, before %+v", now.Out, now.State, before)
	}
	s.listed(id, chat.Waiting, func(e *desk.Entry) bool { return e.Team == ids["Billing"] })
	if again, err := s.call(roles.DeskPassOn, to(ids["Billing"])); err != nil || again != seq {
		t.Errorf("again: %d, %v; want %d", again, err, seq)
	}
	req := to(ids["Billing"])
	req.ID, req.Text = "once-more", "twice"
	if no := s.refuses(codes.NotAvailable, roles.DeskPassOn, req); no.Message != "This chat is in that line already." {
		t.Errorf("into its own line: %q", no.Message)
	}
	s.refuses(codes.NotAvailable, roles.DeskPassOn, to("gonegone"))
	if _, err := s.call(roles.DeskPassOn, to(chat.NoTeam)); err != nil || s.last(id).State.Team() != "" {
		t.Errorf("into everybody's line: %v, %+v", err, s.last(id).State)
	}
	s.refuses(codes.NotAvailable, roles.DeskPassOn, roles.DeskRequest{Chat: id, ID: "again", Agent: grace, Team: chat.NoTeam})
	if notes := s.notes(id); len(notes) != 1 || notes[0] != "Grace: an invoice" {
		t.Errorf("notes: %q", notes)
	}
	reader := to(ids["Sales"])
	reader.Role = rights.Reader
	s.refuses(codes.NotAllowed, roles.DeskPassOn, reader)
	s.must(roles.DeskTake, id, linus, "")
	if no := s.refuses(codes.Taken, roles.DeskPassOn, to(ids["Sales"])); !strings.HasPrefix(no.Message, "Linus took this chat ") {
		t.Errorf("one that was taken: %q", no.Message)
	}
	s.must(roles.DeskClose, id, linus, "")
	s.refuses(codes.NotLive, roles.DeskPassOn, to(ids["Sales"]))
}
