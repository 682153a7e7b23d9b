package check

import (
	"slices"
	"testing"

	"github.com/parley-chat/parley/test/load/internal/history"
)

func botReply(through uint64, status string) history.Event {
	return history.Event{Kind: "reply", Role: "bot", Name: "Parley bot", Text: "again", Status: status, Through: through}
}

func stateBy(user, reason, status, agent string, through uint64) history.Event {
	e := history.Event{Kind: "state", Role: "system", Reason: reason, Status: status, Agent: agent, Through: through}
	if user != "" {
		e.User, e.Role = user, "agent"
	}
	return e
}

func faultsOfAnswers() []fault {
	return []fault{
		{"a message has two replies", AnsweredTwice, func(t *testing.T, r *run) uint64 {
			first := r.kind(t, "reply", 0)
			return r.insert(first.Seq, botReply(first.Through, withBot))
		}},
		{"a reply covers no message", CoversNothing, func(t *testing.T, r *run) uint64 {
			first := r.kind(t, "reply", 0)
			return r.insert(first.Seq, botReply(first.Seq, withBot))
		}},
		{"through falls", ThroughFalls, func(t *testing.T, r *run) uint64 {
			seq := r.id(t, "s2").Seq
			r.everywhere(seq, func(e *history.Event) { e.Through = 1 })
			return seq
		}},
		{"a reply covers what was not said yet", ThroughAhead, func(t *testing.T, r *run) uint64 {
			seq := r.kind(t, "reply", 0).Seq
			r.everywhere(seq, func(e *history.Event) { e.Through = seq + 1 })
			return seq
		}},
		{"a message has no reply", Unanswered, func(t *testing.T, r *run) uint64 {
			r.unanswer(r.kind(t, "reply", 5).Seq)
			return r.id(t, "m9").Seq
		}},
		{"a chat is closed over a message to the bot", Unanswered, func(t *testing.T, r *run) uint64 {
			m9 := r.id(t, "m9")
			last := r.kind(t, "reply", 5).Seq
			r.everywhere(last, func(e *history.Event) {
				*e = history.Event{Chat: e.Chat, Seq: e.Seq, Prev: e.Prev, At: e.At, Kind: "state", Role: "system", Reason: "idle", Status: closed, Through: m9.Seq}
			})
			return m9.Seq
		}},
		{"a call for a person leads to nothing", Undecided, func(t *testing.T, r *run) uint64 {
			r.unanswer(r.kind(t, "reply", 5).Seq) // events after the call are for the person who comes
			seq := r.id(t, "z1").Seq
			r.everywhere(seq, func(e *history.Event) { e.What = "escalate" })
			r.clients["ada1"][r.find(t, "ada1", func(e history.Entry) bool { return e.ID == "z1" && e.Op == history.Send })].What = "escalate"
			return seq
		}},
		{"an address is kept that nobody left", Forgotten, func(t *testing.T, r *run) uint64 {
			seq := r.kind(t, "reply", 0).Seq
			for _, log := range [][]history.Event{r.stream, r.store} {
				log[slices.IndexFunc(log, func(e history.Event) bool { return e.Seq == seq })].Missed = 1
			}
			return seq
		}},
		{"a visitor is called what nobody said", Misnamed, func(t *testing.T, r *run) uint64 {
			seq := r.kind(t, "reply", 0).Seq
			for _, log := range [][]history.Event{r.stream, r.store} {
				log[slices.IndexFunc(log, func(e history.Event) bool { return e.Seq == seq })].Called = "Bea"
			}
			return seq
		}},
		{"a visit is skipped", Miscounted, func(t *testing.T, r *run) uint64 {
			seq := r.kind(t, "reply", 0).Seq
			for _, e := range slices.Clone(r.stream) {
				if e.Chat == chatA && e.Status != "" && e.Seq >= seq {
					r.everywhere(e.Seq, func(e *history.Event) {
						if e.Visit > 0 { // visitors aren't told
							e.Visit++
						}
					})
				}
			}
			return seq
		}},
		{"a request for a person is declined that nobody made", DecidedTwice, func(t *testing.T, r *run) uint64 {
			first := r.kind(t, "reply", 0)
			return r.insert(first.Seq, stateBy("", "line_full", withBot, "", first.Through))
		}},
	}
}

