package ops

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/desk"
	"github.com/parley-chat/parley/pkg/roles"
)

// Level says how bad something is.
type Level string

// Good means that all is well. Note is worth knowing, but nothing is wrong. Warn should
// be looked at today, Bad right now: visitors notice it, or soon will.
const (
	Good Level = "good"
	Note Level = "note"
	Warn Level = "warn"
	Bad  Level = "bad"
)

// Verdict sums up in words how Parley is doing.
type Verdict struct {
	Level Level `json:"level"` // never Note
	// Sentence is that of the worst problem, or "All is well." if there are only notes.
	Sentence string `json:"sentence"`
	// Since is when this gateway first saw it.
	Since    time.Time `json:"since,omitzero"`
	Problems []Problem `json:"problems"` // the worst first
}

// Problem is one thing that is wrong, or a note.
type Problem struct {
	// Key identifies it, whatever its figures are: role:botworker, lag:history …
	Key      string    `json:"key"`
	Level    Level     `json:"level"`
	Sentence string    `json:"sentence"`
	Since    time.Time `json:"since,omitzero"`
}

const (
	// mostWait is how long an event may wait to be given to a worker, mostWork how
	// long it may be with one: a model may think for a minute.
	mostWait = 10 * time.Second
	mostWork = 90 * time.Second
	// mostUnstored is how long an event may be in the streams only.
	mostUnstored = 30 * time.Second
	// growth is the time over which a lag must grow to be a problem, muchWaits the
	// least number of events that must wait.
	growth    = 20 * time.Second
	muchWaits = 50
	// slowHistory is how long the history service may take before it counts as slow.
	slowHistory = time.Second
	// longWait is how long a visitor may wait for a person before it is reported.
	longWait = 5 * time.Minute
	// manyFromOne is from how many waiting chats of one address on that is reported, if
	// they are most of the line.
	manyFromOne = 5
)

// rule looks for one kind of problem.
type rule func(s Snapshot, past []sample) []Problem

// rules are in order of severity: of two problems of the same level, that of the
// earlier rule comes first.
var rules = []rule{noNATS, noRoom, noReplica, streamDown, regionAway, replicaLost, streamThin, lagGrows, behind, historyAway, regionBehind, copyBehind, deadLetters, lineFull, waitAlone, waitLong, addressesHidden, fromOne, missed, modelFails, ceilingReached, heavy, oneLeads}

// judge applies the rules. past holds earlier samples, the oldest first.
func judge(s Snapshot, past []sample) Verdict {
	v := Verdict{Level: Good, Sentence: "All is well.", Problems: []Problem{}}
	said := map[string]bool{}
	for _, find := range rules {
		for _, p := range find(s, past) {
			if !said[p.Key] { // a more severe rule reported it
				said[p.Key] = true
				v.Problems = append(v.Problems, p)
			}
		}
		if !s.reached && len(v.Problems) > 0 {
			break // without NATS nothing else is known
		}
	}
	slices.SortStableFunc(v.Problems, func(a, b Problem) int { return a.Level.rank() - b.Level.rank() })
	if len(v.Problems) > 0 && v.Problems[0].Level != Note {
		worst := v.Problems[0]
		v.Level, v.Sentence, v.Since = worst.Level, worst.Sentence, worst.Since
	}
	return v
}

// rank orders levels, the worst first.
func (l Level) rank() int { return slices.Index([]Level{Bad, Warn, Note, Good}, l) }

func noNATS(s Snapshot, _ []sample) []Problem {
	if s.reached {
		return nil
	}
	return []Problem{{Key: "nats", Level: Bad, Sentence: "This gateway can't reach NATS: here nothing can be stored or answered."}}
}

func noRoom(s Snapshot, _ []sample) []Problem {
	if s.Room == "" {
		return nil
	}
	return []Problem{{Key: "room", Level: Bad, Sentence: "Nothing new is taken from visitors: " + s.Room + "."}}
}

func noReplica(s Snapshot, _ []sample) []Problem {
	if !s.heard {
		return nil // the replicas could not be asked
	}
	var list []Problem
	for _, r := range roles.All() {
		seen := s.Role(r.Name)
		if len(seen.Replicas) > 0 || r.Name == roles.Gateway.Name { // this gateway is there, even if it doesn't hear itself
			continue
		}
		list = append(list, Problem{
			Key: "role:" + r.Name, Level: Bad, Since: seen.LastHeard,
			Sentence: fmt.Sprintf("No %s is running: %s%s.", r.One, waitsFor(s, r), r.Lost),
		})
	}
	return list
}

