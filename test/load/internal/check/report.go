package check

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/parley-chat/parley/test/load/internal/history"
)

// Report is the result of checking a history.
type Report struct {
	Counts Counts
	// Violations holds the first breach of each rule in each chat.
	Violations []Violation
}

// Counts says how much was checked. A check that saw nothing proves nothing.
type Counts struct {
	Clients, Chats  int
	Stream, Store   int // events
	Sends, Acks     int // frames of visitors and agents; acknowledgements of them
	Told            int // events that clients received
	Views           int // welcomes and watches
	Pages           int
	Replies, Says   int
	Assigned        int // chats that Parley gave to agents, where there were teams
	StoodIn, Moved  int // of those: by who stands in for a team, and of a team that was deleted
	Alongside       int // notes that went along with a chat
	States          int
	ClosedInPeace   int // clients whose last entry is Done
	ToldAndNotInLog int // events that are in neither the stream nor the store
}

// Violation is one broken promise.
type Violation struct {
	Rule     string
	Chat     string
	Sentence string
	// Times is how often the rule was broken in this chat.
	Times int
	// Evidence shows it, sorted by time. Entries of the clients "stream" and "store"
	// are events in those; their time is roughly when they were stored.
	Evidence []history.Entry
}

// findings collects violations: for each rule and chat the first one, with its
// evidence, and their number.
type findings struct {
	first map[[2]string]*Violation
}

// add notes a breach. evidence is called for the first one only.
func (f *findings) add(rule, chat string, evidence func() []history.Entry, format string, v ...any) {
	key := [2]string{rule, chat}
	if known := f.first[key]; known != nil {
		known.Times++
		return
	}
	f.first[key] = &Violation{Rule: rule, Chat: chat, Sentence: fmt.Sprintf(format, v...), Times: 1, Evidence: evidence()}
}

func (b *book) report() Report {
	r := Report{Counts: b.counts}
	place := map[string]int{}
	for i, rule := range Rules() {
		place[rule.Name] = i
	}
	for _, v := range b.found.first {
		r.Violations = append(r.Violations, *v)
	}
	slices.SortFunc(r.Violations, func(x, y Violation) int {
		return cmp.Or(cmp.Compare(place[x.Rule], place[y.Rule]), cmp.Compare(x.Chat, y.Chat))
	})
	return r
}
