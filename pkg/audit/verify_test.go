package audit

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

var now = time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC)

// chain makes so many lines, in batches as writers do.
func chain(n int) []Line {
	var all []Line
	var h Head
	for len(all) < n {
		var entries []Entry
		for range min(1+rand.IntN(4), n-len(all)) {
			i := len(all) + len(entries)
			entries = append(entries, Entry{
				At: now.Add(time.Duration(i-n) * 24 * time.Hour), By: fmt.Sprintf("ada%d", i%3), From: "192.0.2.1", Act: LookChat,
				Chat: "aaaaaaaaaaaaaaaa", Of: "of", Detail: fmt.Sprint("detail ", i),
			}.Clean(now))
		}
		var lines []Line
		lines, h = Chain(h, entries)
		all = append(all, lines...)
	}
	return all
}

func TestAWholeChainHasNoFault(t *testing.T) {
	for n := range 40 {
		lines := chain(n)
		text, err := Encode(lines)
		if err != nil {
			t.Fatal(err)
		}
		read, err := DecodeAll(text)
		if err != nil {
			t.Fatal(err)
		}
		r := Verify(read, 0, now)
		if !r.OK() || r.Lines != uint64(n) || n > 0 && r.Head != lines[n-1].Head() {
			t.Fatalf("%d lines: %+v", n, r)
		}
	}
}

// Whatever is done to a chain between its first and its last line is found.
func TestEveryTamperingIsFound(t *testing.T) {
	edit := func(edit func(*Line)) func([]Line, int) []Line {
		return func(l []Line, i int) []Line { edit(&l[i]); return l }
	}
	for name, tamper := range map[string]func([]Line, int) []Line{
		"removed":           func(l []Line, i int) []Line { return slices.Delete(l, i, i+1) },
		"two removed":       func(l []Line, i int) []Line { return slices.Delete(l, i, i+2) },
		"doubled":           func(l []Line, i int) []Line { return slices.Insert(l, i, l[i]) },
		"swapped":           func(l []Line, i int) []Line { l[i], l[i+1] = l[i+1], l[i]; return l },
		"reversed":          func(l []Line, _ int) []Line { slices.Reverse(l); return l },
		"time":              edit(func(l *Line) { l.At = l.At.Add(time.Millisecond) }),
		"account":           edit(func(l *Line) { l.By = "eve" }),
		"address":           edit(func(l *Line) { l.From = "" }),
		"act":               edit(func(l *Line) { l.Act = SignIn }),
		"chat":              edit(func(l *Line) { l.Chat = "bbbbbbbbbbbbbbbb" }),
		"detail":            edit(func(l *Line) { l.Detail += "." }),
		"words moved":       edit(func(l *Line) { l.Of, l.Detail = l.Of+"d", strings.TrimPrefix(l.Detail, "d") }),
		"time before":       edit(func(l *Line) { l.After = l.After.Add(time.Hour) }),
		"changed, rehashed": edit(func(l *Line) { l.By = "eve"; l.Hash = l.hash() }),
		"inserted, rehashed": func(l []Line, i int) []Line {
			forged, _ := Chain(l[i].Head(), []Entry{{At: now, By: "eve", Act: SignIn}})
			return slices.Insert(l, i+1, forged[0])
		},
		"renumbered after a removal": func(l []Line, i int) []Line {
			l = slices.Delete(l, i, i+1)
			for k := i; k < len(l); k++ {
				l[k].N--
				l[k].Hash = l[k].hash()
			}
			return l
		},
	} {
		t.Run(name, func(t *testing.T) {
			for i := 1; i < 17; i++ {
				whole := chain(20)
				if r := Verify(tamper(slices.Clone(whole), i), 0, now); r.OK() {
					t.Errorf("at line %d of 20 it was not found", i+1)
				}
			}
		})
	}
}

func TestAnEndThatIsKnownFindsACutTail(t *testing.T) {
	whole := chain(20)
	for _, n := range []int{0, 1, 12, 19} {
		v := Verifier{Now: now}
		v.Know(whole[19].Head(), "the head that was printed")
		for _, l := range whole[:n] {
			v.Add(l)
		}
		if r := v.Result(); len(r.Faults) != 1 || r.Faults[0].Kind != Cut {
			t.Errorf("cut after %d: %+v", n, r.Faults)
		}
	}
	// Another chain of the same length, as whole as the first one.
	v := Verifier{Now: now}
	v.Know(whole[11].Head(), "the head that was printed")
	for _, l := range func() []Line { l := chain(20); l[3].By = "eve"; l, _ = Chain(Head{}, entries(l)); return l }() {
		v.Add(l)
	}
	if r := v.Result(); len(r.Faults) != 1 || r.Faults[0].Kind != Changed {
		t.Errorf("replaced: %+v", r.Faults)
	}
}

func entries(lines []Line) (list []Entry) {
	for _, l := range lines {
		list = append(list, l.Entry)
	}
	return list
}

// One line a day: those older than ten days may be gone, and no younger one.
func TestALogMayBeginLaterByItsAgeOnly(t *testing.T) {
	whole := chain(40)
	for cut, fine := range map[int]bool{0: true, 5: true, 29: true, 34: false, 39: false} {
		if r := Verify(whole[cut:], 10*24*time.Hour, now); r.OK() != fine {
			t.Errorf("without the first %d: %+v", cut, r.Faults)
		}
	}
	if r := Verify(whole[5:], 0, now); r.OK() || r.Faults[0].Kind != Began {
		t.Errorf("lines that are kept for good: %+v", r.Faults)
	}
}

func TestFaultsAreBounded(t *testing.T) {
	lines := chain(500)
	for i := range lines {
		lines[i].By = "eve"
	}
	if r := Verify(lines, 0, now); len(r.Faults) != maxFaults || r.More != 400 {
		t.Errorf("%d listed, %d more", len(r.Faults), r.More)
	}
}

func TestEntriesAreCleaned(t *testing.T) {
	e := Entry{By: "ada\nbob", Detail: strings.Repeat("ä", maxDetail), Of: "\xff\u2028"}.Clean(now.Add(1234))
	if e.By != "ada bob" || len(e.Detail) > maxDetail || e.Of != "\uFFFD " || e.At.Nanosecond()%1e6 != 0 {
		t.Errorf("%+v", e)
	}
}

func TestEveryActHasASentence(t *testing.T) {
	seen := map[string]Act{}
	for _, a := range Acts() {
		s := a.Sentence()
		if s == "" || s == string(a) || seen[s] != "" {
			t.Errorf("%s: %q, which %s has, too", a, s, seen[s])
		}
		seen[s] = a
	}
	if Act("later.act").Known() || Act("later.act").Sentence() != "later.act" {
		t.Error("an act of a later version")
	}
}

// Whatever stands in a stream: reading it fails with an error, or gives lines that are written as
// they were read and hash alike.
func FuzzDecode(f *testing.F) {
	text, _ := Encode(chain(3))
	f.Add(text)
	f.Add([]byte(`{"n":1,"hash":"x","after":"0001-01-01T00:00:00Z"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		lines, _ := DecodeAll(data)
		again, err := Encode(lines)
		if err != nil {
			return // a time that JSON can't have
		}
		read, err := DecodeAll(again)
		if err != nil || len(read) != len(lines) {
			t.Fatalf("%d lines, read again %d: %v", len(lines), len(read), err)
		}
		for i := range read {
			if read[i].hash() != lines[i].hash() {
				t.Fatalf("line %d hashes otherwise", i)
			}
		}
		Verify(lines, 0, now)
	})
}
