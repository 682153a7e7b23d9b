package escalation_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/codes"
	"github.com/parley-chat/parley/pkg/roles"
)

// Promise 5: a chat has one agent at most. Two agents, from two connections,
// through two replicas, take one chat at the same time.
func TestTwoAgentsTakeOneChatAndOneHasIt(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.work("one", patient())
	s.work("two", patient())
	agents := []chat.Agent{grace, linus}
	conns := []*bus.Conn{s.server.Connect("grace's gateway"), s.server.Connect("linus's gateway")}
	for round := range 50 {
		id := chat.NewID()
		s.ask(id, chat.Escalate)
		s.becomes(id, chat.Waiting)
		var errs [2]error
		var wg sync.WaitGroup
		start := make(chan struct{})
		for i, a := range agents {
			wg.Go(func() {
				<-start
				// The same id: clients may well count from one.
				for again := true; again; again = errors.Is(errs[i], bus.ErrUnavailable) { // no replica serves yet
					_, errs[i] = bus.Call(t.Context(), conns[i], roles.DeskTake, roles.DeskRequest{Chat: id, ID: "1", Agent: a})
				}
			})
		}
		close(start)
		wg.Wait()
		winner, loser := 0, 1
		if errs[0] != nil {
			winner, loser = 1, 0
		}
		var no *bus.Refusal
		if errs[winner] != nil || !errors.As(errs[loser], &no) || no.Code != codes.Taken || !strings.HasPrefix(no.Message, agents[winner].Name+" took this chat ") {
			t.Fatalf("round %d: Grace %v, Linus %v", round, errs[0], errs[1])
		}
		if holder := s.last(id).State.Agent; holder == nil || *holder != agents[winner] {
			t.Fatalf("round %d: %s was told that they have the chat, and %v has it", round, agents[winner].Name, holder)
		}
		if got := s.reasons(id); !slices.Equal(got, []chat.Reason{chat.Escalated, chat.Taken}) {
			t.Fatalf("round %d: the chat went %v", round, got)
		}
		s.refuses(codes.Taken, roles.DeskSay, roles.DeskRequest{Chat: id, Agent: agents[loser], Text: "hello"})
	}
}

// Promise 7, for this role: replicas come and go while visitors ask and agents take
// and hand back chats. No request is lost, and none counts twice.
func TestReplicasMayEndAtAnyMoment(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	const chats = 30
	ids := make([]chat.ID, chats)
	now := s.work("replica 0", patient())
	var ending sync.WaitGroup
	defer ending.Wait()
	for i := range ids {
		ids[i] = chat.NewID()
		s.message(ids[i], "hello")
		s.ask(ids[i], chat.Escalate)
		if i%2 == 1 {
			s.ask(ids[i], chat.Cancel)
			s.ask(ids[i], chat.Escalate)
		}
		if i%10 == 9 {
			was := now
			now = s.work(fmt.Sprint("replica ", i), patient())
			ending.Go(was.crash) // requests go on meanwhile
		}
	}
	for i, id := range ids {
		want := []chat.Reason{chat.Escalated}
		if i%2 == 1 {
			want = append(want, chat.Cancelled, chat.Escalated)
		}
		bustest.Eventually(t, fmt.Sprintf("chat %d went %v", i, want), func() bool { return slices.Equal(s.reasons(id), want) })
		s.listed(id, chat.Waiting)
		s.must(roles.DeskTake, id, grace, "")
		s.must(roles.DeskSay, id, grace, "hello")
		s.must(roles.DeskReturn, id, grace, "")
		s.unlisted(id)
		if got, want := s.reasons(id), append(want, chat.Taken, chat.Returned); !slices.Equal(got, want) {
			t.Errorf("chat %d went %v, want %v", i, got, want)
		}
	}
}

// What an agent says is stored once, whatever happens around it in the chat, and in
// the order in which it was said.
func TestWhatAnAgentSaysIsStoredOnceAndInOrder(t *testing.T) {
	t.Parallel()
	s, id := newStage(t), chat.NewID()
	s.work("one", patient())
	s.work("two", patient())
	s.ask(id, chat.Escalate)
	s.becomes(id, chat.Waiting)
	s.must(roles.DeskTake, id, grace, "")
	const words = 40
	var wg sync.WaitGroup
	wg.Go(func() { // the visitor writes all the while
		for i := range words {
			s.message(id, fmt.Sprint("visitor ", i))
		}
	})
	for i := range words {
		req := roles.DeskRequest{Chat: id, ID: fmt.Sprint("say", i), Agent: grace, Text: fmt.Sprint(i)}
		var again sync.WaitGroup
		for range 3 { // at the same time, through either replica
			again.Go(func() {
				if _, err := s.call(roles.DeskSay, req); err != nil {
					t.Error(err)
				}
			})
		}
		again.Wait()
	}
	wg.Wait()
	tail, err := s.conn.TailOf(t.Context(), id, 0, chat.RoleVisitor)
	if err != nil {
		t.Fatal(err)
	}
	next := 0
	for _, e := range tail.Events {
		if e.Kind == chat.Say {
			if e.Text != fmt.Sprint(next) {
				t.Fatalf("after %d things said comes %q", next, e.Text)
			}
			next++
		}
	}
	if next != words {
		t.Errorf("%d messages of the agent's are stored, want %d", next, words)
	}
}
