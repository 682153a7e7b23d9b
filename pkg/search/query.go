package search

import (
	"time"

	"github.com/parley-chat/parley/pkg/chat"
)

// The bounds of a question, in characters and in parts. What is beyond them is left out.
const (
	MaxQuestion = 500
	maxTerms    = 16
	maxValues   = 16
)

// Query is a question. What it says must all be so; of several agents, teams, states or speakers,
// one. The zero Query finds nothing.
type Query struct {
	Terms []Term // in one event

	Tags   []string // folded; the chat has all of them
	Agents []string // folded; a name or a user name of the chat's agent, now or before
	Teams  []string // folded; the name or the id of the chat's team
	Status []chat.Status

	// From are who wrote it: roles, as names of roles, and folded names.
	From   []string
	Rating Rating

	// What was written in [After, Before).
	After, Before time.Time
}

// Term is a word, a phrase or the beginning of a word.
type Term struct {
	Words  []string // one after the other
	Prefix bool     // the last of them goes on
}

// Rating bounds the last rating of a chat. The zero Rating bounds nothing.
type Rating struct{ Min, Max int }

// Empty reports whether nothing is asked.
func (q *Query) Empty() bool {
	return len(q.Terms)+len(q.Tags)+len(q.Agents)+len(q.Teams)+len(q.Status)+len(q.From) == 0 && q.Rating == Rating{} && q.After.IsZero() && q.Before.IsZero()
}

// OfEvents reports whether single events are asked for; otherwise it is chats.
func (q *Query) OfEvents() bool { return len(q.Terms) > 0 || len(q.From) > 0 }

// Marks returns where the terms stand in the text, in bytes and in the order of the text, or
// false if one is not there.
func (q *Query) Marks(text string) (marks [][2]int, all bool) {
	words := Words(text)
	all = true
	for _, t := range q.Terms {
		found := false
		for i := range words {
			if end, ok := t.at(words[i:]); ok {
				found = true
				marks = append(marks, [2]int{words[i].Start, end})
			}
		}
		all = all && found
	}
	return merged(marks), all
}

// at reports whether the words begin with the term, and where it ends.
func (t *Term) at(words []Word) (end int, ok bool) {
	n := len(t.Words)
	if n == 0 || len(words) < n {
		return 0, false
	}
	for i, w := range t.Words {
		got := words[i].Text
		if last := i == n-1; got != w && !(last && t.Prefix && len(got) > len(w) && got[:len(w)] == w) {
			return 0, false
		}
	}
	return words[n-1].End, true
}
