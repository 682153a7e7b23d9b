package ops

import (
	"context"
	"fmt"
	"time"

	"github.com/parley-chat/parley/pkg/roles"
	"github.com/parley-chat/parley/pkg/spent"
)

// Spending is what the language model cost since midnight UTC, by the bots' own account.
type Spending struct {
	Day      string         `json:"day"` // 20261129
	All      spent.Amount   `json:"all"`
	Ceilings spent.Ceilings `json:"ceilings"`
	// Most are addresses that are near their ceiling, and chats that have reached theirs.
	// More says that there are others.
	Most []Spender `json:"most"`
	More bool      `json:"more,omitempty"`
}

// Spender is one who has spent much.
type Spender struct {
	Scope spent.Scope  `json:"scope"`
	Of    string       `json:"of"` // the source of an address, the id of a chat
	Spent spent.Amount `json:"spent"`
}

// spendingTime bounds the question to the counters.
const spendingTime = time.Second

// ceilingsOf returns the ceilings that a bot worker reports, those of the newest: after a
// change the others are about to go. Without any, there is no model.
func ceilingsOf(s Snapshot) *spent.Ceilings {
	var ceilings *spent.Ceilings
	for _, r := range s.Role(roles.Botworker.Name).Replicas { // the oldest first
		if r.Ceilings != nil {
			ceilings = r.Ceilings
		}
	}
	return ceilings
}

// modelFails reports what the bot workers say is wrong with their language model.
func modelFails(s Snapshot, _ []sample) []Problem {
	replicas := s.Role(roles.Botworker.Name).Replicas
	for _, r := range replicas {
		if r.Trouble != "" {
			return []Problem{{Key: "model", Level: Warn, Sentence: r.Trouble}}
		}
	}
	return nil
}

// spending reads what was spent, if a bot worker asks a model.
func (w *Watcher) spending(ctx context.Context, s *Snapshot) {
	ceilings := ceilingsOf(*s)
	if ceilings == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, spendingTime)
	defer cancel()
	day := spent.Today(s.At)
	l, err := w.conn.SpentOn(ctx, day)
	if err != nil {
		w.opts.Log.Debug().Err(err).Msg("no answer for the operator page")
		s.Missing = append(s.Missing, "what the language model cost")
		return
	}
	s.Spent = &Spending{Day: day, All: l.All, Ceilings: *ceilings, Most: []Spender{}, More: l.More}
	for _, m := range l.Marked {
		s.Spent.Most = append(s.Spent.Most, Spender{m.Scope, m.Of, m.Spent})
	}
}

// ceilingReached reports those for whom the bot quotes its pages, and those for whom it
// soon will.
func ceilingReached(s Snapshot, _ []sample) []Problem {
	if s.Spent == nil {
		return nil
	}
	list := everybody(*s.Spent)
	list = append(list, addresses(*s.Spent)...)
	chats := uint64(0)
	for _, m := range s.Spent.Most {
		if m.Scope == spent.Chat {
			chats++
		}
	}
	if chats > 0 {
		list = append(list, Problem{Key: "ceiling:chats", Level: Note,
			Sentence: fmt.Sprintf("For %s the daily ceiling of the language model is reached: the bot quotes its pages to %s.", atLeastSo(chats, s.Spent.More, "chat", "chats"), plural(chats, "that visitor", "those visitors"))})
	}
	return list
}

func everybody(m Spending) []Problem {
	switch used := m.Ceilings.Day.Used(m.All); {
	case used >= spent.Full:
		return []Problem{{Key: "ceiling", Level: Warn, Sentence: fmt.Sprintf("Today's ceiling of the language model is reached (%s): the bot quotes its pages until midnight UTC.", usedUp(m.Ceilings.Day, m.All))}}
	case used >= spent.Near:
		return []Problem{{Key: "ceiling", Level: Note, Sentence: fmt.Sprintf("The language model has used %.0f%% of its ceiling for today (%s).", 100*used, usedUp(m.Ceilings.Day, m.All))}}
	}
	return nil
}

// addresses reports who has used up what an address may have now, which shrinks as the day
// is used up.
func addresses(m Spending) []Problem {
	var full, near []Spender
	share := m.Ceilings.Share(spent.Address, m.All)
	for _, s := range m.Most {
		switch used := share.Used(s.Spent); {
		case s.Scope != spent.Address:
		case used >= spent.Full:
			full = append(full, s)
		case used >= spent.Near:
			near = append(near, s)
		}
	}
	var list []Problem
	if n := uint64(len(full)); n == 1 {
		list = append(list, Problem{Key: "ceiling:addresses", Level: Warn, Sentence: fmt.Sprintf("The address %s has reached its ceiling of the language model for today (%s): the bot quotes its pages to visitors from there.",
			short(full[0].Of), reached(m, share, full[0].Spent))})
	} else if n > 1 {
		list = append(list, Problem{Key: "ceiling:addresses", Level: Warn, Sentence: fmt.Sprintf("%s, %s among them, have reached their ceilings of the language model for today: the bot quotes its pages to visitors from there.",
			atLeastSo(n, m.More, "address", "addresses"), short(full[0].Of))})
	}
	if n := uint64(len(near)); n == 1 {
		list = append(list, Problem{Key: "ceiling:near", Level: Note, Sentence: fmt.Sprintf("The address %s is near its ceiling of the language model for today (%s).", short(near[0].Of), usedUp(share, near[0].Spent))})
	} else if n > 1 {
		list = append(list, Problem{Key: "ceiling:near", Level: Note, Sentence: fmt.Sprintf("%s, %s among them, are near their ceilings of the language model for today.", atLeastSo(n, m.More, "address", "addresses"), short(near[0].Of))})
	}
	return list
}

// reached is what an address that may have no more has used: of its ceiling, or, if it may
// have less because little of the day is left, of the day's.
func reached(m Spending, share, used spent.Amount) string {
	if m.Ceilings.Address.Used(used) < spent.Full && share != m.Ceilings.Address {
		return usedUp(m.Ceilings.Day, used) + " for everybody together"
	}
	return usedUp(m.Ceilings.Address, used)
}

// usedUp is "40,000 of 50,000 calls", or that of tokens if more of them is used.
func usedUp(ceiling, used spent.Amount) string {
	calls, tokens := spent.Amount{Calls: ceiling.Calls}.Used(used), spent.Amount{Tokens: ceiling.Tokens}.Used(used)
	if tokens > calls {
		return fmt.Sprintf("%s of %s tokens", number(uint64(max(0, used.Tokens))), number(uint64(ceiling.Tokens)))
	}
	return fmt.Sprintf("%s of %s calls", number(uint64(max(0, used.Calls))), number(uint64(ceiling.Calls)))
}

// atLeastSo is "3 chats", or "at least 50 chats".
func atLeastSo(n uint64, more bool, one, many string) string {
	if more {
		return "at least " + count(n, one, many)
	}
	return count(n, one, many)
}

// short is enough of a source to tell it from others; the table has all of it.
func short(source string) string { return source[:min(len(source), 8)] }
