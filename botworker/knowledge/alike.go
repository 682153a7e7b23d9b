package knowledge

import (
	"slices"
	"strings"
)

// spelling is a word that is written in several ways, or means the same to who asks: one of
// the stems, perhaps an ending, a gap and a tail. It counts as another word.
//
// Every question is searched for these, so it is done by hand: the expressions that say the
// same are in the test.
type spelling struct {
	stems   []string // one of them begins it, where a word begins
	endings []string // one of them follows, or none
	gap     gap
	tails   []string // one of them follows; nil: nothing does
	whole   bool     // a word ends behind it
	as      string   // what it counts as; the tail is kept behind it if keeps
	keeps   bool
	hint    string // stands in every text that has it
}

// gap is what stands between an ending and a tail.
type gap int

const (
	noGap   gap = iota
	maybe       // a space, a hyphen or nothing
	between     // a space or a hyphen
)

var spellings = []spelling{
	{stems: []string{"e-mail"}, as: "email", hint: "e-mail"},
	{stems: entries, endings: doings, gap: maybe, tails: []string{"in"}, whole: true, as: "login", hint: "in"},
	{stems: entries, endings: doings, gap: maybe, tails: []string{"on", "off", "out"}, whole: true, as: "logout", hint: "o"},
	{stems: []string{"back"}, endings: []string{"s", "ed", "ing"}, gap: maybe, tails: []string{"ups"}, whole: true, as: "backups", hint: "back"},
	{stems: []string{"back"}, endings: []string{"s", "ed", "ing"}, gap: maybe, tails: []string{"up"}, whole: true, as: "backup", hint: "back"},
	{stems: []string{"set"}, endings: []string{"s", "ting"}, gap: between, tails: []string{"up"}, whole: true, as: "setup", hint: "up"},
	{stems: []string{"licence"}, as: "license", hint: "licence"},
	{stems: []string{"web"}, gap: between, tails: []string{"site", "page", "server", "socket"}, as: "web", keeps: true, hint: "web"},
	{stems: []string{"costs", "cost"}, whole: true, as: "price", hint: "cost"}, // "What does it cost?" of a table of prices
	{stems: []string{"open-source"}, whole: true, as: "open source", hint: "open-"},
}

var (
	entries = []string{"log", "sign"}
	doings  = []string{"s", "ged", "ging", "ed", "ing"}
)

// alike unifies spellings in a normalized text: the query, or the pages.
func alike(text string) string {
	for i := range spellings {
		if s := &spellings[i]; strings.Contains(text, s.hint) {
			text = s.unified(text)
		}
	}
	return text
}

// unified replaces the spelling in the text.
func (s *spelling) unified(text string) string {
	var b strings.Builder
	done := 0 // what of the text has been written
	for at := 0; ; {
		if at = s.next(text, at); at < 0 {
			break
		}
		n, tail := s.at(text, at)
		if n == 0 {
			at++
			continue
		}
		b.WriteString(text[done:at])
		b.WriteString(s.as)
		if s.keeps {
			b.WriteString(tail)
		}
		at += n
		done = at
	}
	if done == 0 {
		return text
	}
	b.WriteString(text[done:])
	return b.String()
}

// next is where a stem stands at or after a place, or -1.
func (s *spelling) next(text string, from int) int {
	first := -1
	for _, stem := range s.stems {
		if i := strings.Index(text[from:], stem); i >= 0 && (first < 0 || from+i < first) {
			first = from + i
		}
	}
	return first
}

// at returns how long the spelling is that begins there, or 0 if none does, and its tail.
func (s *spelling) at(text string, at int) (n int, tail string) {
	if at > 0 && asciiWord(text[at-1]) {
		return 0, ""
	}
	for _, stem := range s.stems {
		rest, ok := strings.CutPrefix(text[at:], stem)
		if !ok {
			continue
		}
		for _, ending := range s.endings {
			if after, ok := strings.CutPrefix(rest, ending); ok {
				if end, tail, ok := s.end(after); ok {
					return len(text) - at - len(end), tail
				}
			}
		}
		if end, tail, ok := s.end(rest); ok {
			return len(text) - at - len(end), tail
		}
	}
	return 0, ""
}

// end reports whether the text goes on as the spelling ends, and returns what is behind it
// and its tail.
func (s *spelling) end(text string) (rest, tail string, ok bool) {
	switch {
	case s.gap != noGap && text != "" && (text[0] == ' ' || text[0] == '-'):
		text = text[1:]
	case s.gap == between:
		return "", "", false
	}
	if s.tails != nil {
		i := slices.IndexFunc(s.tails, func(tail string) bool { return strings.HasPrefix(text, tail) })
		if i < 0 {
			return "", "", false
		}
		tail = s.tails[i]
		text = text[len(tail):]
	}
	if s.whole && text != "" && asciiWord(text[0]) {
		return "", "", false
	}
	return text, tail, true
}

// asciiWord reports whether the byte is part of a word for the purpose of these spellings,
// which are English.
func asciiWord(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_'
}

// umlauts are ä, ö, ü and å as people write them who have no such keys, and what is left
// of the letters when their accents are folded.
var umlauts = strings.NewReplacer("ae", "a", "oe", "o", "ue", "u", "aa", "a")

// faintWeight is what a faint word of a heading weighs at most, where a word that
// one passage in a hundred has weighs four.
const faintWeight = 0.8

// faintSet is a set of faint words.
type faintSet uint32

// faintWords are stop words that tell headings apart all the same: "Who made it",
// "When nobody answers", "Going back". In a text they say nothing.
var faintWords = func() map[string]faintSet {
	words := map[string]faintSet{}
	for i, same := range [...]string{
		"who who's whos", "what what's whats", "when", "where where's wheres", "why", "how how's", "made make makes", "nobody none anybody",
		"back", "need needs needed", "without", "before", "after", "can't cant cannot", "not",
	} {
		for _, w := range strings.Fields(same) {
			words[w] = 1 << i
		}
	}
	return words
}()

// faint returns the faint words of a question or a heading.
func faint(text string) faintSet {
	var found faintSet
	text = strings.ToLower(strings.ReplaceAll(text, "’", "'"))
	from := -1
	for i, r := range text {
		switch in := wordRune(r) || r == '\''; {
		case in && from < 0:
			from = i
		case !in && from >= 0:
			found |= faintWords[text[from:i]]
			from = -1
		}
	}
	if from >= 0 {
		found |= faintWords[text[from:]]
	}
	return found
}