// streamDown reports streams that can't store anything: they don't answer, have no
// leader, or have too few copies.
func streamDown(s Snapshot, _ []sample) []Problem {
	var silent, leaderless, torn []string
	for _, m := range s.missed {
		if m.Stream != "" && m.Consumer == "" {
			silent = append(silent, m.Stream)
		}
	}
	for _, stream := range s.Streams {
		switch {
		case stream.Leader == "":
			leaderless = append(leaderless, stream.Name)
		case 2*stream.Current() < stream.Wanted:
			torn = append(torn, stream.Name)
		}
	}
	var list []Problem
	for _, how := range []struct {
		key       string
		names     []string
		one, many string
	}{
		{"streams:silent", silent, "does not answer", "do not answer"},
		{"streams:leader", leaderless, "has no leader", "have no leader"},
		{"streams:copies", torn, "has lost most of its copies", "have lost most of their copies"},
	} {
		if n := uint64(len(how.names)); n > 0 {
			list = append(list, Problem{Key: how.key, Level: Bad, Sentence: named(how.names, how.one, how.many) + ": what is in " + plural(n, "it", "them") + " stands still."})
		}
	}
	return list
}

// streamThin reports streams that work with fewer copies than they should have.
func streamThin(s Snapshot, _ []sample) []Problem {
	var names []string
	fewest, wanted := 0, 0
	for _, stream := range s.Streams {
		has := stream.Current()
		if stream.Leader == "" || has >= stream.Wanted || 2*has < stream.Wanted {
			continue
		}
		names = append(names, stream.Name)
		if fewest == 0 || has < fewest {
			fewest, wanted = has, stream.Wanted
		}
	}
	if len(names) == 0 {
		return nil
	}
	return []Problem{{Key: "copies", Level: Warn, Sentence: fmt.Sprintf("%s only %d of %d copies up to date.", named(names, "has", "have"), fewest, wanted)}}
}

// lagGrows reports work that arrives faster than it is done.
func lagGrows(s Snapshot, past []sample) []Problem {
	var list []Problem
	for _, w := range s.Work {
		then, ok := before(past, s.At.Add(-growth))
		if !ok || !w.Whole || s.unmanned(w) || s.inHand(w) || w.Waiting < muchWaits || w.Oldest.IsZero() || s.At.Sub(w.Oldest) < mostWait/2 {
			continue
		}
		if was := then.waiting[w.Name]; w.Waiting > was+was/5 {
			list = append(list, Problem{Key: "lag:" + w.Name, Level: Bad, Sentence: fmt.Sprintf("The %s fall behind: %s, %s more than %s ago, the oldest for %s.",
				w.of.Workers, waitingIn(w), number(w.Waiting-was), age(s.At.Sub(then.at)), age(s.At.Sub(w.Oldest)))})
		}
	}
	return list
}

// behind reports work that waits longer than it should.
func behind(s Snapshot, _ []sample) []Problem {
	var list []Problem
	for _, w := range s.Work {
		old := s.At.Sub(w.Oldest)
		late := w.Pending > 0 && old > mostWait || old > mostWork
		if w.of.Takes == bus.EventBatches {
			late = old > mostUnstored
		}
		if w.Waiting == 0 || w.Oldest.IsZero() || !late || s.unmanned(w) {
			continue
		}
		p := Problem{Key: "lag:" + w.Name, Level: Warn, Sentence: fmt.Sprintf("The %s are behind: %s%s.", w.of.Workers, waitingIn(w), oldest(w.Waiting, old))}
		list = append(list, p)
	}
	return list
}

func historyAway(s Snapshot, _ []sample) []Problem {
	switch took := time.Duration(s.History.TookMS * float64(time.Millisecond)); {
	case len(s.Role(roles.Historyworker.Name).Replicas) == 0:
		return nil // noReplica reports it
	case !s.History.Answers:
		return []Problem{{Key: "history", Level: Bad, Sentence: "The history service does not answer: older messages can't be read."}}
	case took > slowHistory:
		return []Problem{{Key: "history", Level: Warn, Sentence: fmt.Sprintf("The history service is slow: it took %s to answer.", seconds(took))}}
	}
	return nil
}

func deadLetters(s Snapshot, _ []sample) []Problem {
	if s.Dead.Letters == 0 {
		return nil
	}
	what := count(s.Dead.Letters, "dead letter, a message", "dead letters: messages")
	return []Problem{{Key: "dead", Level: Warn, Since: s.Dead.First, Sentence: "There " + plural(s.Dead.Letters, "is ", "are ") + what + " that workers gave up on."}}
}

