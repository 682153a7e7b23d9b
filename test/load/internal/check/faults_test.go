package check

import (
	"slices"
	"testing"

	"github.com/parley-chat/parley/test/load/internal/history"
)

// fault spoils a good history in one way. do returns the sequence that the evidence
// must show.
type fault struct {
	name string
	rule string
	do   func(t *testing.T, r *run) uint64
}

func TestEveryFaultIsFoundByItsRule(t *testing.T) {
	// What takes several chats, teams, or a certain time, to show has a test of its own:
	// TestNobodyHasMoreChatsThanTheyMay, TestChatsGoToTheirTeam, and those in snooze_test.go, mentions_test.go, rated_test.go, vouched_test.go and attached_test.go.
	seen := map[string]bool{OverCapacity: true, Overslept: true, WokenAgain: true, SaidOver: true, Mentioned: true, OtherTeam: true, StoodIn: true, Misrouted: true, Alongside: true, Vouched: true, Misrated: true, FileLost: true, FileShown: true, FileLeft: true, Unaudited: true, Unchained: true}
	for _, f := range slices.Concat(faultsOfStorage(), faultsOfViews(), faultsOfAnswers(), faultsOfVoices()) {
		seen[f.rule] = true
		t.Run(f.name, func(t *testing.T) {
			r := good()
			guilty := f.do(t, r)
			report := r.check(Options{Grace: 1})
			if len(report.Violations) != 1 || report.Violations[0].Rule != f.rule {
				t.Fatalf("want %s alone:\n%s", f.rule, formatted(t, report))
			}
			v := report.Violations[0]
			if v.Chat != chatA || !slices.ContainsFunc(v.Evidence, func(e history.Entry) bool { return shows(e, guilty) }) {
				t.Errorf("event %d is not in the evidence:\n%s", guilty, formatted(t, report))
			}
			if !slices.IsSortedFunc(v.Evidence, func(a, b history.Entry) int { return int(a.At - b.At) }) || len(v.Evidence) > mostEvidence {
				t.Errorf("the evidence is not a short, ordered history:\n%s", formatted(t, report))
			}
		})
	}
	for _, rule := range Rules() {
		if !seen[rule.Name] {
			t.Errorf("no fault proves that %s finds anything", rule.Name)
		}
	}
}

func shows(e history.Entry, seq uint64) bool {
	return e.Seq == seq || e.Event != nil && e.Event.Seq == seq ||
		slices.ContainsFunc(e.Events, func(ev history.Event) bool { return ev.Seq == seq })
}

