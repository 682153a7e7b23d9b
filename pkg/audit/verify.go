package audit

import (
	"fmt"
	"time"
)

// Fault is one thing that is wrong with a chain.
type Fault struct {
	// N is the number of the line at which it shows; 0 if it is not at a line.
	N    uint64    `json:"n,omitempty"`
	Kind FaultKind `json:"kind"`
	// Sentence says it to a person.
	Sentence string `json:"sentence"`
}

// FaultKind is what is wrong.
type FaultKind string

// What can be wrong.
const (
	Changed    FaultKind = "changed"    // a line is not what it was when it was written
	Missing    FaultKind = "missing"    // lines between two others are gone
	Misplaced  FaultKind = "misplaced"  // a line stands where it was not written, or was inserted
	Began      FaultKind = "began"      // the log begins later than it may
	Cut        FaultKind = "cut"        // lines at the end are gone
	Unreadable FaultKind = "unreadable" // something is there that is no line
)

// Verifier checks a chain, line after line. It remembers one line, however long the chain is.
type Verifier struct {
	// Keep is for how long lines are kept, and Now when that is checked; 0: for good.
	Keep time.Duration
	Now  time.Time

	lines  uint64
	first  Line
	last   Line
	faults []Fault
	more   int // faults that were not listed
	known  []known
}

// maxFaults is how many faults are listed. The others are counted.
const maxFaults = 100

// grace is by how much clocks of writers, of NATS and of the checker may differ.
const grace = 24 * time.Hour

// Add checks the next line.
func (v *Verifier) Add(l Line) {
	switch {
	case v.lines == 0:
		v.begin(l)
		v.first = l
	case l.N > v.last.N+1:
		v.fault(l.N, Missing, gone(v.last.N+1, l.N-1))
	case l.N <= v.last.N:
		v.fault(l.N, Misplaced, fmt.Sprintf("Line %d stands after line %d.", l.N, v.last.N))
	case l.Prev != v.last.Hash || millis(l.After) != millis(v.last.At):
		v.fault(l.N, Misplaced, fmt.Sprintf("Line %d was not written after this line %d: one of them was replaced or inserted.", l.N, v.last.N))
	}
	if l.hash() != l.Hash {
		v.fault(l.N, Changed, fmt.Sprintf("Line %d was changed after it was written.", l.N))
	}
	v.compare(l)
	v.lines++
	v.last = l
}

// begin checks the first line that there is: lines before it may be gone by their age.
func (v *Verifier) begin(l Line) {
	switch {
	case l.N == 1 && l.Prev == "":
	case l.N == 1:
		v.fault(1, Misplaced, "Line 1 says that another one was before it.")
	case !v.Expired(Head{At: l.After}):
		v.fault(l.N, Began, fmt.Sprintf("The log begins with line %d. Line %d, of %s, should still be there.", l.N, l.N-1, l.After.UTC().Format(time.DateTime)))
	}
}

// AddUnreadable notes that something that is no line follows.
func (v *Verifier) AddUnreadable(where string) {
	v.fault(0, Unreadable, fmt.Sprintf("%s, after line %d, can't be read as a line of an audit log.", where, v.last.N))
}

// Know has an end that the chain is known to have had compared with what is there. What tells
// where from, such as "the head that was printed". Call it before Add.
func (v *Verifier) Know(h Head, from string) {
	if h.N > 0 {
		v.known = append(v.known, known{h, from})
	}
}

type known struct {
	Head
	from string
}

func (v *Verifier) compare(l Line) {
	for _, k := range v.known {
		if k.N == l.N && k.Hash != l.Hash {
			v.fault(l.N, Changed, fmt.Sprintf("According to %s, line %d was another one.", k.from, l.N))
		}
	}
}

// Gone notes that something at the end was removed, which the storage itself knows.
func (v *Verifier) Gone(sentence string) { v.fault(v.last.N, Cut, sentence) }

// Expired reports whether a line with this head, and all before it, may be gone by their age.
func (v *Verifier) Expired(h Head) bool {
	return v.Keep > 0 && !h.At.Add(v.Keep).After(v.Now.Add(grace))
}

// Result is what a verification says.
type Result struct {
	Lines  uint64  `json:"lines"`
	First  Head    `json:"first"`
	Head   Head    `json:"head"`
	Faults []Fault `json:"faults,omitempty"`
	// More counts the faults that are not listed.
	More int `json:"more,omitempty"`
}

// OK reports whether nothing is wrong.
func (r Result) OK() bool { return len(r.Faults) == 0 }

// Result returns what was found, once all lines were added.
func (v *Verifier) Result() Result {
	for _, k := range v.known {
		if k.N > v.last.N && (v.lines > 0 || !v.Expired(k.Head)) {
			v.fault(k.N, Cut, fmt.Sprintf("According to %s there were %d lines, and the last one here is line %d.", k.from, k.N, v.last.N))
		}
	}
	v.known = nil
	return Result{Lines: v.lines, First: v.first.Head(), Head: v.last.Head(), Faults: v.faults, More: v.more}
}

// Verify checks a whole chain.
func Verify(lines []Line, keep time.Duration, now time.Time) Result {
	v := Verifier{Keep: keep, Now: now}
	for _, l := range lines {
		v.Add(l)
	}
	return v.Result()
}

func (v *Verifier) fault(n uint64, kind FaultKind, sentence string) {
	if len(v.faults) == maxFaults {
		v.more++
		return
	}
	v.faults = append(v.faults, Fault{n, kind, sentence})
}

func gone(from, to uint64) string {
	if from == to {
		return fmt.Sprintf("Line %d is missing.", from)
	}
	return fmt.Sprintf("Lines %d to %d are missing.", from, to)
}