// waitAlone reports visitors who wait while nobody who may be given them is available.
func waitAlone(s Snapshot, _ []sample) []Problem {
	d := s.Desk
	if d.Unserved == 0 {
		return nil
	}
	why := ", and nobody who may be given them is available."
	switch {
	case len(d.Agents) == 0:
		why = ", and no agent is online."
	case len(d.Away) == len(d.Agents):
		why = ", and every agent who is online is away."
	case d.Unserved < d.Waiting:
		why = fmt.Sprintf("; for %s of them nobody who may be given them is available.", number(uint64(d.Unserved)))
	}
	return []Problem{{Key: "desk", Level: Warn, Since: d.Oldest, Sentence: line(s) + why}}
}

func waitLong(s Snapshot, _ []sample) []Problem {
	if s.Desk.Waiting == 0 || s.Desk.Oldest.IsZero() || s.At.Sub(s.Desk.Oldest) < longWait {
		return nil
	}
	online, away := uint64(len(s.Desk.Agents)), uint64(len(s.Desk.Away))
	there := count(online, "agent is", "agents are") + " online"
	if away > 0 {
		there += ", and " + plural(online-away, "one of them is", number(online-away)+" of them are") + " available"
	}
	return []Problem{{Key: "desk", Level: Warn, Since: s.Desk.Oldest, Sentence: line(s) + "; " + there + "."}}
}

// missed says how many left an address and have no answer yet.
func missed(s Snapshot, _ []sample) []Problem {
	if s.Desk.Missed == 0 {
		return nil
	}
	return []Problem{{Key: "missed", Level: Note, Sentence: count(uint64(s.Desk.Missed), "visitor", "visitors") + " left an email address while nobody could answer, and no agent has got back to them yet."}}
}

// lineFull reports that nobody else can ask for a person.
func lineFull(s Snapshot, _ []sample) []Problem {
	if s.Desk.Places == 0 || s.Desk.Waiting < s.Desk.Places {
		return nil
	}
	return []Problem{{Key: "line", Level: Bad, Sentence: fmt.Sprintf("The line is full: %s for a person, and nobody else can ask for one.", count(uint64(s.Desk.Waiting), "visitor waits", "visitors wait"))}}
}

// addressesHidden reports that something in front of the gateway hides where visitors come
// from: then the whole site has what one address may have.
func addressesHidden(s Snapshot, _ []sample) []Problem {
	if len(s.hidden) == 0 {
		return nil
	}
	const sentence = "All visitors seem to come from %s: together they get only what %s may have. If %s, set TRUSTED_PROXIES and see that X-Forwarded-For is sent (X-Real-IP is not read), or have the load balancer keep the addresses."
	p := Problem{Key: "hidden", Level: Warn}
	if n := len(s.hidden); n == 1 {
		p.Sentence = fmt.Sprintf(sentence, "one address, "+s.hidden[0].String(), "one address", "it is a proxy or load balancer")
	} else {
		names := make([]string, 0, n)
		for _, a := range s.hidden {
			names = append(names, a.String())
		}
		p.Sentence = fmt.Sprintf(sentence, fmt.Sprintf("%d addresses, %s and %s", n, strings.Join(names[:n-1], ", "), names[n-1]), "as many addresses", "these are proxies or load balancers")
	}
	return []Problem{p}
}

// fromOne reports a line in which most come from one address: an office, or a stranger
// who does not want to be helped.
func fromOne(s Snapshot, _ []sample) []Problem {
	n := s.Desk.FromOne
	if n < manyFromOne || 2*n <= s.Desk.Waiting {
		return nil
	}
	level := Note
	if n >= desk.DefaultPerSource {
		level = Warn
	}
	return []Problem{{Key: "crowd", Level: level, Sentence: fmt.Sprintf("%s of %s who wait for a person come from one address; agents can close those chats together.", number(uint64(n)), count(uint64(s.Desk.Waiting), "visitor", "visitors"))}}
}

// oneLeads reports a node of three or more that leads almost everything. If a copy is
// missing, that is the problem, and nothing can be balanced.
func oneLeads(s Snapshot, _ []sample) []Problem {
	leads, all := map[string]int{}, 0
	for _, stream := range s.Streams {
		if stream.Leader == "" || stream.Current() < stream.Wanted {
			return nil
		}
		if len(stream.Copies) < 2 { // no other node could lead it
			continue
		}
		all++
		for _, held := range stream.Copies {
			leads[held.Node] += 0
		}
		leads[stream.Leader]++
	}
	for node, n := range leads {
		if len(leads) > 2 && 4*n > 3*all {
			return []Problem{{Key: "leaders", Level: Note, Sentence: fmt.Sprintf("The NATS node %s leads %d of %d streams; if it goes away, most chats wait for some seconds. parley setup balance spreads what is led.", node, n, all)}}
		}
	}
	return nil
}