func faultsOfVoices() []fault {
	return []fault{
		{"a reply while the chat waits", ReplyOutOfTurn, func(t *testing.T, r *run) uint64 {
			m6 := r.id(t, "m6").Seq
			return r.insert(m6, botReply(m6, waiting))
		}},
		{"a reply while a person speaks", ReplyOutOfTurn, func(t *testing.T, r *run) uint64 {
			m7 := r.id(t, "m7").Seq
			e := botReply(m7, live)
			e.Agent = "BOB"
			seq := r.insert(m7, e)
			r.everywhere(r.id(t, "s2").Seq, func(e *history.Event) { e.Through = m7 })
			return seq
		}},
		{"words of an agent who has not the chat", ForeignSay, func(t *testing.T, r *run) uint64 {
			seq := r.id(t, "s1").Seq
			call(t, r, "s1", "cy", "say")
			r.everywhere(seq, func(e *history.Event) { e.Name = "CY" })
			return seq
		}},
		{"words of an agent in a chat with the bot", ForeignSay, func(t *testing.T, r *run) uint64 {
			e := history.Event{Kind: "say", Role: "agent", User: "cy", Name: "CY", ID: "s9", Text: "hey", Status: withBot}
			e.Through = r.kind(t, "reply", 0).Through
			seq := r.insert(r.kind(t, "reply", 0).Seq, e)
			r.clients["cy"] = append(r.clients["cy"], history.Entry{At: 1, Client: "cy", Op: history.Call, Chat: chatA, ID: "s9", What: "say", Text: "hey"})
			return seq
		}},
		{"two agents take one chat", TakenTwice, func(t *testing.T, r *run) uint64 {
			taken := r.reason(t, "taken")
			return r.insert(taken.Seq, stateBy("", "assigned", live, "CY", taken.Through))
		}},
		{"a chat is taken that nobody waits in", Transition, func(t *testing.T, r *run) uint64 {
			seq, m9 := r.kind(t, "reply", 4).Seq, r.kind(t, "reply", 5)
			r.everywhere(seq, func(e *history.Event) {
				*e = history.Event{Chat: e.Chat, Seq: e.Seq, Prev: e.Prev, At: e.At, Kind: "state", Role: "system", Reason: "assigned", Status: live, Agent: "CY", Through: e.Through}
			})
			r.everywhere(m9.Seq, func(e *history.Event) {
				*e = history.Event{Chat: e.Chat, Seq: e.Seq, Prev: e.Prev, At: e.At, Kind: "state", Role: "system", Reason: "by_visitor", Status: closed, Through: e.Through}
			})
			return seq
		}},
		{"an agent hands back another's chat", Transition, func(t *testing.T, r *run) uint64 {
			seq := r.id(t, "r1").Seq
			call(t, r, "r1", "cy", "return")
			r.everywhere(seq, func(e *history.Event) { e.Name = "CY" })
			return seq
		}},
		{"a change tells another state", StatusAfter, func(t *testing.T, r *run) uint64 {
			seq := r.id(t, "r1").Seq
			r.everywhere(seq, func(e *history.Event) { e.Status = closed })
			return seq
		}},
	}
}

// call attributes one of bob's calls to another agent.
func call(t *testing.T, r *run, id, user, what string) {
	t.Helper()
	i := r.find(t, "bob", func(e history.Entry) bool { return e.ID == id && e.Op == history.Call })
	seq := r.id(t, id).Seq
	sent := r.clients["bob"][i]
	ack := r.find(t, "bob", func(e history.Entry) bool { return e.ID == id && e.Op == history.Ack })
	acked := r.clients["bob"][ack]
	r.forget("bob", ack)
	r.forget("bob", i)
	sent.Client, acked.Client = user, user
	r.clients[user] = append(r.clients[user], sent, acked)
	for _, events := range [][]history.Event{r.stream, r.store} {
		for i := range events {
			if events[i].Seq == seq {
				events[i].User = user
			}
		}
	}
	for _, entries := range r.clients {
		for _, e := range entries {
			if e.Event != nil && e.Event.Seq == seq && e.Event.User != "" {
				e.Event.User = user
			}
			for i := range e.Events {
				if e.Events[i].Seq == seq && e.Events[i].User != "" {
					e.Events[i].User = user
				}
			}
		}
	}
}