func faultsOfStorage() []fault {
	return []fault{
		{"a message is lost from the store", StoreLacks, func(t *testing.T, r *run) uint64 {
			seq := r.id(t, "m2").Seq
			r.store = without(r.store, seq)
			return seq
		}},
		{"a message is lost from the stream", StreamLacks, func(t *testing.T, r *run) uint64 {
			seq := r.id(t, "m2").Seq
			r.stream = without(r.stream, seq)
			return seq
		}},
		{"a message stands in another region", Elsewhere, func(t *testing.T, r *run) uint64 {
			seq := r.id(t, "m2").Seq
			for _, log := range [][]history.Event{r.stream, r.store} {
				log[slices.IndexFunc(log, func(e history.Event) bool { return e.Seq == seq })].Region = "ap"
			}
			return seq
		}},
		{"a message is stored in another region", Elsewhere, func(t *testing.T, r *run) uint64 {
			seq := r.id(t, "m2").Seq
			r.store[slices.IndexFunc(r.store, func(e history.Event) bool { return e.Seq == seq })].Region = "ap"
			return seq
		}},
		{"a note is lost from the store", StoreLacks, func(t *testing.T, r *run) uint64 {
			seq := r.kind(t, "note", 1).Seq
			r.store = without(r.store, seq)
			return seq
		}},
		{"a note does not say what was asked", Unexplained, func(t *testing.T, r *run) uint64 {
			seq := r.nth(t, 0, func(e history.Event) bool { return e.Kind == "note" && e.Role == "bot" }).Seq
			r.everywhere(seq, func(e *history.Event) { e.Text = "The visitor asked for a person." })
			return seq
		}},
		{"a change of a card undoes another", Overwritten, func(t *testing.T, r *run) uint64 {
			seq := r.id(t, "g2").Seq
			r.everywhere(seq, func(e *history.Event) { e.Tags = "g2" })
			return seq
		}},
		{"a message is lost from both", Lost, func(t *testing.T, r *run) uint64 {
			seq := r.id(t, "m2").Seq
			r.stream, r.store = without(r.stream, seq), without(r.store, seq)
			return seq
		}},
		{"what an agent said is lost from both", Lost, func(t *testing.T, r *run) uint64 {
			seq := r.id(t, "s1").Seq
			r.stream, r.store = without(r.stream, seq), without(r.store, seq)
			return seq
		}},
		{"the stream lists an event twice", ListedTwice, func(t *testing.T, r *run) uint64 {
			e := r.id(t, "m4")
			r.stream = append(r.stream, e)
			return e.Seq
		}},
		{"the store lists an event twice", ListedTwice, func(t *testing.T, r *run) uint64 {
			e := r.id(t, "m4")
			r.store = append(r.store, e)
			return e.Seq
		}},
		{"the store has another text", Differs, func(t *testing.T, r *run) uint64 {
			seq := r.id(t, "m3").Seq
			for i := range r.store {
				if r.store[i].Seq == seq {
					r.store[i].Text = "changed"
				}
			}
			return seq
		}},
		{"a message is stored with another text", Altered, func(t *testing.T, r *run) uint64 {
			seq := r.id(t, "m3").Seq
			r.everywhere(seq, func(e *history.Event) { e.Text = "changed" })
			return seq
		}},
		{"a choice is stored as words alone", Altered, func(t *testing.T, r *run) uint64 {
			i := r.find(t, "ada1", func(e history.Entry) bool { return e.ID == "m3" && e.Op == history.Send })
			r.clients["ada1"][i].Choice = "returns-2"
			return r.id(t, "m3").Seq
		}},
		{"the store has another choice", Differs, func(t *testing.T, r *run) uint64 {
			seq := r.id(t, "m3").Seq
			for i := range r.store {
				if r.store[i].Seq == seq {
					r.store[i].Choice = "returns-2"
				}
			}
			return seq
		}},
		{"a call for a person is stored as a message", Altered, func(t *testing.T, r *run) uint64 {
			i := r.find(t, "ada1", func(e history.Entry) bool { return e.ID == "a1" && e.Op == history.Send })
			r.clients["ada1"][i].Text = "escalate me"
			return r.id(t, "a1").Seq
		}},
		{"a return is stored as a transfer", Altered, func(t *testing.T, r *run) uint64 {
			i := r.find(t, "bob", func(e history.Entry) bool { return e.ID == "r1" && e.Op == history.Call })
			r.clients["bob"][i].What = "transfer"
			return r.id(t, "r1").Seq
		}},
		{"a message is stored twice under one id", Doubled, func(t *testing.T, r *run) uint64 {
			e := r.id(t, "m6")
			return r.insert(e.Seq, e)
		}},
		{"an acknowledgement names another event", Misplaced, func(t *testing.T, r *run) uint64 {
			i := r.find(t, "ada1", func(e history.Entry) bool { return e.ID == "m2" && e.Op == history.Ack })
			seq := r.clients["ada1"][i].Seq
			r.clients["ada1"][i].Seq = r.kind(t, "reply", 0).Seq
			return seq
		}},
		{"a message is acknowledged without a sequence", Misplaced, func(t *testing.T, r *run) uint64 {
			i := r.find(t, "ada1", func(e history.Entry) bool { return e.ID == "m2" && e.Op == history.Ack })
			r.clients["ada1"][i].Seq = 0
			return 0
		}},
		{"a message that nobody sent", Unsent, func(t *testing.T, r *run) uint64 {
			return r.insert(r.id(t, "m7").Seq, history.Event{Kind: "message", Role: "visitor", Name: "Ada", ID: "forged", Text: "?"})
		}},
		{"an acknowledgement for nothing", Unasked, func(t *testing.T, r *run) uint64 {
			i := r.op(t, "ada2", history.Ack, 0)
			e := r.clients["ada2"][i]
			e.ID = "nothing"
			r.clients["ada2"] = slices.Insert(r.clients["ada2"], i, e)
			return e.Seq
		}},
		{"a client's messages stand in another order", Reordered, func(t *testing.T, r *run) uint64 {
			a, b := r.id(t, "m2"), r.id(t, "m3")
			r.everywhere(a.Seq, func(e *history.Event) { e.ID, e.Text = b.ID, b.Text })
			r.everywhere(b.Seq, func(e *history.Event) { e.ID, e.Text = a.ID, a.Text })
			for i, e := range r.clients["ada1"] {
				if e.Op == history.Ack && e.ID == "m2" {
					r.clients["ada1"][i].Seq = b.Seq
				}
				if e.Op == history.Ack && e.ID == "m3" {
					r.clients["ada1"][i].Seq = a.Seq
				}
			}
			return a.Seq
		}},
	}
}
