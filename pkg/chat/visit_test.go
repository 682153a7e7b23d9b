package chat_test

import (
	"encoding/json"
	"os"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/parley-chat/parley/pkg/chat"
)

// visitCase is a log in a few words, with the visit of each event and what each visit came to.
// The console's tests read the same file.
type visitCase struct {
	Name   string
	Piece  bool // not from the log's beginning
	Events []struct {
		Kind   chat.Kind
		What   chat.RequestKind
		Score  int
		Status chat.Status
		Visit  uint64
		Reason chat.Reason
		Agent  string
	}
	Visits   []uint64
	Outcomes map[uint64]chat.Outcome
	Scores   map[uint64]int
}

// events are the log of the case, a minute apart.
func (c visitCase) events() []chat.Event {
	speaks := map[chat.Kind]chat.Role{chat.Message: chat.RoleVisitor, chat.Request: chat.RoleVisitor, chat.Reply: chat.RoleBot, chat.Say: chat.RoleAgent, chat.Note: chat.RoleAgent, chat.StateChange: chat.RoleSystem}
	events := make([]chat.Event, len(c.Events))
	for i, e := range c.Events {
		events[i] = chat.Event{Seq: uint64(i + 1), At: noon.Add(time.Duration(i) * time.Minute), Kind: e.Kind, From: chat.Speaker{Role: speaks[e.Kind]}, Request: e.What, Score: e.Score, Reason: e.Reason}
		if e.Status != "" {
			events[i].State = &chat.State{Status: e.Status, Visit: e.Visit}
			if e.Agent != "" {
				events[i].State.Agent = &chat.Agent{User: "grace", Name: e.Agent}
			}
		}
	}
	return events
}

func TestEachEventBelongsToOneVisitWhichHasOneOutcome(t *testing.T) {
	data, err := os.ReadFile("testdata/visits.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []visitCase
	if err := json.Unmarshal(data, &cases); err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			events := c.events()
			visits := chat.VisitsOf(events)
			if !slices.Equal(visits, c.Visits) {
				t.Fatalf("the events are of the visits %d, want %d", visits, c.Visits)
			}
			if !c.Piece {
				var whole chat.Visits
				for i := range events {
					if n := whole.Of(&events[i]); n != c.Visits[i] {
						t.Errorf("read from the beginning, event %d is of visit %d, want %d", i+1, n, c.Visits[i])
					}
				}
			}
			for number, want := range c.Outcomes {
				of := slices.Index(visits, number)
				end := of + 1
				for end < len(visits) && visits[end] == number {
					end++
				}
				got := chat.VisitFrom(number, events[of:end])
				if got.Outcome != want || got.Score != c.Scores[number] || got.Number != number || !got.Began.Equal(events[of].At) || got.Ended.IsZero() != (want == chat.Going) {
					t.Errorf("visit %d came to %+v, want %s and the score %d", number, got, want, c.Scores[number])
				}
			}
		})
	}
}

// Whatever is tried in a chat, in whatever order it is stored: visits follow one another
// without a gap, the state's number is the log's, or that of the visit before whose end is all
// that its writer knew of, and nothing that is after a close and opens the chat is of the
// visit that was closed.
func TestVisitsFollowOneAnother(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s chat.State
		var v chat.Visits
		var before uint64
		var log []chat.Event
		closed := false
		for i := range rapid.IntRange(1, 80).Draw(t, "events") {
			e := chat.Event{Seq: uint64(i + 1), Kind: chat.Message, From: chat.Speaker{Role: chat.RoleVisitor}}
			switch rapid.IntRange(0, 5).Draw(t, "what") {
			case 0:
			case 1:
				e.Kind, e.Request = chat.Request, rapid.SampledFrom([]chat.RequestKind{chat.Escalate, chat.Rate, chat.Close, chat.LeaveEmail}).Draw(t, "request")
			case 2:
				e.Kind = chat.Note
			default:
				step := anyStep(t)
				if step.Kind == chat.Reply {
					step.AnsweredThrough = s.AnsweredThrough + 1
				}
				next, err := s.Apply(step)
				if err != nil {
					continue
				}
				e.Kind, e.Reason, e.State, s = step.Kind, step.Reason, &next, next
			}
			n := v.Of(&e)
			if n < before || n > before+1 || n == 0 {
				t.Fatalf("event %d is of visit %d, and the one before it of %d", e.Seq, n, before)
			}
			if e.State != nil && n != e.State.Visit && n != e.State.Visit+1 {
				t.Fatalf("event %d is of visit %d, and its state of %d", e.Seq, n, e.State.Visit)
			}
			opens := e.Kind == chat.Message || e.Request == chat.Escalate || e.State != nil && e.State.Is() != chat.Closed
			if raised := n > before; raised != (before == 0 || closed && opens) {
				t.Fatalf("event %d (%s %s%s) is of visit %d after %d; closed: %t", e.Seq, e.Kind, e.Request, e.Reason, n, before, closed)
			}
			closed = closed && !opens || e.State != nil && e.State.Is() == chat.Closed && n == e.State.Visit
			before = n
			log = append(log, e)
		}
		open, at := chat.SinceClosed(log), -1
		for i, e := range log {
			if e.State != nil && e.State.Is() == chat.Closed {
				at = i
			}
		}
		after := log[at+1:]
		if len(open) < len(after) || len(after) > 0 && open[len(open)-1].Seq != after[len(after)-1].Seq {
			t.Fatalf("%d events follow the last close, and %d are there", len(after), len(open))
		}
		for _, e := range open[:len(open)-len(after)] {
			if e.Kind != chat.Message || e.Seq <= log[at].State.AnsweredThrough {
				t.Fatalf("event %d is there, from before the last close, and is no open question", e.Seq)
			}
		}
	})
}

// What nobody had answered when the chat was closed is answered after it, and is told with that.
func TestAnOpenQuestionIsAmongWhatFollowsAClose(t *testing.T) {
	message := func(seq uint64) chat.Event { return chat.Event{Seq: seq, Kind: chat.Message} }
	state := func(seq, through uint64, kind chat.Kind, status chat.Status) chat.Event {
		return chat.Event{Seq: seq, Kind: kind, State: &chat.State{Status: status, AnsweredThrough: through}}
	}
	log := []chat.Event{message(1), state(2, 1, chat.Reply, chat.WithBot), message(3), {Seq: 4, Kind: chat.Request, Request: chat.Close}, state(5, 1, chat.StateChange, chat.Closed), state(6, 3, chat.Reply, chat.WithBot), message(7)}
	var seqs []uint64
	for _, e := range chat.SinceClosed(log) {
		seqs = append(seqs, e.Seq)
	}
	if !slices.Equal(seqs, []uint64{3, 6, 7}) {
		t.Errorf("the events %d follow the close, want the open question, its answer and what came then", seqs)
	}
}
