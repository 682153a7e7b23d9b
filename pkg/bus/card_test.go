package bus_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
)

// tag adds a tag to a chat's card.
func tag(t *testing.T, c *bus.Conn, id chat.ID, by, word string) (bus.Stored, error) {
	t.Helper()
	return c.ChangeCard(t.Context(), id, func(now chat.Card) (chat.Event, error) {
		next, err := now.Apply(chat.CardEdit{Add: []string{word}})
		return chat.Event{Kind: chat.CardChange, ID: by + "/" + word, From: chat.Speaker{Role: chat.RoleAgent, User: by}, Parts: &chat.Parts{Card: &next}}, err
	})
}

// Many write on one card at once. Each learns of the others: no tag is lost, and every event
// has what the one before it had, and one more.
func TestNothingThatIsWrittenOnACardIsLost(t *testing.T) {
	t.Parallel()
	server, id := bustest.Start(t), chat.NewID()
	const writers, each = 4, 6
	var writing sync.WaitGroup
	begin := make(chan struct{})
	for w := range writers {
		c := server.Connect(fmt.Sprint("escalation ", w))
		writing.Go(func() {
			<-begin
			for i := range each {
				if _, err := tag(t, c, id, fmt.Sprint("agent", w), fmt.Sprint(w, "-", i)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	close(begin)
	writing.Wait()
	c := server.Connect("gateway")
	card, seq, err := c.Card(t.Context(), id)
	if err != nil || len(card.Tags) != writers*each {
		t.Fatalf("the card is %+v, %v; want %d tags", card, err, writers*each)
	}
	events, err := c.RecentCards(t.Context(), id)
	if err != nil || len(events) != writers*each || events[len(events)-1].Seq != seq {
		t.Fatalf("%d changes, %v", len(events), err)
	}
	for i, e := range events {
		if len(e.Card().Tags) != i+1 || i > 0 && !slices.Equal(e.Card().Tags[:i], events[i-1].Card().Tags) {
			t.Errorf("change %d left %q", i, e.Card().Tags)
		}
	}
}

// Somebody writes on the card while another one decides what to make of it: who decides is
// given what the first one made of it, and decides again.
func TestWhoChangesACardLearnsOfWhoWasFirst(t *testing.T) {
	t.Parallel()
	c, id := bustest.Conn(t), chat.NewID()
	var found [][]string
	if _, err := c.ChangeCard(t.Context(), id, func(now chat.Card) (chat.Event, error) {
		if found = append(found, now.Tags); len(found) == 1 {
			if _, err := tag(t, c, id, "ada", "first"); err != nil {
				t.Fatal(err)
			}
		}
		next, err := now.Apply(chat.CardEdit{Add: []string{"second"}})
		return chat.Event{Kind: chat.CardChange, ID: "bob/1", From: chat.Speaker{Role: chat.RoleAgent, User: "bob"}, Parts: &chat.Parts{Card: &next}}, err
	}); err != nil {
		t.Fatal(err)
	}
	if card, _, err := c.Card(t.Context(), id); err != nil || !slices.Equal(card.Tags, []string{"first", "second"}) || len(found) != 2 {
		t.Errorf("the card has %q after it was read as %q (%v)", card.Tags, found, err)
	}
}

// A card has a guard of its own: what is written on it stands in nobody's way who speaks in the
// chat, and the other way round.
func TestACardAndTheChatDontConflict(t *testing.T) {
	t.Parallel()
	c, id := bustest.Conn(t), chat.NewID()
	decided := 0
	if _, err := c.GuardedAppend(t.Context(), id, 0, nil, func(s bus.Snapshot) (chat.Event, error) {
		decided++
		if _, err := tag(t, c, id, "ada", fmt.Sprint(decided)); err != nil {
			t.Fatal(err)
		}
		next, err := s.State.Apply(chat.Step{Kind: chat.Reply, AnsweredThrough: 1, At: time.Now()})
		return chat.Event{Kind: chat.Reply, From: chat.Speaker{Role: chat.RoleBot}, Text: "hello", State: &next}, err
	}); err != nil || decided != 1 {
		t.Errorf("a reply was thought of %d times, %v", decided, err)
	}
	decided = 0
	if _, err := c.ChangeCard(t.Context(), id, func(now chat.Card) (chat.Event, error) {
		decided++
		if _, err := c.AppendIn(t.Context(), visitorSays(id, fmt.Sprint("m", decided), "hello"), nil); err != nil {
			t.Fatal(err)
		}
		next, err := now.Apply(chat.CardEdit{Title: "Hello"})
		return chat.Event{Kind: chat.CardChange, ID: "x", From: chat.Speaker{Role: chat.RoleAgent}, Parts: &chat.Parts{Card: &next}}, err
	}); err != nil || decided != 1 {
		t.Errorf("a title was decided on %d times, %v", decided, err)
	}
}

// A call that is made again, since its answer was lost, changes the card once.
func TestAChangeOfACardIsStoredOnce(t *testing.T) {
	t.Parallel()
	c, id := bustest.Conn(t), chat.NewID()
	first, err := tag(t, c, id, "ada", "refund")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.ChangeCard(t.Context(), id, func(now chat.Card) (chat.Event, error) { // somebody else takes it away
		next, err := now.Apply(chat.CardEdit{Remove: []string{"refund"}})
		return chat.Event{Kind: chat.CardChange, ID: "bob/1", From: chat.Speaker{Role: chat.RoleAgent, User: "bob"}, Parts: &chat.Parts{Card: &next}}, err
	}); err != nil {
		t.Fatal(err)
	}
	again, err := tag(t, c, id, "ada", "refund")
	if err != nil || !again.Duplicate || again.Seq != first.Seq {
		t.Errorf("again: %+v, %v; want the first one's %d", again, err, first.Seq)
	}
	if card, _, err := c.Card(t.Context(), id); err != nil || len(card.Tags) != 0 {
		t.Errorf("the card is %+v, %v", card, err)
	}
	if _, _, err := c.StreamCard(t.Context(), chat.NewID()); !errors.Is(err, bus.ErrNotFound) {
		t.Errorf("of a chat without one: %v", err)
	}
}
